# SPDX-License-Identifier: Apache-2.0
"""Membership requests: what is asked, what changes a checklist, and what the person is told (CSC-06; ADR 0022)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from filing_story import CITIZEN, NOW, filed, submission
from hypothesis import given
from hypothesis import strategies as st

from chassis.decision import Decision, Refused
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.membership.acts import (
    AssignDocuments,
    CheckRequirement,
    MembershipAct,
    RequestMembership,
    TellMissing,
)
from intake.domain.membership.asking import MembershipAsked, asked_for, documents_refusal, known_kind
from intake.domain.membership.checklist import OWED, Membership, Requirement, begun, with_documents
from intake.domain.membership.file import MembershipFile, MembershipKind, Memberships
from intake.domain.public import form_page_refusals
from intake.domain.submission import FileSubmission
from intake.filing.memberships import load_memberships
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import (
    CaseFiled,
    MembershipChecked,
    MembershipCompleted,
    MembershipDocument,
    MembershipForm,
    MembershipIncomplete,
    MessageAppended,
    Person,
    SubmissionForm,
)

LIDA, RUBEN = Actor(id="lida", role="agent"), Actor(id="ruben", role="agent")
LATER = NOW + timedelta(hours=1)
PERSON = Person(name="Óscar Marulanda", document_type="CC", document_number="10245778", email="oscar@correo.example")
FILE: dict[str, Any] = {
    "version": "v1",
    "kinds": [
        {
            "code": "dependiente",
            "name": {"es": "Trabajador dependiente", "en": "Employee"},
            "questions": [{"code": "con-hijos", "text": {"es": "¿Tiene hijos?", "en": "Children?"}}],
            "requirements": [
                {"code": "cedula", "name": {"es": "Cédula", "en": "Identity"}, "files": ["pdf", "image"]},
                {"code": "registro-civil", "name": {"es": "Registro civil", "en": "Birth"}, "when": "con-hijos"},
                {"code": "aportes", "name": {"es": "Aportes al día", "en": "Paid up"}, "by": "person"},
            ],
        },
        {
            "code": "pensionado",
            "name": {"es": "Pensionado", "en": "Pensioner"},
            "requirements": [
                {"code": "cedula", "name": {"es": "Cédula", "en": "Identity"}, "files": ["pdf", "image"]},
                {"code": "mesada", "name": {"es": "Comprobante de la mesada", "en": "Slip"}},
            ],
        },
    ],
}
OURS = Memberships(MembershipFile.model_validate(FILE))


def a_file(name: str = "cedula.pdf", type_: str = "application/pdf", n: int = 1) -> FileRef:
    return FileRef(sha256=f"{n:064x}", name=name, type=type_, size=1000 + n)


CEDULA, REGISTRO = a_file(), a_file("registro.jpg", "image/jpeg", 2)


def kind(code: str = "dependiente") -> MembershipKind:
    found = OURS.kind(code)
    assert found is not None
    return found


def document(code: str, file: FileRef) -> MembershipDocument:
    return MembershipDocument(requirement=code, sha256=file.sha256)


def form(**own: Any) -> SubmissionForm:
    said = {"kind": "dependiente", **own.pop("membership", {})}
    values: dict[str, Any] = {"text": "Me quiero afiliar.", "person": PERSON, "membership": MembershipForm(**said)}
    return SubmissionForm(**{**values, **own})


def requested(*documents: MembershipDocument, holds: tuple[str, ...] = (), refs: tuple[FileRef, ...] = ()) -> Any:
    asked = MembershipAsked(kind(), OURS.version, holds, documents)
    return filed(form=form(), files=refs, membership=asked)


def case_of(decision: Decision[Case]) -> Case:
    assert decision.state is not None
    return decision.state


def checklist(case: Case) -> Membership:
    assert case.membership is not None
    return case.membership


def one(case: Case, code: str) -> Requirement:
    found = checklist(case).requirement(code)
    assert found is not None
    return found


def did(case: Case, command: MembershipAct | FileSubmission, now: datetime = LATER) -> Decision[Case]:
    decision = decide_case(case, command, now)
    assert isinstance(decision, Decision), decision
    return decision


def refused(case: Case | None, command: MembershipAct) -> Refused:
    found = decide_case(case, command, LATER)
    assert isinstance(found, Refused), found
    return found


def check(case: Case, code: str, state: Any = "accepted", reason: str = "", actor: Actor = LIDA) -> CheckRequirement:
    """As an agent who sees the case as it is."""
    return CheckRequirement(actor, code, state, reason, one(case, code).revision)


def kinds_of(decision: Decision[Case]) -> list[type]:
    return [type(event) for event in decision.events if isinstance(event, (MembershipChecked, MembershipIncomplete))]


def test_a_request_that_lacks_documents_is_filed_and_told_at_once_what_it_lacks() -> None:
    decision = requested(document("cedula", CEDULA), holds=("con-hijos",), refs=(CEDULA,))
    [said] = [event for event in decision.events if isinstance(event, MembershipIncomplete)]
    [case_filed] = [event for event in decision.events if isinstance(event, CaseFiled)]
    assert [(owed.code, owed.name, owed.why) for owed in said.missing] == [
        ("registro-civil", "Registro civil", "missing")
    ]
    assert (said.times, said.actor.id) == (1, "intake")
    assert case_filed.membership is not None
    states = {item.code: item.state for item in case_filed.membership.requirements}
    assert states == {"cedula": "received", "registro-civil": "missing", "aportes": "received"}
    assert [step.code for step in case_of(decision).progress.steps] == ["filed", "membership-incomplete"]


def test_a_request_with_every_document_tells_nothing_and_is_not_complete_until_checked() -> None:
    decision = requested(document("cedula", CEDULA), refs=(CEDULA,))
    assert kinds_of(decision) == []
    assert not checklist(case_of(decision)).complete
    assert [item.code for item in checklist(case_of(decision)).requirements] == ["cedula", "aportes"]


def test_the_last_requirement_that_is_accepted_makes_it_complete_once() -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    first = did(case, check(case, "aportes"))
    last = did(case_of(first), check(case_of(first), "cedula"))
    assert [type(event) for event in first.events] == [MembershipChecked]
    assert [type(event) for event in last.events] == [MembershipChecked, MembershipCompleted]
    assert checklist(case_of(last)).complete
    assert case_of(last).progress.steps[-1].code == "membership-complete"
    assert [line.what for line in checklist(case_of(last)).history] == ["requested", "accepted", "accepted", "complete"]
    undone = did(case_of(last), check(case_of(last), "cedula", "refused", "Es de otra persona."))
    assert not checklist(case_of(undone)).complete
    done_again = did(case_of(undone), check(case_of(undone), "cedula"))
    assert [type(event) for event in done_again.events] == [MembershipChecked, MembershipCompleted]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (("accepted", ""), ("refused", "No se lee."), "requirement-changed-accepted"),
        (("accepted", ""), ("accepted", ""), "requirement-changed-accepted"),
        (("refused", "No se lee."), ("accepted", ""), "requirement-changed-refused"),
        (("refused", "No se lee."), ("refused", "Vencida."), "requirement-changed-refused"),
    ],
)
def test_of_two_agents_the_second_hears_what_the_first_did(
    first: tuple[Any, str], second: tuple[Any, str], code: str
) -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    after = case_of(did(case, check(case, "cedula", *first)))
    said = refused(after, CheckRequirement(RUBEN, "cedula", *second, one(case, "cedula").revision))
    assert (said.code, said.kind, said.values["by"], said.values["name"]) == (code, "conflict", "lida", "Cédula")
    twice = did(after, CheckRequirement(LIDA, "cedula", *first, one(case, "cedula").revision))
    assert (twice.events, twice.state) == ((), after)


def test_a_file_that_came_while_an_agent_looked_is_not_judged_unseen() -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    brought = submission(submission_id="s-2", files=(REGISTRO,), documents=(document("cedula", REGISTRO),))
    after = case_of(did(case, brought))
    assert refused(after, check(case, "cedula")).code == "requirement-changed-received"
    assert [file.name for file in one(after, "cedula").files] == ["cedula.pdf", "registro.jpg"]


def test_documents_that_come_later_are_received_and_lose_nothing_by_what_was_decided_meanwhile() -> None:
    case = case_of(requested(holds=("con-hijos",)))
    brought = submission(
        submission_id="s-2",
        files=(CEDULA, REGISTRO),
        documents=(document("cedula", CEDULA), document("unknown", REGISTRO)),
    )
    decision = did(case, brought)
    assert [type(event) for event in decision.events[:2]] == [MessageAppended, MembershipChecked]
    assert one(case_of(decision), "cedula").state == "received"
    assert case_of(decision).progress.steps[-1].code == "documents-received"
    accepted = case_of(did(case_of(decision), check(case_of(decision), "cedula")))
    late = did(accepted, submission(submission_id="s-3", files=(REGISTRO,), documents=(document("cedula", REGISTRO),)))
    assert one(case_of(late), "cedula") == one(accepted, "cedula")
    assert kinds_of(late) == []
    assert case_of(late).progress.steps[-1].code == "message-appended"


def test_a_person_is_never_told_the_same_twice() -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    assert refused(case, TellMissing(LIDA)).code == "membership-nothing-missing"
    case = case_of(did(case, check(case, "cedula", "refused", "La foto está borrosa.")))
    first = did(case, TellMissing(LIDA))
    [said] = [event for event in first.events if isinstance(event, MembershipIncomplete)]
    assert [(reason.code, reason.reason) for reason in said.personal.reasons] == [("cedula", "La foto está borrosa.")]
    assert [owed.why for owed in said.missing] == ["refused"]
    assert refused(case_of(first), TellMissing(RUBEN)).code == "membership-told"
    brought = submission(submission_id="s-2", files=(REGISTRO,), documents=(document("cedula", REGISTRO),))
    case = case_of(did(case_of(first), brought))
    assert refused(case, TellMissing(LIDA)).code == "membership-nothing-missing"
    case = case_of(did(case, check(case, "cedula", "refused", "La foto está borrosa.")))
    [again] = [event for event in did(case, TellMissing(LIDA)).events if isinstance(event, MembershipIncomplete)]
    assert again.times == 2


def test_no_document_is_accepted_unseen_nor_refused_without_a_word() -> None:
    case = case_of(requested())
    assert refused(case, check(case, "cedula")).code == "requirement-without-file"
    assert refused(case, check(case, "aportes", "refused", "  ")).field == "$.reason"
    assert refused(case, CheckRequirement(LIDA, "nada", "accepted", "", 1)).code == "requirement-unknown"
    assert refused(case_of(filed()), TellMissing(LIDA)).code == "membership-none"
    assert refused(None, TellMissing(LIDA)).code == "case-unknown"
    ended = case.model_copy(update={"progress": case.progress.model_copy(update={"status": "closed"})})
    assert refused(ended, check(case, "aportes")).code == "case-ended"


def test_a_mail_becomes_a_request_and_its_files_documents() -> None:
    case = case_of(filed(channel="email", files=(CEDULA,)))
    command = RequestMembership(LIDA, kind(), "v1", ("con-hijos",), {"cedula": (CEDULA,)})
    decision = did(case, command)
    assert [type(event) for event in decision.events] == [MembershipChecked]
    case = case_of(decision)
    assert [(item.code, item.state) for item in checklist(case).requirements] == [
        ("cedula", "received"),
        ("registro-civil", "missing"),
        ("aportes", "received"),
    ]
    assert refused(case, command).code == "membership-changed"
    assert refused(case_of(filed(form=SubmissionForm(text="Hola", anonymous=True))), command).code == (
        "membership-anonymous"
    )
    case = case_of(did(case, AssignDocuments(LIDA, {"registro-civil": (REGISTRO,)})))
    assert one(case, "registro-civil").files == (REGISTRO,)
    accepted = case_of(did(case, check(case, "registro-civil")))
    again = AssignDocuments(LIDA, {"registro-civil": (CEDULA,)})
    assert refused(accepted, again).code == "requirement-changed-accepted"


def test_a_request_of_another_kind_keeps_what_is_asked_as_before() -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    case = case_of(did(case, check(case, "cedula")))
    command = RequestMembership(RUBEN, kind("pensionado"), "v1", (), {}, seen=checklist(case).revision)
    after = case_of(did(case, command))
    assert {item.code: item.state for item in checklist(after).requirements} == {
        "cedula": "accepted",
        "mesada": "missing",
    }
    assert len(checklist(after).history) == len(checklist(case).history) + 1


def test_a_later_file_changes_no_request() -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    kept = Case.model_validate(case.model_dump())
    assert checklist(kept) == checklist(case)
    assert checklist(kept).version == "v1"
    assert [item.asked.name.es for item in checklist(kept).requirements] == ["Cédula", "Aportes al día"]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["accepted", "refused", "brought", "told"]),
        st.sampled_from(["cedula", "registro-civil", "aportes"]),
        st.integers(1, 4),
    ),
    max_size=12,
)


@given(ACTS)
def test_whatever_happens_it_is_complete_exactly_when_all_is_accepted_and_each_telling_says_something_new(
    acts: list[tuple[str, str, int]],
) -> None:
    case = case_of(requested(holds=("con-hijos",)))
    told, n = [dict(checklist(case).told)], 1
    for what, code, number in acts:
        n += 1
        file = a_file(n=number + 10)
        brought = submission(submission_id=f"s-{n}", files=(file,), documents=(document(code, file),))
        command: Any = {"brought": brought, "told": TellMissing(LIDA)}.get(what)
        before = case.membership
        decision = decide_case(case, command or check(case, code, what, "No sirve."), LATER)
        if isinstance(decision, Refused):
            continue
        case = case_of(decision)
        completes = any(isinstance(event, MembershipCompleted) for event in decision.events)
        assert completes == (checklist(case).complete and before is not None and not before.complete)
        if what == "told":
            assert checklist(case).told not in told[-1:]
            told.append(dict(checklist(case).told))
    for item in checklist(case).requirements:
        assert (item.state == "missing") == (not item.files and item.asked.by == "document")
        assert bool(item.reason) == (item.state == "refused")
    assert {item.code for item in checklist(case).owed} == {
        item.code for item in checklist(case).requirements if item.state in OWED
    }


@given(st.permutations([1, 2, 3, 4]), st.integers(0, 4))
def test_documents_that_come_twice_or_in_any_order_are_there_once(order: list[int], again: int) -> None:
    membership = begun(kind(), "v1", (), {}, CITIZEN, NOW)
    for n in [*order, *order[:again]]:
        membership = with_documents(membership, {"cedula": (a_file(n=n),)}, CITIZEN, LATER)
    found = membership.requirement("cedula")
    assert found is not None
    assert sorted(file.sha256 for file in found.files) == sorted(a_file(n=n).sha256 for n in order)
    assert found.revision == 1 + len(order)


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"anonymous": True, "person": Person()}, "membership-anonymous"),
        ({"kind": "complaint"}, "membership-is-petition"),
        ({"answer_on_spot": "Queda afiliado."}, "membership-not-on-spot"),
        ({"person": Person(email="a@correo.example")}, "membership-name-missing"),
        ({"person": Person(name="Ana")}, "membership-document-missing"),
        ({"membership": {"kind": "socio"}}, "membership-kind-unknown"),
        ({"membership": {"holds": ("con-mascota",)}}, "membership-question-unknown"),
        ({"membership": {"documents": (document("paz-y-salvo", CEDULA),)}}, "membership-document-unknown"),
        ({"membership": {"documents": (document("aportes", CEDULA),)}}, "membership-document-unknown"),
        ({"membership": {"documents": (document("cedula", REGISTRO),)}}, "membership-file-missing"),
        ({"membership": {"documents": (document("cedula", a_file("v.mp4", "video/mp4", 9)),)}}, "membership-file-kind"),
    ],
)
def test_what_cannot_be_a_request_is_refused_with_a_word(own: Mapping[str, Any], code: str) -> None:
    found = asked_for(OURS, form(**own), (CEDULA, a_file("v.mp4", "video/mp4", 9)))
    assert isinstance(found, Refused)
    assert (found.code, found.kind) == (code, "invalid")


def test_a_request_may_come_incomplete_and_a_form_without_one_is_none() -> None:
    assert isinstance(asked_for(OURS, form(), ()), MembershipAsked)
    assert asked_for(OURS, SubmissionForm(text="Hola"), ()) is None
    nobody = known_kind(Memberships(), "dependiente", ())
    assert isinstance(nobody, Refused)
    page = form(person=Person(name="Ana", email="ana@correo.example"), data_consent=True)
    assert [one.code for one in form_page_refusals(page)] == ["membership-document-missing"]


@pytest.mark.parametrize(
    ("name", "type_", "taken"),
    [
        ("cedula.pdf", "application/pdf", True),
        ("CEDULA.PDF", "application/octet-stream", True),
        ("foto", "image/heic", True),
        ("cedula.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", False),
        ("cedula.zip", "application/zip", False),
    ],
)
def test_a_file_does_by_its_type_or_by_its_name(name: str, type_: str, taken: bool) -> None:
    file = a_file(name, type_)
    assert (documents_refusal(kind().requirements, (document("cedula", file),), (file,)) is None) == taken


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kinds": []}, "kinds: Tuple should have at least 1 item"),
        ({"version": ""}, "version: "),
        ({"name": {"es": "Solo español"}}, "kinds[0].name.en: Field required; add it"),
        ({"requirements": []}, "kinds[0].requirements: "),
        ({"requirements": [{"code": "A b", "name": {"es": "x", "en": "x"}}]}, "kinds[0].requirements[0].code: "),
        ({"requirement": {"when": "con-mascota"}}, "`when: con-mascota` is no question of dependiente; name one (con-"),
        ({"requirement": {"code": "cedula"}}, "requirement stands twice: cedula"),
        ({"requirement": {"files": ["exe"]}}, "kinds[0].requirements[1].files[0]: "),
        ({"requirement": {"by": "person", "files": ["pdf"]}}, "leave `files` or `by: person` out"),
        ({"requirement": {"when": None}}, "nothing depends on con-hijos"),
        ({"requirement": {"wenn": "x"}}, "kinds[0].requirements[1].wenn: Extra inputs"),
        ({"all_when": "con-hijos"}, "somebody may have nothing to bring"),
        ({"twice": True}, "kinds[2].code: dependiente stands twice; give each its own code"),
    ],
)
def test_a_fault_of_the_file_is_named_with_its_place(
    change: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content: dict[str, Any] = yaml.safe_load(yaml.safe_dump(FILE))
    first = content["kinds"][0]
    for name, value in change.items():
        if name in ("kinds", "version"):
            content[name] = value
        elif name == "requirement":
            first["requirements"][1] |= value
        elif name == "all_when":
            first["requirements"] = [{**item, "when": value} for item in first["requirements"]]
        elif name == "twice":
            content["kinds"].append(first)
        else:
            first[name] = value
    path = tmp_path / "membership.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True))
    with pytest.raises(SystemExit):
        load_memberships(path)
    told = capsys.readouterr().err
    assert told.startswith("membership.yaml:")
    assert said in told


def test_the_file_that_comes_with_intake_is_right() -> None:
    loaded = load_memberships(Path(str(files("intake") / "data" / "membership.yaml")))
    assert [one.code for one in loaded.kinds] == ["trabajador-dependiente", "independiente", "pensionado", "empresa"]
    assert load_memberships(None).kinds == ()


def test_times_are_of_who_did_it() -> None:
    case = case_of(requested(document("cedula", CEDULA), refs=(CEDULA,)))
    after = one(case_of(did(case, check(case, "cedula"))), "cedula")
    assert (after.at, after.by) == (LATER, LIDA)
