# SPDX-License-Identifier: Apache-2.0
"""What the organisation has laid down, read at the start: all of it is right, or routing does not run."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from chassis.i18n import catalogue
from chassis.staff import Staff
from chassis.yaml_file import FaultyFile, Source, YamlFile, load_file
from routing.domain.answering.rules import Answering, AnsweringFile, answering_faults
from routing.domain.classifying.checks import classification_faults
from routing.domain.classifying.classification import Classifier
from routing.domain.classifying.file import ClassificationFile
from routing.domain.clock.calendar import Calendar
from routing.domain.matrix.checks import matrix_faults
from routing.domain.matrix.file import ROLES, MatrixFile
from routing.domain.matrix.house import House
from routing.domain.matrix.matrix import ABSENT, EscalationMatrix
from routing.domain.policy import Observations, Policy
from routing.domain.promising.slas import SlasFile, sla_faults
from routing.organisation.legal_data import load_calendar, load_terms, load_words
from routing.roles import REVIEWERS
from routing.settings import RoutingSettings

DATA = files("routing") / "data"


def read_classification(path: Path | None = None) -> ClassificationFile:
    """The rules of CLASSIFICATION_FILE, or of the sample organisation. Raises FaultyFile."""
    file = _own(path, "classification.yaml")
    return load_file(file, ClassificationFile, "CLASSIFICATION_FILE", classification_faults)


def read_matrix(staff: Staff, classification: ClassificationFile, path: Path | None = None) -> MatrixFile:
    """The matrix of MATRIX_FILE, or of the sample organisation. Raises FaultyFile."""
    file = YamlFile.read(_own(path, "matrix.yaml"), "MATRIX_FILE")
    return checked_matrix(file, classification, house_of(staff))


def checked_matrix(file: YamlFile, classification: ClassificationFile, house: House) -> MatrixFile:
    """The matrix of a file over these people. Raises FaultyFile."""
    matrix = file.validated(MatrixFile)
    file.refuse(matrix_faults(matrix, classification, house))
    return matrix


def house_of(staff: Staff) -> House:
    """The members as the matrix needs them."""
    members = staff.members
    return House(
        people={member.id: member.ref for member in members},
        roles={role: tuple(member.id for member in members if role in member.roles) for role in ROLES},
        deputies={member.id: member.deputy for member in members if member.deputy},
        branches={one.service_point: one.branch for one in members if one.service_point and one.branch},
    )


@dataclass(frozen=True)
class FirstMatrix:
    """The matrix of the files: the first version, where the store has none; ``faulty`` if it cannot be."""

    content: MatrixFile
    text: str
    source: str
    faulty: FaultyFile | None


def read_first_matrix(settings: RoutingSettings, classification: ClassificationFile, house: House) -> FirstMatrix:
    """Raises FaultyFile for a file that somebody named; the sample is only used where it fits."""
    source = _own(settings.matrix_file, "matrix.yaml")
    file = YamlFile.read(source, "MATRIX_FILE")
    matrix, faulty = file.validated(MatrixFile), None
    try:
        checked_matrix(file, classification, house)
    except FaultyFile as error:
        if settings.matrix_file is not None:
            raise
        faulty = error
    named = "MATRIX_FILE" if settings.matrix_file else "sample"
    return FirstMatrix(matrix, source.read_text("utf-8"), named, faulty)


def read_slas(classification: ClassificationFile, path: Path | None = None) -> SlasFile:
    """What the house promises, by SLAS_FILE or as the sample organisation does. Raises FaultyFile."""
    areas = [area.id for area in classification.areas]
    return load_file(_own(path, "slas.yaml"), SlasFile, "SLAS_FILE", lambda slas: sla_faults(slas, areas))


def read_answering(staff: Staff, path: Path | None = None) -> AnsweringFile:
    """The rules of ANSWERING_FILE, or of the sample organisation. Raises FaultyFile."""
    reviewing = {one.id: bool(set(one.roles) & set(REVIEWERS)) for one in staff.members}
    file = _own(path, "answering.yaml")
    return load_file(file, AnsweringFile, "ANSWERING_FILE", lambda rules: answering_faults(rules, reviewing))


def read_calendar(timezone: str, path: Path | None = None) -> Calendar:
    """The calendar of CALENDAR_FILE, or the one that comes with routing. Raises FaultyFile."""
    calendar = load_calendar(_own(path, "calendar.yaml"))
    if calendar.data.timezone != timezone:
        raise FaultyFile([f"CALENDAR_FILE: {calendar.data.timezone} is not ORG_TIMEZONE; write {timezone} in both"])
    return calendar


def read_policy(settings: RoutingSettings, staff: Staff) -> tuple[Policy, FirstMatrix]:
    """Everything that the rules of a case need, over the matrix of the files. Raises FaultyFile."""
    classification = read_classification(settings.classification_file)
    house = house_of(staff)
    first = read_first_matrix(settings, classification, house)
    texts = catalogue("routing")
    calendar = read_calendar(settings.org_timezone, settings.calendar_file)
    absent = texts.find("observations.absent") or ABSENT
    names = {area.id: area.name for area in classification.areas}
    policy = Policy(
        classifier=Classifier(classification),
        matrix=EscalationMatrix(first.content, house, names, absent=absent),
        terms=load_terms(_own(settings.terms_file, "terms.yaml")),
        calendar=calendar,
        observations=Observations(
            compliment=texts.t("observations.compliment"),
            not_contacted=texts.t("observations.not-contacted"),
            tutela_source=texts.find("observations.tutela-source") or "",
            regulator_source=texts.find("observations.regulator-source") or "",
        ),
        reminder_days=settings.reminder_business_days,
        reply_reminder_days=settings.reply_reminder_business_days,
        reply_escalation_days=settings.reply_escalation_business_days,
        anchor=settings.deadline_anchor,
        on_completion=settings.on_completion,
        slas=read_slas(classification, settings.slas_file),
        words={"es": load_words("es", calendar), "en": load_words("en", calendar)},
        answering=Answering(read_answering(staff, settings.answering_file), house_of(staff).people),
    )
    return policy, first


def _own(path: Path | None, name: str) -> Source:
    return DATA / name if path is None else path
