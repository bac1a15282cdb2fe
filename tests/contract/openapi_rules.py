# SPDX-License-Identifier: Apache-2.0
"""What a complete OpenAPI document has, as rules: each gives a line for every operation that lacks it.

A rule is a function of the document and one operation; ``faults`` asks them all.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from tests.contract.openapi_reading import Json, Operation, operations_of, references, resolved

PROBLEM = "application/problem+json"
BOUNDS = ("maxLength", "pattern", "enum", "const", "format", "maximum", "maxItems")
NEW_EACH_TIME = ("Idempotency-Key",)
"""Whoever copied an example of these would be told what another heard."""
UNBOUND = ("boolean", "null")
_HOLE = re.compile(r"\{[a-z_]+\}")
_REFERENCE = "#/components/schemas/"

Rule = Callable[[Operation], Iterator[str]]


def faults(document: Json) -> list[str]:
    """Every line that a rule has to say."""
    operations = operations_of(document)
    found = [f"{one.name}: {fault}" for one in operations for rule in RULES for fault in rule(one)]
    return [*found, *_ambiguous(operations), *_dangling(document), *_unused(document)]


def says_what_it_does(operation: Operation) -> Iterator[str]:
    for part in ("operationId", "summary", "description", "tags"):
        if not operation.said.get(part):
            yield f"no {part}"
    known = {tag["name"] for tag in operation.document.get("tags", ()) if tag.get("description")}
    yield from (f"tag {tag} is not described" for tag in operation.said.get("tags", ()) if tag not in known)


def says_who_may(operation: Operation) -> Iterator[str]:
    if "security" not in operation.said:
        yield "no security, not even that anyone may"
    schemes = operation.document.get("components", {}).get("securitySchemes", {})
    asked = [name for one in operation.said.get("security", ()) for name in one]
    yield from (f"security scheme {name} is not described" for name in asked if name not in schemes)


def describes_its_parameters(operation: Operation) -> Iterator[str]:
    for parameter in operation.parameters:
        name, schema = f"{parameter['in']}.{parameter['name']}", parameter.get("schema", {})
        if not parameter.get("description"):
            yield f"{name} has no description"
        if not _is_bounded(schema):
            yield f"{name} has no bound: one of {', '.join(BOUNDS)}"
        if "example" not in parameter and parameter["name"] not in NEW_EACH_TIME:
            yield f"{name} has no example"
        if "example" in parameter and (fault := operation.mismatch(schema, parameter["example"])):
            yield f"{name}: its example is wrong: {fault}"


def shows_its_body(operation: Operation) -> Iterator[str]:
    yield from _shown(operation, "request", operation.body)


def shows_its_good_answers(operation: Operation) -> Iterator[str]:
    if not operation.good:
        yield "no good answer"
    for status, answer in operation.good.items():
        if not answer.get("content") and status != 204:
            yield f"{status} has no content"
        yield from _shown(operation, str(status), answer.get("content", {}))


def tells_the_problems_that_can_come(operation: Operation) -> Iterator[str]:
    expected = {500, 503}
    expected |= {400, 413, 415} if operation.body else set()
    expected |= {422} if operation.body or operation.parameters else set()
    expected |= {401, 403} if operation.said.get("security") else set()
    expected |= {404} if any(one["in"] == "path" for one in operation.parameters) else set()
    yield from (f"{status} is not documented" for status in sorted(expected - set(operation.problems)))


def shows_its_problems(operation: Operation) -> Iterator[str]:
    for status, answer in operation.problems.items():
        content = answer.get("content", {})
        examples = [one["value"] for one in content.get(PROBLEM, {}).get("examples", {}).values()]
        if set(content) != {PROBLEM}:
            yield f"{status} is no {PROBLEM}"
        if not examples:
            yield f"{status} has no example"
        for example in examples:
            yield from _problem_faults(operation, status, content[PROBLEM].get("schema", {}), example)


def tells_the_headers(operation: Operation) -> Iterator[str]:
    needed = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
    for status, answer in operation.answers.items():
        names = {"traceparent", *([needed[status]] if status in needed else [])}
        yield from (f"{status} does not tell header {name}" for name in sorted(names - set(answer.get("headers", {}))))


RULES: tuple[Rule, ...] = (
    says_what_it_does,
    says_who_may,
    describes_its_parameters,
    shows_its_body,
    shows_its_good_answers,
    tells_the_problems_that_can_come,
    shows_its_problems,
    tells_the_headers,
)


def _shown(operation: Operation, where: str, content: Json) -> Iterator[str]:
    for media, part in content.items():
        schema = part.get("schema")
        if not schema:
            yield f"{where} {media} has no schema"
        if "example" not in part:
            yield f"{where} {media} has no example"
        elif schema and (fault := operation.mismatch(schema, part["example"])):
            yield f"{where} {media}: its example is wrong: {fault}"


def _problem_faults(operation: Operation, status: int, schema: Json, example: Json) -> Iterator[str]:
    if fault := operation.mismatch(schema, example):
        yield f"{status}: its example is wrong: {fault}"
    if example.get("status") != status:
        yield f"{status}: its example is of {example.get('status')}"
    if hole := _HOLE.search(str(example)):
        yield f"{status} {example.get('code')}: its example says {hole[0]}"
    keyed = [text for one in example.get("errors", ()) for text in one.values() if text.startswith("problems.")]
    yield from (f"{status} {example.get('code')}: no text for {key}" for key in keyed)


def _is_bounded(schema: Json) -> bool:
    if any(bound in schema for bound in BOUNDS) or schema.get("type") in UNBOUND or "$ref" in schema:
        return True
    return bool(schema.get("anyOf")) and all(_is_bounded(one) for one in schema["anyOf"])


def _ambiguous(operations: list[Operation]) -> list[str]:
    counts = Counter(one.said.get("operationId") for one in operations)
    return [f"operationId {name} is used {count} times" for name, count in counts.items() if name and count > 1]


def _dangling(document: Json) -> list[str]:
    return [f"{name} leads nowhere" for name in sorted(references(document)) if not resolved(document, {"$ref": name})]


def _unused(document: Json) -> list[str]:
    used = {name.removeprefix(_REFERENCE) for name in references(document)}
    schemas = document.get("components", {}).get("schemas", {})
    return [f"schema {name} is used nowhere" for name in schemas if name not in used]
