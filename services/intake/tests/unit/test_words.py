# SPDX-License-Identifier: Apache-2.0
"""Every text that intake can show exists, in both languages."""

from typing import get_args

import pytest

from chassis.i18n import assert_catalogues_agree, catalogue
from intake.domain.case import StepCode
from intake.domain.mail import HoldReason
from intake.domain.mail.classify import OWN_LOOP
from intake.domain.mail.marks import AutomaticMark
from intake.domain.membership.checklist import What
from intake.domain.membership.file import FileKind
from intake.mail.reception import CODES
from intake.webhooks import Fault
from ventanilla_contracts.vocabulary import (
    CaseStatus,
    Channel,
    DocumentType,
    Kind,
    LinkRelation,
    LinkStatus,
    RequirementState,
)

REASONS = [*HoldReason, *AutomaticMark, OWN_LOOP, "from-the-house", "unprocessable", "too-large"]
REFUSALS = [
    *("text-missing", "mail-is-no-form", "submission-empty", "regulator-missing", "anonymous-with-data"),
    *("document-type-missing", "answered-elsewhere", "spot-answer-length", "received-in-future", "too-many-files"),
    *("late-reason-missing", "received-at-needs-staff", "staff-only", "name-missing", "no-way-to-answer"),
    *("upload-reference-missing", "filed-in-future", "filed-before-received"),
    *("membership-kind-unknown", "membership-question-unknown", "membership-document-unknown"),
    *("membership-file-missing", "membership-file-kind", "membership-anonymous", "membership-is-petition"),
    *("membership-not-on-spot", "membership-name-missing", "membership-document-missing"),
    *("membership-no-way-to-answer", "membership-consent-missing"),
    *("file-not-of-case", "requirement-reason-missing"),
    *("linked-with-itself", "other-case-unknown", "message-not-of-case", "file-not-of-message"),
]
CONFLICTS = [
    *("link-unknown", "link-changed", "split-stays", "too-many-links", "membership-none", "membership-changed"),
    *("membership-nothing-missing", "membership-told", "membership-nothing-chosen", "requirement-unknown"),
    *(f"requirement-changed-{state}" for state in get_args(RequirementState)),
    "requirement-without-file",
]
KEYS = [
    *(f"steps.{code}" for code in get_args(StepCode)),
    *(f"status.{status}" for status in get_args(CaseStatus)),
    *(f"kinds.{kind}" for kind in get_args(Kind)),
    *(f"kinds-explained.{kind}" for kind in get_args(Kind)),
    *(f"channels.{channel}" for channel in get_args(Channel)),
    *(f"document-types.{kind}" for kind in get_args(DocumentType)),
    *(f"reasons.{reason}" for reason in REASONS),
    *(f"problems.{code}.{part}" for code in REFUSALS for part in ("title", "detail", "expected")),
    *(f"smtp.{code}" for code in CODES),
    *(f"problems.{code}.{part}" for code in CONFLICTS for part in ("title", "detail")),
    *(f"cases.{side}.{one}" for one in get_args(LinkRelation) for side in ("relations", "relations-there")),
    *(f"cases.link-status.{status}" for status in get_args(LinkStatus)),
    *(f"membership.states.{by}{state}" for by in ("", "by-person.") for state in get_args(RequirementState)),
    *(f"membership.happened.{what}" for what in get_args(What)),
    *(f"membership.file-kinds.{kind}" for kind in get_args(FileKind)),
    *(f"membership.answers.{answer}" for answer in ("yes", "no")),
    *(f"cases.missing.{name}" for name in ("text", "reason", "number")),
    *(f"problems.{fault}.{part}" for fault in get_args(Fault) for part in ("title", "detail")),
]


def test_the_catalogues_agree() -> None:
    assert_catalogues_agree("intake")


@pytest.mark.parametrize("key", KEYS)
def test_every_code_has_its_words(key: str) -> None:
    assert catalogue("intake").find(key)
