"""Periods and what they may be compared with."""

from datetime import date, timedelta

import numpy as np
import pytest

from samlad.incidents.tables import weeks
from samlad.picture import comparable, periods
from samlad.picture.periods import Cadence, Period


def monday(year, week):
    return date.fromisocalendar(year, week, 1)


def compared_with(target, *, first=monday(2021, 1), county="12"):
    """Return the earlier weeks a week is compared with, as (year, number)."""
    bins = weeks(first, target + timedelta(7))
    marks = comparable.season_matrix(bins.starts, np.ones(len(bins), bool), county)
    return [bins.starts[b].isocalendar()[:2] for b in np.flatnonzero(marks[-1])]


class TestComparableWeeks:
    """By date and holiday, never by index minus 52."""

    def test_week_53_of_2026_is_compared_with_the_new_year_weeks_before_it(self):
        assert compared_with(monday(2026, 53)) == [
            (2021, 52),
            (2022, 52),
            (2023, 52),
            (2025, 1),
            (2026, 1),
        ]

    def test_easter_in_week_13_is_compared_with_easter_in_week_16(self):
        assert (2025, 16) in compared_with(monday(2027, 12))
        assert compared_with(monday(2024, 13)) == [(2021, 13), (2022, 15), (2023, 14)]
        assert compared_with(monday(2025, 16)) == [(2021, 13), (2022, 15), (2023, 14), (2024, 13)]

    def test_an_ordinary_week_never_meets_a_holiday(self):
        found = compared_with(monday(2026, 47))

        assert (2025, 44) not in found  # höstlov
        assert {week for year, week in found if year == 2025} <= set(range(43, 51))
        assert all(year < 2026 for year, _ in found)

    def test_the_same_date_is_in_the_middle(self):
        found = [week for year, week in compared_with(monday(2026, 39)) if year == 2024]

        assert found == [36, 37, 38, 39, 40, 41, 42]

    def test_a_silent_week_is_not_compared_with(self):
        bins = weeks(monday(2024, 1), monday(2026, 40))
        observed = np.ones(len(bins), bool)
        silent = bins.starts.index(monday(2025, 39))
        observed[silent] = False
        marks = comparable.season_matrix(bins.starts, observed, "12")

        assert not marks[:, silent].any()

    def test_weights_add_up_to_the_length_of_the_period(self):
        bins = weeks(monday(2022, 1), monday(2026, 40))
        observed = np.ones(len(bins), bool)
        marks = comparable.season_matrix(bins.starts, observed, "12")
        for length in (1, 4):
            weights, targets, past = comparable.season_weights(marks, observed, length)
            assert weights.sum() == pytest.approx(length)
            assert not weights[-length:].any()
            assert past.sum(axis=1) == pytest.approx(length)
            assert not (past[:, -length:]).any()
            assert targets.sum(axis=1) == pytest.approx(length)


class TestPeriods:
    """What a picture is about."""

    def test_a_season_is_compared_with_the_same_dates(self):
        """Summer 2018 (1 June to 31 August) against summer 2017 (A03)."""
        summer = Period(Cadence.SEASON, date(2018, 6, 1), date(2018, 9, 1))
        bins = summer.bins(date(2016, 6, 1))

        assert bins.starts == (date(2016, 6, 1), date(2017, 6, 1), date(2018, 6, 1))
        days = np.array([date(2017, 8, 31), date(2017, 9, 1), date(2018, 6, 1)])
        assert bins.index_of(np.array([d.toordinal() for d in days])).tolist() == [1, -1, 2]

    def test_a_week_begins_on_a_monday(self):
        with pytest.raises(ValueError, match="Monday"):
            Period(Cadence.WEEK, date(2026, 11, 17), date(2026, 11, 24))

    @pytest.mark.parametrize(
        ("last_day", "ends_before"),
        [
            (date(2021, 12, 31), date(2021, 12, 27)),
            (date(2021, 12, 26), date(2021, 12, 27)),
            (date(2021, 12, 25), date(2021, 12, 20)),
        ],
    )
    def test_the_last_complete_week_is_over_on_the_last_day(self, last_day, ends_before):
        assert periods.last_complete_week(last_day).ends_before == ends_before
