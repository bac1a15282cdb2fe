#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same with curl and openssl: send-webhook.sh MESSAGE-ID. For trying out: others see the secret in the list of processes.
set -euo pipefail
id=$1
now=$(date +%s)
body='{"text": "Escribió que la página no le deja descargar el certificado.", "person": {"name": "Ana Prueba", "phone": "300 123 4567"}}'

key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | base64 --decode | od -An -v -tx1 | tr -d ' \n')
signature=$(printf %s "$id.$now.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)

curl --silent --show-error --fail-with-body "$INTAKE_URL/v1/webhooks/canales-digitales/chat" \
    -H 'Content-Type: application/json' --data-binary "$body" \
    -H "webhook-id: $id" -H "webhook-timestamp: $now" -H "webhook-signature: v1,$signature"
