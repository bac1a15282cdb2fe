#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Publish a submission to Ventanilla with Kafka's console tools and show its outcome: publish-console.sh EXTERNAL-ID
# Needs the bin directory of Kafka on the PATH. Addresses come from the environment: docs/integrate.md.
set -euo pipefail
id=$1
system=canales-digitales  # the name by which the house knows your system
prefix=${KAFKA_TOPIC_PREFIX:-}

headers="ce_specversion:1.0,ce_id:$(cat /proc/sys/kernel/random/uuid),ce_type:submission-received.v1,ce_source:/$system"
headers+=",ce_subject:$id,ce_time:$(date -u +%Y-%m-%dT%H:%M:%SZ),content-type:application/json"
value='{"actor": {"id": "'$system'", "role": "channel-system"}, "channel": "phone", "external_id": "'$id'",'
value+=' "personal": {"form": {"text": "Llamó porque no encuentra su certificado.", "person": {"name": "Ana Prueba", "phone": "300 123 4567"}}}}'

# One line: headers, key and value, with a tab between them. The key is the text of ce_subject.
printf '%s\t%s\t%s\n' "$headers" "$id" "$value" |
    kafka-console-producer.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --topic "${prefix}channel-submissions" \
        --property parse.headers=true --property parse.key=true

# Reads the topic from its beginning: for trying out. A system keeps a group of its own, as subscribe.py does.
exec 3< <(exec kafka-console-consumer.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" \
    --topic "${prefix}intake-outcomes" --from-beginning --property print.headers=true --property print.key=true)
trap 'kill $!' EXIT
grep --max-count=1 "\"external_id\":\"$id\"" <&3
