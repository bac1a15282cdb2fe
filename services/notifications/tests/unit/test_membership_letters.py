# SPDX-License-Identifier: Apache-2.0
"""What a person reads of what their membership request lacks (CSC-06)."""

from letters_story import AGENT, CASE, PERSON, Story, closed, filed

from notifications.domain.letters import Letter
from notifications.domain.rules import pointless
from ventanilla_contracts.intake import (
    Membership,
    MembershipChecked,
    MembershipIncomplete,
    MembershipRequirement,
    MissingRequirement,
    PersonalIncomplete,
    PersonalReason,
)
from ventanilla_contracts.vocabulary import RequirementState


def membership(*states: RequirementState) -> Membership:
    requirements = [MembershipRequirement(code=f"r-{n}", name=f"R {n}", state=one) for n, one in enumerate(states)]
    return Membership(kind="socio", kind_name="Socio", version="1", requirements=tuple(requirements))


def incomplete(times: int = 1) -> MembershipIncomplete:
    return MembershipIncomplete(
        actor=AGENT,
        missing=(
            MissingRequirement(code="cedula", name="Cédula", why="refused"),
            MissingRequirement(code="registro", name="Registro civil", why="missing"),
        ),
        times=times,
        personal=PersonalIncomplete(reasons=(PersonalReason(code="cedula", reason="No se lee."),)),
    )


def letters(story: Story) -> list[Letter]:
    return [one for one in story.letters.values() if one.kind == "membership-incomplete"]


def test_the_person_hears_what_is_missing_and_why_in_the_thread_of_their_mail() -> None:
    [letter] = letters(Story().hear(filed(), incomplete()))
    assert [one.address for one in letter.to] == [PERSON]
    assert letter.case_id == CASE
    assert letter.values["owed"] == [
        {"name": "Cédula", "why": "refused", "reason": "No se lee."},
        {"name": "Registro civil", "why": "missing", "reason": ""},
    ]
    assert letter.thread is not None


def test_each_telling_is_a_letter_of_its_own_and_nobody_without_an_address_gets_one() -> None:
    story = Story().hear(filed(), incomplete(), incomplete(2))
    assert len({one.message_id for one in letters(story)}) == 2
    assert letters(Story().hear(filed(email=None), incomplete())) == []
    assert letters(Story().hear(filed(email="servicio@caja.example"), incomplete())) == []


def test_a_letter_that_waited_until_all_came_is_not_sent() -> None:
    story = Story().hear(filed(membership=membership("missing", "received")), incomplete())
    [letter] = letters(story)
    assert story.case is not None
    assert not pointless(letter, story.case)
    story.hear(MembershipChecked(actor=AGENT, membership=membership("received", "refused")))
    assert not pointless(letter, story.case)
    story.hear(MembershipChecked(actor=AGENT, membership=membership("received", "accepted")))
    assert pointless(letter, story.case)
    again = Story().hear(filed(membership=membership("missing")), incomplete(), closed())
    assert again.case is not None
    assert pointless(letters(again)[0], again.case)
