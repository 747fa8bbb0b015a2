"""What a picture is about in time: a week, a month, or a season; and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from samlad.incidents.tables import Bins, months, weeks

MONTH_NAMES = {
    "sv": ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}  # fmt: skip


class Cadence(StrEnum):
    """What one period is."""

    WEEK = "week"
    MONTH = "month"
    SEASON = "season"


@dataclass(frozen=True)
class Period:
    """From a day until (not including) another."""

    cadence: Cadence
    starts_on: date
    ends_before: date

    def __post_init__(self) -> None:
        if self.ends_before <= self.starts_on:
            raise ValueError("a period must end after it begins")
        if self.cadence is Cadence.WEEK and (
            self.starts_on.weekday() or (self.ends_before - self.starts_on).days % 7
        ):
            raise ValueError("a week begins on a Monday")
        if self.cadence is Cadence.SEASON and self.ends_before > years_after(self.starts_on, 1):
            raise ValueError("a season is at most a year")

    def bins(self, first: date) -> Bins:
        """Return the bins from the one that holds `first` to the end of the period."""
        if self.cadence is Cadence.WEEK:
            return weeks(first, self.ends_before)
        if self.cadence is Cadence.MONTH:
            return months(first, self.ends_before)
        starts, ends, back = [], [], 0
        while years_after(self.starts_on, -back) >= first or back == 0:
            starts.append(years_after(self.starts_on, -back))
            ends.append(years_after(self.ends_before, -back))
            back += 1
        return Bins(tuple(reversed(starts)), tuple(reversed(ends)))

    def window(self, length: int) -> tuple[date, date]:
        """Return the last `length` bins' first day and end."""
        if self.cadence is Cadence.WEEK:
            return self.ends_before - timedelta(7 * length), self.ends_before
        return self.starts_on, self.ends_before


def default_seed(period: Period) -> int:
    """Return the seed where nobody says another: the period's last day as a number."""
    return int(f"{period.ends_before - timedelta(1):%Y%m%d}")


def week_of(day: date) -> Period:
    """Return the ISO week a day is in."""
    start = day - timedelta(day.weekday())
    return Period(Cadence.WEEK, start, start + timedelta(7))


def month_of(day: date) -> Period:
    """Return the month a day is in."""
    start = day.replace(day=1)
    return Period(Cadence.MONTH, start, (start + timedelta(32)).replace(day=1))


def last_complete_week(last_day: date) -> Period:
    """Return the last ISO week that is over when `last_day` is.

    >>> last_complete_week(date(2021, 12, 31)).ends_before
    datetime.date(2021, 12, 27)
    """
    return week_of(last_day - timedelta(6))


def years_after(day: date, years: int) -> date:
    """Return the same date in another year; 29 February becomes 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def label(starts_on: date, ends_before: date, cadence: str, language: str = "sv") -> str:
    """Return a period as it stands in a sentence.

    >>> label(date(2026, 10, 26), date(2026, 11, 23), "week")
    'v. 44–47'
    >>> label(date(2026, 12, 28), date(2027, 1, 4), "week", "en")
    'week 53'
    """
    last = ends_before - timedelta(1)
    if cadence == Cadence.WEEK:
        word = {"sv": "v.", "en": "week"}[language]
        first_week, last_week = starts_on.isocalendar().week, last.isocalendar().week
        return f"{word} {first_week}" + (f"–{last_week}" if last_week != first_week else "")
    names = MONTH_NAMES[language]
    if cadence == Cadence.MONTH:
        return f"{names[starts_on.month - 1]} {starts_on.year}"
    return (
        f"{starts_on.day} {names[starts_on.month - 1]}–"
        f"{last.day} {names[last.month - 1]} {last.year}"
    )
