"""What the law's documents need before they are adopted or decided."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samlad.law.models import ActionPlan, StatutoryPicture


class Reason(StrEnum):
    """Why something is not allowed now."""

    PART_EMPTY = "part_empty"
    ALREADY = "already"
    NOT_ADOPTED = "not_adopted"
    NO_BODY = "no_body"
    NOT_DECIDED = "not_decided"
    ELSEWHERE = "elsewhere"
    TO_COME = "to_come"
    TOO_EARLY = "too_early"


REASONS = {
    Reason.PART_EMPTY: _("Extent, consequences, other information and analysis are needed (4 §)."),
    Reason.ALREADY: _("An adopted version is not changed: begin a new one."),
    Reason.NOT_ADOPTED: _("The plan rests on an adopted lägesbild (5 §)."),
    Reason.NO_BODY: _("Say which body decided, on which day, under which diarienummer."),
    Reason.NOT_DECIDED: _("A plan is followed up once it has been decided."),
    Reason.ELSEWHERE: _("All of it is of one municipality."),
    Reason.TO_COME: _("The day has not come."),
    Reason.TOO_EARLY: _("The day comes before that of what it rests on."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_day(on: date, now: datetime, *, after: date | None = None) -> None:
    """Raise `NotAllowed` for a day to come, or before the day of what it rests on."""
    if on > timezone.localdate(now):
        raise NotAllowed(Reason.TO_COME)
    if after is not None and on < after:
        raise NotAllowed(Reason.TOO_EARLY)


def check_draft(picture: StatutoryPicture) -> None:
    """Raise `NotAllowed` if the version is adopted."""
    if picture.adopted_on is not None:
        raise NotAllowed(Reason.ALREADY)


def check_adopt(picture: StatutoryPicture, body: str) -> None:
    """Raise `NotAllowed` unless every mandatory part is written and a body adopts it."""
    check_draft(picture)
    if not all((picture.extent, picture.consequences, picture.other, picture.analysis)):
        raise NotAllowed(Reason.PART_EMPTY)
    if not body:
        raise NotAllowed(Reason.NO_BODY)


def check_decide(plan: ActionPlan, body: str, diarienummer: str) -> None:
    """Raise `NotAllowed` unless the plan rests on an adopted picture and a body decides it."""
    if plan.decided_on is not None:
        raise NotAllowed(Reason.ALREADY)
    if plan.picture.adopted_on is None:
        raise NotAllowed(Reason.NOT_ADOPTED)
    if not (body and diarienummer):
        raise NotAllowed(Reason.NO_BODY)
