"""The months and quarters of a table: whole ones alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from samlad.releases.workflow import ByTime

LENGTH = {ByTime.MONTH: 1, ByTime.QUARTER: 3}
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Period:
    """A month or a quarter: its name, its first day, the day before which it ends."""

    name: str
    first: date
    before: date

    @property
    def months(self) -> tuple[str, ...]:
        """Return its months, as ``2025-03``."""
        return months(self.name)


def whole(by: ByTime, starts_on: date, ends_before: date) -> list[Period]:
    """Return the whole months or quarters between two days.

    >>> [one.name for one in whole(ByTime.QUARTER, date(2025, 1, 1), date(2025, 8, 1))]
    ['2025 kv 1', '2025 kv 2']
    >>> [one.name for one in whole(ByTime.MONTH, date(2025, 1, 2), date(2025, 4, 1))]
    ['2025-02', '2025-03']
    """
    found: list[Period] = []
    length = LENGTH[by]
    n = (starts_on.year * MONTHS_A_YEAR + starts_on.month - 1) // length * length
    while True:
        first, before = _first_day(n), _first_day(n + length)
        n += length
        if before > ends_before:
            return found
        if first >= starts_on:
            found.append(Period(_name(by, first), first, before))


def months(name: str) -> tuple[str, ...]:
    """Return the months of a period by its name.

    >>> months("2025 kv 2")
    ('2025-04', '2025-05', '2025-06')
    >>> months("2025-04")
    ('2025-04',)
    """
    year, _kv, quarter = name.partition(" kv ")
    if not quarter:
        return (name,)
    last = 3 * int(quarter)
    return tuple(f"{year}-{month:02}" for month in range(last - 2, last + 1))


def quarters_of(times: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the quarters all of whose months are there.

    >>> quarters_of(["2025-01", "2025-02", "2025-03", "2025-04"])
    [('2025-01', '2025-02', '2025-03')]
    """
    names = dict.fromkeys(
        _name(ByTime.QUARTER, date.fromisoformat(f"{month}-01")) for month in times
    )
    there = set(times)
    return [found for name in names if there.issuperset(found := months(name))]


def last_day(before: date) -> date:
    """Return the last day of a period that ends before a day."""
    return before - timedelta(1)


def _first_day(n: int) -> date:
    return date(n // MONTHS_A_YEAR, n % MONTHS_A_YEAR + 1, 1)


def _name(by: ByTime, first: date) -> str:
    if by == ByTime.MONTH:
        return f"{first:%Y-%m}"
    return f"{first.year} kv {(first.month + 2) // 3}"
