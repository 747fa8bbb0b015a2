"""What may be logged, and how persons are counted."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """Why something is not allowed."""

    ELSEWHERE = "elsewhere"
    TO_COME = "to_come"
    REMOVED = "removed"
    PERIOD = "period"
    TAKEN = "taken"
    TAKEN_KEY = "taken_key"
    SHIFT = "shift"


REASONS = {
    Reason.ELSEWHERE: _("All of it is of one municipality."),
    Reason.TO_COME: _("What is done is logged afterwards: the day has not come."),
    Reason.REMOVED: _("The activity has been removed."),
    Reason.PERIOD: _("The end comes after the start."),
    Reason.SHIFT: _("A shift stays a shift, and another activity none."),
    Reason.TAKEN_KEY: _("It has been logged already, by another organisation."),
    Reason.TAKEN: _("There is a kind with that code."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_day(on: date, today: date) -> None:
    """Raise `NotAllowed` for a day that has not come."""
    if on > today:
        raise NotAllowed(Reason.TO_COME)
