# SPDX-License-Identifier: Apache-2.0
"""The pacts in contracts/pacts: what each consumer states, written down by pact-python for each of its producers.

python -m tests.contract.needs.pacts            # writes them
python -m tests.contract.needs.pacts --check    # names what is missing, stale or orphaned
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pact import Pact, match
from pydantic import BaseModel
from tests.contract.needs.messages import HERE, below, telling
from tests.contract.needs.paths import fields_of, inner_model
from tests.contract.needs.statements import ROOT, STORES, Statement, producer_of, sent_to, statements
from tests.contract.needs.story import whole_story
from tests.contract.needs.told import Told

from chassis.topics import load_topics
from ventanilla_contracts.registry import EVENTS

PACTS = ROOT / "contracts" / "pacts"
JSON = "application/json"
INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
MANY = ("channel systems", STORES)
DAY = r"^\d{4}-\d{2}-\d{2}$"


def producers() -> list[str]:
    """Whoever writes a topic; `channel systems` are many, outside."""
    return sorted({producer_of(spec) for spec in load_topics().values()})


def pact_of(statement: Statement, producer: str, story: Sequence[Told]) -> Pact | None:
    """One message for each that it takes to show all that is stated; None if nothing of this producer is."""
    names = [name for name in sent_to(statement.consumer, producer) if name in statement.events]
    if not names:
        return None
    pact = Pact(statement.consumer, file_name(producer)).with_specification("V4")
    for name in names:
        for told in telling(name, statement.events[name], story)[0]:
            body = pattern(EVENTS[name], told.example.value, statement.events[name])
            pact.upon_receiving(told.name, "Async").with_body(body, JSON).with_metadata(_envelope(told, producer))
    return pact


def _envelope(told: Told, producer: str) -> dict[str, Any]:
    """The headers by which every reader knows a message."""
    headers = told.example.headers
    found = {
        "ce_specversion": "1.0",
        "ce_id": match.str(headers["ce_id"]),
        "ce_type": told.type,
        "ce_source": match.str(headers["ce_source"]) if producer in MANY else f"/{producer}",
        "ce_subject": match.str(headers["ce_subject"]),
        "ce_time": match.regex(headers["ce_time"], regex=INSTANT),
        "content-type": JSON,
    }
    return found | ({"ce_seq": match.regex(headers["ce_seq"], regex="^[1-9][0-9]*$")} if "ce_seq" in headers else {})


def pattern(model: type[BaseModel], value: Mapping[str, Any], stated: Collection[str]) -> dict[str, Any]:
    """What a message must look like: each stated field that is in the example, of its type or one of its words."""
    return {
        name: _pattern(field.annotation, value[name], wanted)
        for name, field in model.model_fields.items()
        if (wanted := below(stated, name)) and name in value and value[name] not in ([], {})
    }


def _pattern(note: Any, value: Any, wanted: Collection[str]) -> Any:
    inner = inner_model(note)
    if inner is None:
        return _leaf(note, value)
    if wanted == {HERE}:
        return match.each_like({}) if isinstance(value, list) else match.like({})
    if isinstance(value, list):
        richest = max(value, key=len)
        return match.each_like(pattern(inner, richest, wanted))
    if fields_of(inner).keys() >= value.keys():
        return pattern(inner, value, wanted)
    key, one = next(iter(value.items()))
    return match.each_value_matches({key: pattern(inner, one, wanted)}, rules=[match.like(pattern(inner, one, wanted))])


def _leaf(note: Any, value: Any) -> Any:
    """By the type in the event's class: a list's by its first, a word by all the words that there are."""
    kind = _kind(note)
    if isinstance(value, list):
        return match.each_like(_leaf(kind, value[0]))
    if isinstance(value, dict):
        return match.each_value_matches(value, rules=[match.like(next(iter(value.values())))])
    if get_origin(kind) is Literal:
        return match.regex(value, regex="^(" + "|".join(map(re.escape, get_args(kind))) + ")$")
    if kind in (datetime, date):
        return match.regex(value, regex=INSTANT if kind is datetime else DAY)
    return match.like(value)


def _kind(note: Any) -> Any:
    """What an annotation is about, without what limits it and without None."""
    origin, arguments = get_origin(note), get_args(note)
    if origin is Annotated or origin is tuple:
        return _kind(arguments[0])
    if origin in (Union, UnionType):
        return _kind(next(one for one in arguments if one is not type(None)))
    return note


def file_name(producer: str) -> str:
    return producer.replace(" ", "-")


def written(pact: Pact) -> str:
    """The pact as a file, without the versions of the library that wrote it."""
    with tempfile.TemporaryDirectory() as folder:
        pact.write_file(folder, overwrite=True)
        (path,) = Path(folder).iterdir()
        found = json.loads(path.read_text("utf-8"))
    found["metadata"] = {"pactSpecification": found["metadata"]["pactSpecification"]}
    return json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def rendered(stated: Sequence[Statement]) -> dict[str, str]:
    """File name to text of every pact; the same at every run."""
    return {
        f"{statement.consumer}-{file_name(producer)}.json": written(pact)
        for statement in stated
        for producer in producers()
        if (pact := pact_of(statement, producer, whole_story())) is not None
    }


def faults(folder: Path, expected: Mapping[str, str]) -> list[str]:
    """Each pact that is missing, stale or orphaned, by name."""
    found = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*"))}
    return [
        *(f"missing: {name}" for name in expected if name not in found),
        *(f"stale: {name}" for name, text in expected.items() if name in found and found[name] != text),
        *(f"orphaned: {name}" for name in found if name not in expected),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not up to date")
    expected = rendered(statements())
    if parser.parse_args(arguments).check:
        found = faults(PACTS, expected)
        print(*found, sep="\n", file=sys.stderr)
        return 1 if found else 0
    PACTS.mkdir(exist_ok=True)
    for name, text in expected.items():
        (PACTS / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
