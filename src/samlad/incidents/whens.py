"""When something happened, as people say it: just now, last night, at the weekend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from samlad.intake.rows import Precision

NIGHT = (22, 6)  # from ten in the evening to six in the morning
FRIDAY, WEEKEND_BEGINS, WEEKEND_ENDS = 4, 18, 6  # Friday evening to Monday morning


class When(TextChoices):
    """The answers on the form."""

    NOW = "now", _("Just now")
    NIGHT = "night", _("Last night (22–06)")
    WEEKEND = "weekend", _("At the weekend (Friday 18 to Monday 06)")
    CHOSEN = "chosen", _("Another time")


@dataclass(frozen=True)
class Span:
    """Local clock times without zone, and how well they are known."""

    starts: datetime
    ends: datetime | None
    precision: Precision


def span(when: When, now: datetime) -> Span:
    """Return what an answer means at the local clock time `now` (naive).

    A night or a weekend that is not over ends now.

    >>> span(When.NIGHT, datetime(2026, 11, 22, 7, 30)).starts
    datetime.datetime(2026, 11, 21, 22, 0)
    """
    if when is When.NOW:
        return Span(now.replace(second=0, microsecond=0), None, Precision.MINUTE)
    if when is When.NIGHT:
        day = now.date() if now.hour >= NIGHT[0] else now.date() - timedelta(1)
        starts = datetime.combine(day, time(NIGHT[0]))
        ends = datetime.combine(day + timedelta(1), time(NIGHT[1]))
    else:
        friday = now.date() - timedelta((now.weekday() - FRIDAY) % 7)
        if now < datetime.combine(friday, time(WEEKEND_BEGINS)):
            friday -= timedelta(7)
        starts = datetime.combine(friday, time(WEEKEND_BEGINS))
        ends = datetime.combine(friday + timedelta(3), time(WEEKEND_ENDS))
    return _interval(starts, min(ends, now.replace(second=0, microsecond=0)))


def chosen(day: date, clock: time | None, end_day: date | None, end_clock: time | None) -> Span:
    """Return a span from a day, perhaps a time, and perhaps an end.

    Raises `ValueError` if the end is before the start.
    """
    starts = datetime.combine(day, clock or time(0))
    if end_day is None and end_clock is None:
        return Span(starts, None, Precision.DAY if clock is None else Precision.MINUTE)
    last = end_day or day
    ends = (
        datetime.combine(last, end_clock)
        if end_clock is not None
        else datetime.combine(last + timedelta(1), time(0))
    )
    if ends < starts:
        raise ValueError("the end is before the start")
    return _interval(starts, ends)


def _interval(starts: datetime, ends: datetime) -> Span:
    if ends <= starts:
        return Span(starts, None, Precision.MINUTE)
    return Span(starts, ends, Precision.INTERVAL)
