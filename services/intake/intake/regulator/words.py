# SPDX-License-Identifier: Apache-2.0
"""What the platform says in its answers: each field with its complaint, in whatever shape it chose."""

from collections.abc import Iterator, Sequence

from intake.domain.texts import one_line

MOST_WORDS = 20
_NO_NEWS = frozenset({"status_code", "code"})
_WRAPPERS = frozenset({"detail", "message", "messages", "error", "errors", "non_field_errors", "Response"})


def words_of(answer: object) -> tuple[str, ...]:
    """Lines such as ``nombres: Este campo no puede ser nulo.``, without repeating one.

    >>> words_of({"status_code": 400, "messages": {"nombres": ["No puede ser nulo."]}, "detail": "Error"})
    ('nombres: No puede ser nulo.', 'Error')
    """
    found = dict.fromkeys(one_line(line) for line in _lines(answer, ""))
    return tuple(line for line in found if line)[:MOST_WORDS]


def _lines(answer: object, field: str) -> Iterator[str]:
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name not in _NO_NEWS:
                yield from _lines(value, field if name in _WRAPPERS else str(name))
    elif isinstance(answer, list):
        for one in answer:
            yield from _lines(one, field)
    elif answer not in (None, ""):
        yield f"{field}: {answer}" if field else str(answer)


def says(words: Sequence[str], phrases: Sequence[str]) -> bool:
    """Whether one of the phrases stands in what was said."""
    heard = " ".join(words).casefold()
    return any(phrase in heard for phrase in phrases)
