"""Every read on the year's wheel, its reminders, and the register of cameras."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar import queries as calendar
from samlad.calendar.models import SchoolBreak
from samlad.incidents.models import Incident
from samlad.measures.models import Camera, Measure, WheelEntry
from samlad.measures.rules import REMINDED_BEFORE
from samlad.measures.vocabulary import Funding
from samlad.organisations.models import Municipality
from samlad.picture.periods import years_after

YEARS_KEPT = 5  # a camera's documents after it has ended (IMY)


@dataclass(frozen=True)
class Month:
    """One month of the year: breaks, what comes every year, what is coming, measures."""

    starts_on: date
    breaks: list[str]
    entries: list[WheelEntry]
    events: list[str]
    measures: list[Measure]


def year(municipality: Municipality, user: User, *, chosen: int) -> list[Month]:
    """Return the twelve months of a year."""
    first, last = date(chosen, 1, 1), date(chosen + 1, 1, 1)
    breaks = list(
        SchoolBreak.objects.filter(
            municipality=municipality, starts_on__lt=last, ends_before__gt=first
        )
    )
    entries = list(
        WheelEntry.objects.where_user_can(user, Permission.MEASURE_READ).filter(
            municipality=municipality
        )
    )
    events = calendar.coming(municipality, starts_on=first, ends_before=last)
    rows = list(
        Measure.objects.where_user_can(user, Permission.MEASURE_READ)
        .filter(municipality=municipality, starts_on__lt=last)
        .filter(
            Q(ends_before__gt=first)
            | Q(ends_before=None, due_on__gte=first)
            | Q(starts_on__gte=first)
        )
        .select_related("owner")
        .order_by("starts_on")
    )
    return [
        Month(
            starts_on=date(chosen, month, 1),
            breaks=[
                f"{one.get_kind_display()} {one.starts_on:%-d/%-m}–"
                f"{one.ends_before - timedelta(1):%-d/%-m}"
                for one in breaks
                if one.starts_on < _month(chosen, month + 1)
                and one.ends_before > _month(chosen, month)
            ],
            entries=[one for one in entries if _month_of(one, breaks, chosen) == month],
            events=[
                one.name
                for one in events
                if one.starts_on < _month(chosen, month + 1)
                and one.ends_on >= _month(chosen, month)
            ],
            measures=[one for one in rows if _goes_on(one, chosen, month)],
        )
        for month in range(1, 13)
    ]


def _month_of(entry: WheelEntry, breaks: list[SchoolBreak], year: int) -> int:
    """Return the month an entry stands in: that of its school break where one is known."""
    for one in breaks:
        if one.kind == entry.before_break and one.starts_on.year == year:
            return one.starts_on.month
    return entry.month


def _goes_on(measure: Measure, year: int, month: int) -> bool:
    """Tell whether a measure goes on in a month, to the day it is to be done where none is said."""
    if measure.starts_on is None:
        return False
    before = measure.ends_before or max(measure.due_on, measure.starts_on) + timedelta(1)
    return measure.starts_on < _month(year, month + 1) and before > _month(year, month)


def _month(year: int, month: int) -> date:
    """Return a month's first day; month 13 is the next January."""
    return date(year + month // 13, (month - 1) % 12 + 1, 1)


def begins_on(entry: WheelEntry, *, today: date) -> date:
    """Return when an entry comes next: its school break's first day, or its month's.

    What is done for a year comes next the year after.
    """
    if entry.done_for is not None:
        today = max(today, date(entry.done_for + 1, 1, 1))
    if entry.before_break:
        coming = (
            SchoolBreak.objects.filter(
                municipality=entry.municipality_id,
                kind=entry.before_break,
                starts_on__gte=today,
            )
            .order_by("starts_on")
            .first()
        )
        if coming is not None:
            return coming.starts_on
    this = date(today.year, entry.month, 1)
    return this if this >= today else date(today.year + 1, entry.month, 1)


def reminders(user: User, *, today: date) -> list[tuple[WheelEntry, date]]:
    """Return what is to be begun now: N weeks before it comes, with the day it comes."""
    rows = WheelEntry.objects.where_user_can(user, Permission.MEASURE_EDIT)
    found = [(one, begins_on(one, today=today)) for one in rows]
    return sorted(
        (pair for pair in found if pair[1] - timedelta(weeks=pair[0].weeks_before) <= today),
        key=lambda pair: pair[1],
    )


def grants_to_report(user: User, *, today: date) -> list[Measure]:
    """Return the measures a state grant pays whose report is due within four weeks, or was."""
    mine = Measure.objects.where_user_can(user, Permission.MEASURE_EDIT)
    due = mine.filter(
        funding=Funding.STATE,
        grant_reported_on=None,
        grant_report_on__lte=today + REMINDED_BEFORE,
    )
    return list(due.order_by("grant_report_on"))


@dataclass(frozen=True)
class CameraRow:
    """A place under surveillance: its state, and until when its documents are kept."""

    camera: Camera
    is_in_use: bool
    keep_until: date | None
    incidents_year: int | None


def cameras(user: User, *, today: date) -> list[CameraRow]:
    """Return the register of cameras `user` may read, with the year's incidents at the place."""
    rows = Camera.objects.where_user_can(user, Permission.MEASURE_READ).select_related("place")
    seen = Incident.objects.where_user_can(user, Permission.INCIDENT_READ)
    counted = dict(
        seen.filter(
            pk__in=Incident.objects.accepted().values("pk"),
            place__in=[row.place_id for row in rows],
            happened_on__gt=today - timedelta(365),
        )
        .values_list("place")
        .annotate(n=Count("pk"))
        .order_by()
    )
    reads = policy.can_somewhere(user, Permission.INCIDENT_READ)
    return [
        CameraRow(
            camera=row,
            is_in_use=row.started_on is not None
            and row.started_on <= today
            and (row.ended_on is None or today < row.ended_on),
            keep_until=None if row.ended_on is None else years_after(row.ended_on, YEARS_KEPT),
            incidents_year=counted.get(row.place_id, 0) if reads else None,
        )
        for row in rows
    ]
