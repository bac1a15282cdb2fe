# SPDX-License-Identifier: Apache-2.0
"""A faulty file of the organisation stops the start with its line, its place and its cure."""

from pathlib import Path

import pytest
from routing_story import staff

from chassis.i18n import catalogue
from chassis.staff import Staff
from chassis.yaml_file import FaultyFile, or_exit
from routing.domain.matrix.matrix_fault import WORDS
from routing.organisation.policy_files import DATA, read_calendar, read_classification, read_matrix

CLASSIFICATION = (DATA / "classification.yaml").read_text("utf-8")
MATRIX = (DATA / "matrix.yaml").read_text("utf-8")


def faults_of(kind: str, text: str, tmp_path: Path) -> list[str]:
    path = tmp_path / f"{kind}.yaml"
    path.write_text(text, "utf-8")
    try:
        read_matrix(staff(), read_classification(), path) if kind == "matrix" else read_classification(path)
    except FaultyFile as error:
        return list(error.lines)
    return []


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  area: atencion-al-cliente\n", "  area: marte\n", "defaults.area: marte does not exist; write one of"),
        ("then: {area: salud}", "then: {area: marte}", ".then.area: marte does not exist"),
        ("id: words-claim\n", "id: kind-stated\n", "kind-stated stands twice; give each its own id"),
        ("then: {kind: claim}", "then: {kind: whim}", "then.kind: Input should be 'petition'"),
        ("then: {kind: claim}", "then: {sort: claim}", "then.sort: Extra inputs are not permitted; remove it, or"),
        ("then: {kind: claim}", "then: {}", "expected at least one of area"),
        ('words: ["reclam*"', 'words: ["rec*"', "at least 4 letters before the *"),
        ("term: consultation", "term: transfer", "then.term: Input should be 'general'"),
        ('version: "2026-1"', 'version: "2026-1"\nversion: "2"', "version stands twice; keep one of them"),
        ("rules:", "rules: [", ": is not YAML ("),
        ("  priority: normal\n", "", "defaults.priority: Field required; add it"),
    ],
)
def test_a_fault_in_the_classification_is_told_with_its_cure(old: str, new: str, fault: str, tmp_path: Path) -> None:
    assert old in CLASSIFICATION
    lines = faults_of("classification", CLASSIFICATION.replace(old, new, 1), tmp_path)
    assert any(line.startswith("classification.yaml") and fault in line for line in lines), lines


def test_a_rule_that_never_decides_is_found(tmp_path: Path) -> None:
    special = "  - id: words-housing-subsidy\n"
    general = "  - id: subsidy-first\n    if: {words: [subsidio]}\n    then: {area: subsidios}\n"
    text = CLASSIFICATION.replace(special, general + special)
    late = "  - id: late\n    if: {words: [subsidio de vivienda]}\n    then: {area: vivienda}\n"
    [line] = faults_of(
        "classification", text.replace("  - id: words-unemployment\n", late + "  - id: words-unemployment\n"), tmp_path
    )
    assert "late never decides anything" in line
    assert "subsidy-first" in line
    assert line.startswith(f"classification.yaml:{line_of(text, '  - id: words-unemployment')}: ")


@pytest.mark.parametrize(
    ("old", "new", "place", "fault"),
    [
        ("responder: marcela-duque", "responder: nobody-here", "areas[0].responder", "is not in the staff file"),
        ("{area: salud, responder: diana-castano,", "{area: salud,", "areas[1]", "area salud has no responder"),
        ("  - {area: salud", "  - {area: marte", "areas", "area salud has no responder; add {area: salud"),
        ("  - {area: salud", "  - {area: marte", "areas[1].area", "area marte does not exist"),
        ("copies: [deputy, head,", "copies: [deputy, jefe,", "rules[0].copies[1]", "jefe is not in the staff file"),
        ("tell: [valentina-uribe,", "tell: [nadie,", "levels[3].tell[0]", "nadie is not in the staff file"),
        (", head: gloria-zapata}", "}", "levels[0].tell", "tells the head, and subsidios has none"),
        ("if: {priority: [emergency]}", "if: {}", "rules[3]", "no case reaches regulator-requests: emergencies takes"),
        ("  - level: 3", "  - level: 2", "levels[2].level", "level 2 stands after level 2; number the levels upwards"),
        ("{business_days_after: 5}", "at-deadline", "levels[3].when", "level 4 would come before level 3"),
        ("{business_days_after: 5}", "someday", "levels[3].when", "is no moment: expected at-once"),
        ("{business_days_after: 5}", "{business_days_after: 0}", "levels[3].when", "greater than 0"),
        ("area: [subsidios]", "area: [marte]", "rules[7].if.area[0]", "area marte does not exist"),
        ("customer_care: atencion-al-cliente", "customer_care: marte", "customer_care", "area marte does not exist"),
        ("area: secretaria-general\n", "area: marte\n", "rules[5].area", "area marte does not exist"),
        ("id: compliments", "id: emergencies", "rules[4].id", "emergencies stands twice"),
        ("name: Secretaría general", "name: Jefatura del área", "levels[2].name", "Jefatura del área stands twice"),
        ("area: posventa", "area: salud", "areas[10].area", "salud stands twice; give each its own area"),
        ("deputy: oscar-molina", "deputy: diana-castano", "areas[1].deputy", "diana-castano would stand in for them"),
        ("tell: [head, mauricio-toro]", "tell: [process-leader]", "levels[2].tell", "tells the process-leader, and"),
        (
            "area: [subsidios], service_point",
            "branch: [sur], service_point",
            "rules[7].if.branch[0]",
            "branch sur does",
        ),
        ("area: [subsidios], service_point", "municipality: [Manizales], x", "rules[7].if.municipality[0]", "pattern"),
        (
            "area: [subsidios], service_point",
            "reopening: {at_least: 0}, service_point",
            "rules[7].if.reopening.at_least",
            "greater",
        ),
        ("{business_days_after: 5}", "{share_of_term: 1.5}", "levels[3].when", "less than 1"),
        ("{business_days_after: 5}", "{share_of_term: 0.5}", "levels[3].when", "level 4 would come before level 3"),
        ("{business_days_after: 5}", "{hours_since_assignment: 0}", "levels[3].when", "greater than 0"),
        (
            "levels:",
            "absences: [{who: nadie, from: 2026-06-01, to: 2026-06-02}]\nlevels:",
            "absences[0].who",
            "nadie is",
        ),
        (
            "levels:",
            "absences: [{who: elena-cardona, from: 2026-06-03, to: 2026-06-01}]\nlevels:",
            "absences[0].to",
            "elena-cardona would be back before they leave; write the first day",
        ),
        (
            "levels:",
            (
                "absences: [{who: diana-castano, from: 2026-06-01, to: 2026-06-09}, "
                "{who: diana-castano, from: 2026-06-09, to: 2026-06-12}]\nlevels:"
            ),
            "absences[1]",
            "diana-castano is away from 2026-06-01 already; make one absence of both",
        ),
        (
            "levels:",
            (
                "absences: [{who: diana-castano, from: 2026-06-01, to: 2026-06-09}, "
                "{who: oscar-molina, from: 2026-06-05, to: 2026-06-05, deputy: diana-castano}]\nlevels:"
            ),
            "absences[0]",
            "on 2026-06-05 nobody of salud is there: diana-castano, and whoever stands in; name another deputy",
        ),
    ],
)
def test_a_fault_in_the_matrix_is_told_with_its_cure(
    old: str, new: str, place: str, fault: str, tmp_path: Path
) -> None:
    assert old in MATRIX
    lines = faults_of("matrix", MATRIX.replace(old, new, 1), tmp_path)
    assert any(f": {place}" in line and fault in line for line in lines), lines


def test_a_role_that_nobody_has_is_told(tmp_path: Path) -> None:
    path = tmp_path / "matrix.yaml"
    path.write_text(MATRIX.replace("tell: [valentina-uribe,", "tell: [legal,"), "utf-8")
    assert read_matrix(staff(), read_classification(), path).levels[3].tell[0] == "legal"
    others = Staff(member for member in staff().members if "legal" not in member.roles)
    with pytest.raises(FaultyFile) as faulty:
        read_matrix(others, read_classification(), path)
    assert any(
        "nobody in the staff file has the role legal; give it to a member" in line for line in faulty.value.lines
    )


def test_every_fault_of_a_matrix_has_its_words_in_both_languages() -> None:
    texts = catalogue("routing")
    for code in (*WORDS, "twice", "alias", "unread", "empty", "not-yaml"):
        for part in ("what", "cure"):
            assert {texts.find(f"matrix.faults.{code}.{part}", locale) for locale in ("es", "en")} - {None}, code


def test_a_fault_names_its_line(tmp_path: Path) -> None:
    [line] = faults_of("matrix", MATRIX.replace("tell: [valentina-uribe,", "tell: [nadie,"), tmp_path)
    assert line.startswith(f"matrix.yaml:{line_of(MATRIX, 'tell: [valentina-uribe')}: ")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = MATRIX.replace("marcela-duque", "nobody-here").replace("valentina-uribe, rosario", "nadie, rosario")
    assert len(faults_of("matrix", text, tmp_path)) == 2


def test_a_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(FaultyFile, match=r"^MATRIX_FILE: .* cannot be read .*; name a file that can"):
        read_matrix(staff(), read_classification(), tmp_path / "matrix.yaml")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "is empty" in faults_of("classification", "# nothing\n", tmp_path)[0]


def test_a_calendar_of_another_zone_is_refused() -> None:
    with pytest.raises(FaultyFile, match="is not ORG_TIMEZONE; write America/Lima in both"):
        read_calendar("America/Lima")


def test_a_fault_ends_the_start_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        or_exit(lambda: read_classification(tmp_path / "classification.yaml"))
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("CLASSIFICATION_FILE: ")
