# SPDX-License-Identifier: Apache-2.0
"""Segments by document and by mail domain (ICX-12)."""

from pathlib import Path

import pytest

from intake.domain.segments import Segments
from intake.persons.segments import load_segments
from ventanilla_contracts.intake import Person

FILE = """
version: 1
segments:
- code: grandes-clientes
  name: Grandes clientes
  documents: [{type: NIT, number: 800.191.045-1}]
  mail_domains: [siderurgica.example]
- code: pensionados
  name: Pensionados
  documents: [{type: CC, number: '1.000.000.142'}]
"""


def loaded(tmp_path: Path, text: str = FILE) -> Segments:
    file = tmp_path / "segments.yaml"
    file.write_text(text, "utf-8")
    return load_segments(file)


@pytest.mark.parametrize(
    ("person", "segment"),
    [
        (Person(document_type="NIT", document_number="800191045"), "grandes-clientes"),
        (Person(email="Compras@Siderurgica.example"), "grandes-clientes"),
        (Person(email="compras@otra-siderurgica.example"), None),
        (Person(document_type="CC", document_number="1000000142", email="x@siderurgica.example"), "pensionados"),
        (Person(document_type="CE", document_number="1000000142"), None),
        (Person(), None),
    ],
)
def test_a_document_says_more_than_a_domain(tmp_path: Path, person: Person, segment: str | None) -> None:
    segments = loaded(tmp_path)
    assert segments.of(person) == segment
    assert segments.name("grandes-clientes") == "Grandes clientes"
    assert segments.name("a mano") == "a mano"


def test_nobody_is_in_a_segment_without_a_file() -> None:
    assert load_segments(None).of(Person(email="x@siderurgica.example")) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (FILE.replace("045-1", "045-2"), "nit-check-digit; write it as it stands on the document"),
        (FILE.replace("siderurgica.example", "no es dominio"), "segments[0].mail_domains[0]: "),
        (FILE.replace("pensionados", "grandes-clientes"), "segments[1].code: grandes-clientes stands twice; give each"),
        (FILE.replace("version: 1", "version: 2"), "segments.yaml:2: version: Input should be 1; write it so"),
        ("{", "is not YAML"),
    ],
)
def test_a_wrong_file_stops_the_start_and_says_where(
    tmp_path: Path, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        loaded(tmp_path, text)
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load_segments(tmp_path / "none.yaml")
    assert "cannot be read" in capsys.readouterr().err
