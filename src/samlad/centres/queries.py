"""Every read on safety centres: starts at who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from samlad.accounts.models import User
from samlad.activities.bands import Interval, total
from samlad.authorization.permissions import Permission
from samlad.centres.models import Booking, Centre, Closure, Topic, Weekday

DAYS_SHOWN = 7


@dataclass(frozen=True)
class Day:
    """One day at a centre: its opening spans, or why it is closed."""

    on: date
    spans: tuple[str, ...]
    closed: str


def centres(user: User) -> list[Centre]:
    """Return the centres `user` may read, by name."""
    rows = Centre.objects.where_user_can(user, Permission.ACTIVITY_READ)
    return list(rows.select_related("owner", "municipality").prefetch_related("hours", "closures"))


def find(user: User, pk: int) -> Centre | None:
    """Return a centre `user` may read, or None."""
    return next((one for one in centres(user) if one.pk == pk), None)


def day(centre: Centre, on: date) -> Day:
    """Return when a centre is open on a day: a closure goes before its hours."""
    closure = next((c for c in centre.closures.all() if c.starts_on <= on <= c.ends_on), None)
    if closure is not None:
        return Day(on, (), closure.reason)
    spans = tuple(
        f"{one.opens:%H:%M}\N{EN DASH}{one.closes:%H:%M}"
        for one in centre.hours.all()
        if one.weekday == on.weekday()
    )
    return Day(on, spans, "")


def days(centre: Centre, today: date) -> list[Day]:
    """Return the coming week at a centre."""
    return [day(centre, today + timedelta(n)) for n in range(DAYS_SHOWN)]


def weekly(centre: Centre) -> list[tuple[Weekday, list[str]]]:
    """Return a centre's ordinary week: every weekday with its spans, none where it is closed."""
    return [
        (
            weekday,
            [
                f"{one.opens:%H:%M}\N{EN DASH}{one.closes:%H:%M}"
                for one in centre.hours.all()
                if one.weekday == weekday
            ],
        )
        for weekday in Weekday
    ]


def coming_closures(centre: Centre, today: date) -> list[Closure]:
    """Return the closures that are not over."""
    return [one for one in centre.closures.all() if one.ends_on >= today]


def bookings(centre: Centre, now: datetime) -> list[Booking]:
    """Return the bookings that are not over, the next first."""
    rows = centre.bookings.filter(called_off_at=None, ends_at__gt=now)
    return list(rows.select_related("organisation"))


def visits(centre: Centre, year: int) -> tuple[list[tuple[str, Interval]], Interval]:
    """Return a year's visits by topic, and in all: bands added to intervals."""
    found: dict[str, list[Interval]] = {}
    rows = centre.visits.filter(on__year=year).values_list("topic", "low", "high")
    for topic, low, high in rows:
        found.setdefault(topic, []).append(Interval(low, high))
    told = [
        (str(topic.label), total(found[topic.value])) for topic in Topic if topic.value in found
    ]
    return told, total(one for bands in found.values() for one in bands)
