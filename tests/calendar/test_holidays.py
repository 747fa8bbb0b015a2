"""Weeks unlike others: by date and holiday, whatever their number."""

from datetime import date

import pytest

from samlad.calendar.dayparts import Daypart, daypart
from samlad.calendar.holidays import easter_sunday, holiday_of_week, midsummer_eve


def monday(year, week):
    return date.fromisocalendar(year, week, 1)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (2018, 4, 1),
        (2019, 4, 21),
        (2021, 4, 4),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2038, 4, 25),
    ],
)
def test_easter_is_where_the_almanac_has_it(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


def test_midsummer_eve_is_a_friday_from_the_19th_to_the_25th():
    for year in range(2015, 2040):
        eve = midsummer_eve(year)
        assert eve.weekday() == 4
        assert 19 <= eve.day <= 25


@pytest.mark.parametrize(
    ("week", "holiday"),
    [
        (monday(2024, 13), "påsk"),
        (monday(2025, 16), "påsk"),
        (monday(2024, 14), "annandag påsk"),
        (monday(2026, 53), "nyår"),
        (monday(2026, 1), "nyår"),
        (monday(2026, 52), "jul"),
        (monday(2023, 51), "jul"),  # 24 December is its Sunday
        (monday(2023, 52), "nyår"),
        (monday(2026, 44), "höstlov"),
        (monday(2026, 18), "Valborg"),
        (monday(2026, 25), "midsommar"),
        (monday(2026, 47), None),
    ],
)
def test_a_week_is_known_by_its_holiday(week, holiday):
    assert holiday_of_week(week, county="12") == holiday


def test_sportlov_differs_by_county():
    assert holiday_of_week(monday(2026, 8), county="12") == "sportlov"
    assert holiday_of_week(monday(2026, 8), county="01") is None
    assert holiday_of_week(monday(2026, 9), county="01") == "sportlov"


@pytest.mark.parametrize(
    ("weekday", "hour", "part"),
    [
        (4, 22, Daypart.WEEKEND_EVENING),  # 22:30 on a Friday is helgkväll (A16)
        (5, 1, Daypart.WEEKEND_NIGHT),
        (0, 3, Daypart.WEEKDAY_NIGHT),
        (6, 14, Daypart.WEEKEND_DAY),
        (2, 19, Daypart.WEEKDAY_EVENING),
        (3, 10, Daypart.WEEKDAY),
    ],
)
def test_dayparts_follow_the_written_rule(weekday, hour, part):
    assert daypart(weekday, hour) is part
