# SPDX-License-Identifier: Apache-2.0
"""What people see of intake: the citizen's form, tracking, and the adviser's desk; all without JavaScript."""

from fastapi import APIRouter

from chassis.web.throttle import Throttle
from intake.desk.boxes import Boxes
from intake.doors import Doors
from intake.messages import Messages
from intake.pages.answers import answer_pages
from intake.pages.boxes import box_pages
from intake.pages.case import case_pages
from intake.pages.case_person import case_person_pages
from intake.pages.certificate import certificate_pages
from intake.pages.citizen import citizen_pages
from intake.pages.desk import desk_pages
from intake.pages.held import held_pages
from intake.pages.held_acts import held_act_pages
from intake.pages.membership import membership_pages
from intake.pages.membership_desk import membership_desk_pages
from intake.pages.opening import opening_pages
from intake.pages.persons import person_pages
from intake.pages.regulator import regulator_pages
from intake.pages.regulator_acts import regulator_act_pages
from intake.pages.track import track_pages
from intake.pages.track_documents import track_document_pages
from intake.pages.uploads import upload_pages
from intake.pages.urgent import urgent_pages
from intake.tracking import Tracking
from intake.uploaded.kept import KeptFiles


def pages(doors: Doors, boxes: Boxes, tracking: Tracking, messages: Messages, kept: KeptFiles) -> tuple[APIRouter, ...]:
    return (
        citizen_pages(doors, tracking, kept),
        upload_pages(doors, kept),
        answer_pages(doors.cases),
        track_pages(tracking, messages, kept),
        track_document_pages(tracking, messages, kept),
        desk_pages(doors, kept),
        person_pages(doors),
        certificate_pages(doors, Throttle()),
        box_pages(boxes, kept),
        opening_pages(boxes),
        held_pages(doors),
        held_act_pages(doors),
        case_pages(doors),
        case_person_pages(doors),
        regulator_pages(doors),
        regulator_act_pages(doors),
        urgent_pages(doors),
        membership_pages(doors, kept),
        membership_desk_pages(doors),
    )
