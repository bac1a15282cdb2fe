# SPDX-License-Identifier: Apache-2.0
"""`python -m reporting audit [--json]`: exit 0 if all agrees, 1 if something does not, 2 if it could not look."""

import asyncio
import json
import logging
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from chassis.log_ends import TopicsMissing
from chassis.operating.log_reading import BrokerSilent
from chassis.settings import load
from reporting.audit.run import audit
from reporting.audit.telling import as_json, as_text
from reporting.settings import ReportingSettings

COULD_NOT_LOOK = 2


def run_audit(
    *, as_json_text: Annotated[bool, typer.Option("--json", help="everything, as one JSON object")] = False
) -> None:
    """Hold all topics and the last count of each store against each other."""
    settings = load(ReportingSettings)
    logging.basicConfig(level=logging.CRITICAL)  # what matters is told below, in a line
    try:
        audited = asyncio.run(audit(settings))
    except TopicsMissing as missing:
        _could_not_look(f"topics missing: {missing}; python -m chassis topics --apply creates them")
    except BrokerSilent as silent:
        _could_not_look(f"the broker gave nothing more of {silent.args[0]} for a minute")
    except (KafkaError, OSError) as error:
        _could_not_look(f"KAFKA_BOOTSTRAP_SERVERS: {type(error).__name__}")
    else:
        if as_json_text:
            typer.echo(json.dumps(as_json(audited), ensure_ascii=False, indent=2))
        else:
            typer.echo("\n".join(as_text(audited)))
        raise typer.Exit(1 if audited.verdict.disagreements else 0)


def _could_not_look(line: str) -> None:
    typer.echo(line, err=True)
    raise typer.Exit(COULD_NOT_LOOK)
