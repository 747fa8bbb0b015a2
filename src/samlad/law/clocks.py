"""The law's two clocks (6 §): update the lägesbild, follow up the plan, at least every other year.

"Minst vartannat år" is read here as 24 months from the last time; the law says no months. Pure.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

WARN_MONTHS, URGENT_MONTHS, READ_AS_MONTHS = 18, 21, 24


class State(StrEnum):
    """How far a clock has gone."""

    NEVER = "never"
    IN_TIME = "in_time"
    SOON = "soon"
    URGENT = "urgent"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Clock:
    """When it was last done, when it is due by our reading, and how far it has gone."""

    last: date | None
    due: date | None
    state: State


def clock(last: date | None, today: date) -> Clock:
    """Return a clock as it stands today.

    >>> clock(date(2025, 1, 31), date(2026, 7, 30)).state
    <State.IN_TIME: 'in_time'>
    >>> clock(date(2025, 1, 31), date(2026, 7, 31)).state
    <State.SOON: 'soon'>
    >>> clock(date(2024, 2, 29), date(2026, 3, 1)).state, clock(None, date(2026, 1, 1)).state
    (<State.OVERDUE: 'overdue'>, <State.NEVER: 'never'>)
    """
    if last is None:
        return Clock(None, None, State.NEVER)
    due = months_after(last, READ_AS_MONTHS)
    if today > due:
        state = State.OVERDUE
    elif today >= months_after(last, URGENT_MONTHS):
        state = State.URGENT
    elif today >= months_after(last, WARN_MONTHS):
        state = State.SOON
    else:
        state = State.IN_TIME
    return Clock(last, due, state)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
