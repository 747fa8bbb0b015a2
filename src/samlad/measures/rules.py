"""What a measure's state allows."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.measures.models import Camera, Cause, Goal, Measure, Problem
from samlad.measures.vocabulary import Funding
from samlad.measures.workflow import NEXT, Status

FOLLOWED_UP_AFTER = timedelta(weeks=4)
REMINDED_BEFORE = timedelta(weeks=4)  # of a grant's report


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_NOW = "not_now"
    NO_REASON = "no_reason"
    NO_WHY = "no_why"
    DUE_BEFORE_START = "due_before_start"
    REASON_OF_DONE = "reason_of_done"
    ELSEWHERE = "elsewhere"
    NO_SUCH_FINDING = "no_such_finding"
    NOT_ADOPTED = "not_adopted"
    PERIOD = "period"
    ASKED_ALREADY = "asked_already"
    NOT_ASKED = "not_asked"
    SAME_ORGANISATION = "same_organisation"
    FROZEN = "frozen"
    NOT_FROZEN = "not_frozen"
    NO_EVALUATION = "no_evaluation"
    TOO_EARLY = "too_early"
    NO_AREA = "no_area"
    NO_START = "no_start"
    STARTED = "started"
    ITSELF = "itself"
    NOT_CARRIED_OUT = "not_carried_out"
    NOT_WEIGHED = "not_weighed"
    NO_INCIDENTS = "no_incidents"
    CLOSED = "closed"
    NAME_TAKEN = "name_taken"
    OTHER_PROBLEM = "other_problem"
    NOT_PLANNED = "not_planned"
    NOT_MEASURED = "not_measured"


REASONS = {
    Reason.NOT_NOW: _("The measure already is what you want to make it."),
    Reason.NO_REASON: _("Say why it was not done."),
    Reason.NO_WHY: _("Say why."),
    Reason.DUE_BEFORE_START: _("It is not to be done before it begins."),
    Reason.REASON_OF_DONE: _("A reason is for what was not done, or done in part."),
    Reason.ELSEWHERE: _("The measure and what it follows from are of one municipality."),
    Reason.NO_SUCH_FINDING: _("The picture has no such finding."),
    Reason.NOT_ADOPTED: _("A problem is shown by findings of adopted pictures."),
    Reason.PERIOD: _("The end comes after the start."),
    Reason.ASKED_ALREADY: _("The organisation has been asked already."),
    Reason.NOT_ASKED: _("The organisation has not been asked to take part."),
    Reason.SAME_ORGANISATION: _("The organisation is responsible already."),
    Reason.FROZEN: _("The evaluation was frozen at the start and is not changed."),
    Reason.NOT_FROZEN: _("The evaluation has not begun: the measure has not started."),
    Reason.NO_EVALUATION: _("No evaluation was decided before the start."),
    Reason.TOO_EARLY: _("The weeks that are to be read are not over."),
    Reason.NO_AREA: _("Say in which area the measure is: an effect is read in an area."),
    Reason.NO_START: _("Say when the measure starts: the reading begins there."),
    Reason.ITSELF: _("A measure does not continue itself."),
    Reason.NOT_CARRIED_OUT: _("The measure was not carried out: there is no effect to read."),
    Reason.STARTED: _("The measure has started: how its effect is read had to be decided before."),
    Reason.NOT_WEIGHED: _(
        "The camera is not in use: a weighing, an assessment of the need of an impact assessment, "
        "alternatives tried, a sign, the register and a review date are needed first."
    ),
    Reason.NO_INCIDENTS: _("The source has no incidents to read."),
    Reason.NAME_TAKEN: _("There is one of that name."),
    Reason.NOT_MEASURED: _("No place has been measured well enough to be ranked."),
    Reason.NOT_PLANNED: _("The measure is closed: open it first."),
    Reason.OTHER_PROBLEM: _("The cause and the goal are of the problem the measure is to change."),
    Reason.CLOSED: _("The problem is closed."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_period(starts_on: date | None, ends_before: date | None) -> None:
    """Raise `NotAllowed` unless the period, where it is given, has a length."""
    if starts_on is not None and ends_before is not None and ends_before <= starts_on:
        raise NotAllowed(Reason.PERIOD)


def check_aim(problem: Problem | None, *aims: Cause | Goal | None) -> None:
    """Raise `NotAllowed` unless what a measure aims at is of its problem."""
    for aim in aims:
        if aim is not None and (problem is None or aim.problem_id != problem.pk):
            raise NotAllowed(Reason.OTHER_PROBLEM)


def check_camera(camera: Camera) -> None:
    """Raise `NotAllowed` unless what the law asks for before use is there."""
    if not (
        camera.weighing
        and camera.impact_assessment
        and camera.alternatives
        and camera.sign_posted
        and camera.in_register
        and camera.review_on
    ):
        raise NotAllowed(Reason.NOT_WEIGHED)


def grant_warning(measure: Measure) -> bool:
    """Tell whether a state grant pays for work in more than one calendar year.

    The grant of 2023:442 is decided for one calendar year at a time.
    """
    if measure.funding != Funding.STATE or measure.starts_on is None:
        return False
    last = (measure.ends_before or measure.due_on + timedelta(1)) - timedelta(1)
    return last.year != measure.starts_on.year


def check_due(starts_on: date | None, due_on: date) -> None:
    """Raise `NotAllowed` if a measure is to be done before it begins."""
    if starts_on is not None and due_on < starts_on:
        raise NotAllowed(Reason.DUE_BEFORE_START)


def check_reason(status: Status, reason: str) -> None:
    """Raise `NotAllowed` if a measure is not done and says no why, or is done and does."""
    if status == Status.NOT_DONE and not reason:
        raise NotAllowed(Reason.NO_REASON)
    if reason and status not in {Status.NOT_DONE, Status.PARTLY}:
        raise NotAllowed(Reason.REASON_OF_DONE)


def check_close(measure: Measure, after: Status, reason: str) -> None:
    """Raise `NotAllowed` unless the measure may become so, with a reason where one is due."""
    if after not in NEXT[Status(measure.status)]:
        raise NotAllowed(Reason.NOT_NOW)
    check_reason(after, reason)
