"""What is coming, as a picture and its readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.calendar.holidays import holiday_of_week, red_day, week_start
from samlad.calendar.models import ComingEvent
from samlad.organisations.models import Municipality


@dataclass(frozen=True)
class Coming:
    """One coming event; `ends_on` is its last day."""

    pk: int
    name: str
    where: str
    starts_on: date
    ends_on: date
    attendance: str
    owner: str
    owner_id: int


def coming(municipality: Municipality, *, starts_on: date, ends_before: date) -> list[Coming]:
    """Return the events of a period, by day. They are open to everybody in the work."""
    rows = (
        ComingEvent.objects.filter(municipality=municipality, withdrawn_at=None)
        .filter(starts_on__lt=ends_before, ends_before__gt=starts_on)
        .select_related("area", "owner")
    )
    return [_row(row) for row in rows]


def own_events(user: User, *, since: date) -> list[Coming]:
    """Return the events from a day on that `user` may change."""
    rows = (
        ComingEvent.objects.where_user_can(user, Permission.EVENT_EDIT)
        .filter(withdrawn_at=None, ends_before__gt=since)
        .select_related("area", "owner")
    )
    return [_row(row) for row in rows]


def _row(row: ComingEvent) -> Coming:
    where = ", ".join(part for part in (row.where, row.area.name if row.area else "") if part)
    return Coming(
        row.pk,
        row.name,
        where,
        row.starts_on,
        row.ends_before - timedelta(1),
        str(row.get_attendance_display()) if row.attendance != "unknown" else "",
        row.owner.name,
        row.owner_id,
    )


def special_days(*, starts_on: date, ends_before: date, county: str) -> list[tuple[date, str]]:
    """Return the school breaks, holiday weeks and red days of a period: first day and name."""
    found: list[tuple[date, str]] = []
    monday = week_start(starts_on)
    while monday < ends_before:
        name = holiday_of_week(monday, county=county)
        if name:
            found.append((monday, name))
        monday += timedelta(7)
    day = starts_on
    while day < ends_before:
        name = red_day(day)
        if name:
            found.append((day, name))
        day += timedelta(1)
    return sorted(found)
