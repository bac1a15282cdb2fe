# SPDX-License-Identifier: Apache-2.0
"""The settings that only routing has."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from chassis.settings import ServiceSettings


class RoutingSettings(ServiceSettings):
    """Files that are not named are those that come with routing, for the sample organisation."""

    service: ClassVar[str] = "routing"

    port: int = Field(8102, ge=0, le=65535, description="port to listen at, 0 to 65535")
    classification_file: Path | None = Field(None, description="path of a classification.yaml")
    matrix_file: Path | None = Field(None, description="path of a matrix.yaml")
    answering_file: Path | None = Field(None, description="path of an answering.yaml")
    terms_file: Path | None = Field(None, description="path of a terms.yaml")
    calendar_file: Path | None = Field(None, description="path of a calendar.yaml")
    slas_file: Path | None = Field(None, description="path of an slas.yaml")
    reminder_business_days: int = Field(
        2, ge=1, le=10, description="business days before the due date, 1 to 10, when the reminder goes (CNF-04)"
    )
    reply_reminder_business_days: int = Field(
        1, ge=1, le=10, description="business days, 1 to 10, that a reply to a stopped clock waits before a reminder"
    )
    reply_escalation_business_days: int = Field(
        3, ge=1, le=20, description="business days, 1 to 20, after which the head of the area is told of it"
    )
    classifier_model: Path | None = Field(
        None, description="path of a model that python -m routing classifier train wrote, or nothing"
    )
    search_index: Path | None = Field(
        None, description="directory in which the index of cases outlasts a process, or nothing: it is in memory"
    )
    deadline_anchor: Literal["receipt", "next-business-day"] = "receipt"
    on_completion: Literal["resume", "restart"] = Field(
        "resume", description="whether a term goes on or begins again once a request is complete (CPACA art. 17)"
    )
