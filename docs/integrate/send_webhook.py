# SPDX-License-Identifier: Apache-2.0
"""Send a submission to Ventanilla by webhook, as a platform does: python send_webhook.py MESSAGE-ID TEXT

Needs standardwebhooks. Address and secret come from the environment: docs/integrate.md.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

SYSTEM = "canales-digitales"  # the name by which the house knows your system
ADDRESS = f"{os.environ['INTAKE_URL']}/v1/webhooks/{SYSTEM}/chat"


def send(message_id: str, text: str) -> str:
    """The answer. Raises urllib.error.HTTPError: try again later, with the same id and body, signed anew."""
    body = json.dumps({"text": text, "person": {"name": "Ana Prueba", "phone": "300 123 4567"}}, ensure_ascii=False)
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(os.environ["WEBHOOK_SECRET"]).sign(message_id, now, body),
    }
    request = urllib.request.Request(ADDRESS, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


if __name__ == "__main__":
    try:
        print(send(*sys.argv[1:3]))
    except urllib.error.HTTPError as refused:
        sys.exit(f"{refused.code} {refused.read().decode()}")
