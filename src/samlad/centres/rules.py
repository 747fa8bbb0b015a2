"""What a centre's days and bookings allow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samlad.centres.models import Booking, Centre

LONGEST = timedelta(days=1)


class Reason(StrEnum):
    """Why something is not allowed."""

    TAKEN = "taken"
    BOOKED = "booked"
    PERIOD = "period"
    ELSEWHERE = "elsewhere"
    NOT_YET = "not_yet"
    OVERLAP = "overlap"
    CLOSED = "closed"


REASONS = {
    Reason.TAKEN: _("There is one of that name."),
    Reason.BOOKED: _("It is booked already then."),
    Reason.PERIOD: _("The end comes after the start, within a day, and has not been."),
    Reason.CLOSED: _("The centre is closed that day."),
    Reason.ELSEWHERE: _("All of it is of one municipality."),
    Reason.NOT_YET: _("The day has not come."),
    Reason.OVERLAP: _("Two openings of a day do not overlap."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_free(centre: Centre, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise `NotAllowed` unless the centre can be booked then: touching is not overlapping.

    Evenings are booked too, outside the hours it is open to all; not while it is closed.
    """
    if ends_at <= starts_at or ends_at - starts_at > LONGEST or ends_at <= now:
        raise NotAllowed(Reason.PERIOD)
    day = timezone.localdate(starts_at)
    if centre.closures.filter(starts_on__lte=day, ends_on__gte=day).exists():
        raise NotAllowed(Reason.CLOSED)
    taken = Booking.objects.filter(
        centre=centre, called_off_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if taken.exists():
        raise NotAllowed(Reason.BOOKED)


def check_over(on: date, today: date) -> None:
    """Raise `NotAllowed` for a day that has not come."""
    if on > today:
        raise NotAllowed(Reason.NOT_YET)
