"""What the state of a group, a meeting or an agreement allows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.councils.models import Agreement, Group, Meeting
from samlad.councils.workflow import NEXT, GroupStatus, OutcomeKind, Status
from samlad.measures.models import Measure
from samlad.organisations.models import ActorClass, Organisation


class Reason(StrEnum):
    """Why something is not allowed now."""

    CASEWORK = "casework"
    NOT_PLANNED = "not_planned"
    NOT_HELD = "not_held"
    NOT_OVER = "not_over"
    ELSEWHERE = "elsewhere"
    ENDED = "ended"
    NO_PURPOSE = "no_purpose"
    PERIOD = "period"
    NO_QUESTION = "no_question"
    ANSWERED = "answered"
    NOT_CHAIRED = "not_chaired"
    TAKEN = "taken"
    NO_MEASURE = "no_measure"
    NOT_A_MEASURE = "not_a_measure"
    NOT_STAFF = "not_staff"
    NO_SUCH_SEAT = "no_such_seat"
    SEATED = "seated"
    NO_REASON = "no_reason"


REASONS = {
    Reason.CASEWORK: _("Of a group on individuals only dates and attendance are kept."),
    Reason.NOT_PLANNED: _("The meeting is not planned any more."),
    Reason.NOT_HELD: _("The meeting has not been held."),
    Reason.NOT_OVER: _("The meeting has not begun."),
    Reason.ELSEWHERE: _("All of it is of one municipality."),
    Reason.ENDED: _("The group is ended."),
    Reason.NO_PURPOSE: _("An agreement needs purposes and areas before it is signed (9 §)."),
    Reason.PERIOD: _("The end comes after the start."),
    Reason.NO_QUESTION: _("The question was not put to this group."),
    Reason.ANSWERED: _("The question has been answered."),
    Reason.NOT_CHAIRED: _("The municipality leads the strategic council (10 §)."),
    Reason.TAKEN: _("There is an organisation of that name."),
    Reason.NOT_STAFF: _("The directory is for departments and the police."),
    Reason.NO_SUCH_SEAT: _("A substitute stands in for an ordinary seat of the group."),
    Reason.SEATED: _("The organisation has a seat in that position already."),
    Reason.NO_REASON: _("Say why a signed agreement is changed: the version before is kept."),
    Reason.NOT_A_MEASURE: _("A decision about a measure is a measure, or an answer."),
    Reason.NO_MEASURE: _("Choose the measure, or say what is to be done, by whom and when."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_open(group: Group) -> None:
    """Raise `NotAllowed` if the group is ended."""
    if group.status == GroupStatus.ENDED:
        raise NotAllowed(Reason.ENDED)


def check_text(group: Group, *texts: object) -> None:
    """Raise `NotAllowed` if anything is written of a group on individuals."""
    if group.is_casework and any(texts):
        raise NotAllowed(Reason.CASEWORK)


def check_staff(organisation: Organisation) -> None:
    """Raise `NotAllowed` unless the organisation is a department or the police."""
    if organisation.kind.actor_class not in {ActorClass.OFFICE, ActorClass.POLICE}:
        raise NotAllowed(Reason.NOT_STAFF)


def check_about(kind: OutcomeKind, measure: Measure | None) -> None:
    """Raise `NotAllowed` if a decision that is about no measure names one."""
    if measure is not None and kind not in {OutcomeKind.MEASURE, OutcomeKind.ANSWERED}:
        raise NotAllowed(Reason.NOT_A_MEASURE)


def check_hold(meeting: Meeting, now: datetime) -> None:
    """Raise `NotAllowed` unless the meeting can be held now."""
    if Status.HELD not in NEXT[Status(meeting.status)]:
        raise NotAllowed(Reason.NOT_PLANNED)
    if meeting.starts_at > now:
        raise NotAllowed(Reason.NOT_OVER)


def check_agreement(agreement: Agreement) -> None:
    """Raise `NotAllowed` unless a signed agreement has its purposes and areas."""
    if agreement.signed_on is not None and not (agreement.purposes and agreement.areas):
        raise NotAllowed(Reason.NO_PURPOSE)
    if agreement.ends_on is not None and agreement.ends_on < agreement.starts_on:
        raise NotAllowed(Reason.PERIOD)


def is_active(agreement: Agreement, day: date) -> bool:
    """Tell whether an agreement is in force on a day; both its days are inside."""
    return (
        agreement.signed_on is not None
        and agreement.starts_on <= day
        and (agreement.ends_on is None or day <= agreement.ends_on)
    )
