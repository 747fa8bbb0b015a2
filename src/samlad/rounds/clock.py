"""Which periods a process has, and its clock: when each opens, closes and is to be done.

Pure: local dates and clock times in, aware times out. A period's moments are said as days
after its last day (1 is the day after) and a clock time, so that they keep their hour of the
day when the clocks change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from samlad.calendar.holidays import holiday_of_week, week_start, working_day

MIDSUMMER_AND_CHRISTMAS = frozenset({"midsommar", "jul", "nyår"})
MONTHS_OF = {"month": 1, "quarter": 3, "tertial": 4, "year": 12}
HALF_MONTH = 16  # twice a month: the 1st to the 15th, and the 16th to the last


class Cadence(StrEnum):
    """How often a process has a round."""

    WEEKLY = "week"
    FORTNIGHTLY = "fortnight"
    TWICE_A_MONTH = "half_month"
    MONTHLY = "month"
    QUARTERLY = "quarter"
    TERTIAL = "tertial"
    YEARLY = "year"


class HolidayWeeks(StrEnum):
    """What becomes of a round whose meeting falls in a holiday week, or on a red day."""

    HELD = "held"
    MOVED = "moved"
    SKIPPED = "skipped"


MOMENTS = ("reminds", "closes", "review_by", "adopt_by", "dispatch_by")
# Trelleborg's week: answers on Tuesday, adoption on Thursday, out by Friday morning.
TRELLEBORG: Mapping[str, tuple[int, str]] = {
    "reminds": (1, "13:00"),
    "closes": (2, "12:00"),
    "review_by": (3, "16:00"),
    "adopt_by": (4, "10:00"),
    "dispatch_by": (5, "09:00"),
}


@dataclass(frozen=True)
class Span:
    """A period: from a day until (not including) another."""

    starts_on: date
    ends_before: date


@dataclass(frozen=True)
class Moments:
    """When a round opens, reminds, closes, and is to be reviewed, adopted and sent."""

    opens: datetime
    reminds: datetime
    closes: datetime
    review_by: datetime
    adopt_by: datetime
    dispatch_by: datetime


def span_of(cadence: Cadence, day: date, *, first_on: date) -> Span:
    """Return the period a day is in. Fortnights are counted from the week of `first_on`.

    >>> span_of(Cadence.FORTNIGHTLY, date(2026, 11, 20), first_on=date(2026, 11, 2))
    Span(starts_on=datetime.date(2026, 11, 16), ends_before=datetime.date(2026, 11, 30))
    >>> span_of(Cadence.TERTIAL, date(2026, 11, 20), first_on=date(2026, 1, 1)).starts_on
    datetime.date(2026, 9, 1)
    """
    if cadence is Cadence.WEEKLY:
        start = week_start(day)
        return Span(start, start + timedelta(7))
    if cadence is Cadence.FORTNIGHTLY:
        anchor = week_start(first_on)
        start = anchor + timedelta(14 * ((day - anchor).days // 14))
        return Span(start, start + timedelta(14))
    if cadence is Cadence.TWICE_A_MONTH:
        middle = day.replace(day=HALF_MONTH)
        if day < middle:
            return Span(day.replace(day=1), middle)
        return Span(middle, _month_after(day.replace(day=1), 1))
    length = MONTHS_OF[cadence.value]
    start = day.replace(month=(day.month - 1) // length * length + 1, day=1)
    return Span(start, _month_after(start, length))


def next_span(cadence: Cadence, span: Span, *, first_on: date) -> Span:
    """Return the period after one."""
    return span_of(cadence, span.ends_before, first_on=first_on)


def is_skipped(span: Span, holidays: HolidayWeeks, *, county: str) -> bool:
    """Tell whether the round of a period is not held: nobody would come to its meeting.

    Its days are not lost: they are counted like all others in the next picture's history.
    """
    if holidays is not HolidayWeeks.SKIPPED:
        return False
    meeting_week = week_start(span.ends_before)
    return holiday_of_week(meeting_week, county=county) in MIDSUMMER_AND_CHRISTMAS


def moments(
    span: Span,
    clock: Mapping[str, tuple[int, str]],
    holidays: HolidayWeeks,
    *,
    zone: ZoneInfo,
) -> Moments:
    """Return a period's moments. Moved, each waits for the next working day, in order."""
    found: dict[str, datetime] = {"opens": _at(span.starts_on, "00:00", zone)}
    earliest = span.ends_before
    for name in MOMENTS:
        days, clock_time = clock[name]
        day = span.ends_before + timedelta(days - 1)
        if holidays is HolidayWeeks.MOVED:
            day = working_day(max(day, earliest))
            earliest = day
        found[name] = _at(day, clock_time, zone)
    return Moments(**found)


def check_clock(clock: Mapping[str, tuple[int, str]]) -> None:
    """Raise `ValueError` unless the moments come in their order, the last within 60 days."""
    order = [clock[name] for name in MOMENTS]
    if any(not 1 <= days <= 60 for days, _ in order):
        raise ValueError("days after the period are 1 to 60")
    for _, text in order:
        time.fromisoformat(text)
    if order != sorted(order, key=lambda moment: (moment[0], time.fromisoformat(moment[1]))):
        raise ValueError("the moments must come in their order")


def _at(day: date, clock_time: str, zone: ZoneInfo) -> datetime:
    """Return a wall-clock time of a day; one the clocks jump over becomes the hour after."""
    wall = datetime.combine(day, time.fromisoformat(clock_time), zone)
    return datetime.fromtimestamp(wall.timestamp(), zone)


def _month_after(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
