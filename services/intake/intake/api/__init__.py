# SPDX-License-Identifier: Apache-2.0
"""The API of intake: one way in per channel, tracking, and what the desk needs (design 6)."""

from fastapi import APIRouter

from intake.api.boxes import boxes_api
from intake.api.case_person import case_person_api
from intake.api.cases import cases_api
from intake.api.desk import desk_api
from intake.api.email import email_api
from intake.api.forms import forms_api
from intake.api.held import held_api
from intake.api.membership import membership_api
from intake.api.persons import persons_api
from intake.api.regulator import regulator_api
from intake.api.track import track_api
from intake.api.urgent import urgent_api
from intake.api.webhooks import webhooks_api
from intake.desk.boxes import Boxes
from intake.doors import Doors
from intake.messages import Messages
from intake.tracking import Tracking
from intake.webhooks import Signatures


def api(
    doors: Doors, boxes: Boxes, tracking: Tracking, messages: Messages, signatures: Signatures
) -> tuple[APIRouter, ...]:
    return (
        email_api(doors),
        forms_api(doors),
        webhooks_api(doors, signatures),
        track_api(tracking, messages),
        desk_api(doors),
        boxes_api(boxes),
        persons_api(doors),
        held_api(doors),
        cases_api(doors),
        case_person_api(doors),
        regulator_api(doors),
        urgent_api(doors),
        membership_api(doors),
    )
