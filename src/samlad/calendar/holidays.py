"""Which weeks are unlike others in Sweden, by rule and not by table.

Easter by Gauss's method in the Meeus/Jones/Butcher form; midsummer eve is the Friday
19–25 June; höstlov is week 44; sportlov differs by county (SPORTLOV_WEEK).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

# The winter break's usual ISO week by county code; week 9 where nothing else is said. Some
# counties divide it between two weeks: this is the one most municipalities have.
SPORTLOV_WEEK = {
    "04": 8, "05": 8, "06": 7, "07": 8, "08": 8, "10": 8, "12": 8, "13": 8, "14": 7,
    "18": 8, "22": 10, "23": 10, "24": 10, "25": 10,
}  # fmt: skip
SPORTLOV_OTHERWISE = 9
HOSTLOV_WEEK = 44
FRIDAY = 4


def easter_sunday(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar.

    >>> easter_sunday(2024), easter_sunday(2025)
    (datetime.date(2024, 3, 31), datetime.date(2025, 4, 20))
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def midsummer_eve(year: int) -> date:
    """Return the Friday between 19 and 25 June.

    >>> midsummer_eve(2026)
    datetime.date(2026, 6, 19)
    """
    first = date(year, 6, 19)
    return first + timedelta((4 - first.weekday()) % 7)


def week_start(day: date) -> date:
    """Return the Monday of a day's ISO week."""
    return day - timedelta(day.weekday())


@lru_cache(maxsize=512)
def _named_weeks(year: int, sportlov_week: int) -> dict[date, str]:
    easter = easter_sunday(year)
    return {
        # A later entry wins where two fall in one week.
        date.fromisocalendar(year, sportlov_week, 1): "sportlov",
        date.fromisocalendar(year, HOSTLOV_WEEK, 1): "höstlov",
        week_start(date(year, 4, 30)): "Valborg",
        week_start(easter): "påsk",
        week_start(easter) + timedelta(7): "annandag påsk",
        week_start(midsummer_eve(year)): "midsommar",
        week_start(date(year, 12, 24)): "jul",
        week_start(date(year, 12, 31)): "nyår",
    }


def holiday_of_week(monday: date, *, county: str = "") -> str | None:
    """Return the holiday an ISO week is known by, or None for an ordinary week.

    The week with 24 December is *jul*, the one with New Year's Eve *nyår*, whatever number
    it has: week 53 of 2026 and week 1 of 2026 are both *nyår*. Easter is two weeks: the one
    that ends on Easter Sunday and the one that begins on Easter Monday.
    """
    sportlov = SPORTLOV_WEEK.get(county, SPORTLOV_OTHERWISE)
    for year in (monday.year - 1, monday.year, monday.year + 1):
        found = _named_weeks(year, sportlov).get(monday)
        if found:
            return found
    return None


@lru_cache(maxsize=64)
def _red_days(year: int) -> dict[date, str]:
    easter = easter_sunday(year)
    eve = midsummer_eve(year)
    return {
        date(year, 1, 1): "nyårsdagen",
        date(year, 1, 6): "trettondedag jul",
        easter - timedelta(2): "långfredagen",
        easter + timedelta(1): "annandag påsk",
        date(year, 5, 1): "första maj",
        easter + timedelta(39): "Kristi himmelsfärdsdag",
        date(year, 6, 6): "nationaldagen",
        eve: "midsommarafton",
        date(year, 12, 24): "julafton",
        date(year, 12, 25): "juldagen",
        date(year, 12, 26): "annandag jul",
        date(year, 12, 31): "nyårsafton",
    }


def red_day(day: date) -> str | None:
    """Return the name of a weekday nobody works on, by law or by habit, or None.

    >>> red_day(date(2026, 6, 19)), red_day(date(2026, 5, 14)), red_day(date(2026, 11, 20))
    ('midsommarafton', 'Kristi himmelsfärdsdag', None)
    """
    return _red_days(day.year).get(day)


def working_day(day: date) -> date:
    """Return the day itself, or the next that is neither red nor at a weekend.

    >>> working_day(date(2026, 12, 24))
    datetime.date(2026, 12, 28)
    """
    while day.weekday() > FRIDAY or red_day(day):
        day += timedelta(1)
    return day
