"""What an effect is read as, and what it never is: the weeks of the peak decide nothing."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.assessments import AFTER, FIRST, panel, run, weeks_of
from samlad.measures.assessing import PEAK_WEEKS, assess, design, season_ratio
from samlad.measures.workflow import Method, Obstacle, Reading

ONE = np.arange(8) == 3
START = FIRST + timedelta(7 * 156)
END = START + timedelta(7 * AFTER)


@pytest.fixture
def counts():
    """Three years and a half of eight areas, nothing having happened."""
    return panel(np.random.default_rng(8), 156 + AFTER, 0.5, 6.0)


def designed(weeks, **how):
    return design(weeks, **{"starts_on": START, "ends_before": END, "peak_from": START, **how})


class TestDesign:
    """The method is chosen by what there is before the start, and says what it can see."""

    def test_areas_to_compare_with_come_first(self, counts):
        made = designed(weeks_of(counts, ONE))

        assert made.method == Method.COMPARISON
        assert 0.2 < made.fall < 0.8
        assert made.peak_from == START - timedelta(7 * PEAK_WEEKS)

    def test_then_earlier_years_and_then_the_weeks_before(self, counts):
        alone = weeks_of(counts, ONE, alone=True)
        assert designed(alone).method == Method.EARLIER_YEARS

        short = replace(
            alone, mondays=alone.mondays[116:], counts=alone.counts[:, 116:],
            observed=alone.observed[116:],
        )  # fmt: skip
        assert designed(short).method == Method.WEEKS_BEFORE

    def test_nothing_after_the_start_is_looked_at(self, counts):
        later = counts.copy()
        later[:, 156:] *= 7

        assert designed(weeks_of(later, ONE)) == designed(weeks_of(counts, ONE))

    def test_with_few_incidents_no_fall_would_be_seen(self):
        few = panel(np.random.default_rng(2), 156 + AFTER, 0.5, 0.05)

        assert np.isnan(designed(weeks_of(few, ONE, alone=True)).fall)


class TestReading:
    """One of five words, and why."""

    def test_a_fall_by_two_thirds_is_seen_and_its_size_held(self, counts):
        counts[3, 156:] = counts[3, 156:] // 3
        weeks = weeks_of(counts, ONE)
        found = assess(weeks, designed(weeks))

        assert found.reading == Reading.FALL
        assert found.estimate.lower < 1 / 3 < found.estimate.upper < 1
        assert {one.method for one in found.supports} == {
            Method.EARLIER_YEARS, Method.INTERRUPTED, Method.BEFORE_AFTER, Method.DISPLACEMENT,
        }  # fmt: skip

    def test_a_rise_is_called_one(self, counts):
        counts[3, 156:] *= 3
        weeks = weeks_of(counts, ONE)

        assert assess(weeks, designed(weeks)).reading == Reading.RISE

    def test_none_left_is_a_fall_without_a_lower_end(self, counts):
        counts[3, 156:] = 0
        weeks = weeks_of(counts, ONE)
        found = assess(weeks, designed(weeks))

        assert found.reading == Reading.FALL
        assert (found.estimate.ratio, found.estimate.lower) == (0, 0)

    def test_what_was_high_by_itself_and_fell_back_is_no_effect(self, counts):
        counts[3, 156 - PEAK_WEEKS : 156] *= 3
        weeks = weeks_of(counts, ONE)

        assert assess(weeks, designed(weeks)).reading == Reading.NO_CHANGE

    def test_without_weeks_older_than_the_peak_it_cannot_be_told(self, counts):
        young = weeks_of(counts, ONE, alone=True)
        young = replace(
            young, mondays=young.mondays[148:], counts=young.counts[:, 148:],
            observed=young.observed[148:],
        )  # fmt: skip
        made = designed(young)
        found = assess(young, made)

        assert made.includes_peak
        assert (found.reading, found.obstacle) == (Reading.UNDECIDED, Obstacle.PEAK)

    @pytest.mark.parametrize(
        ("broken", "silent", "obstacle"),
        [(True, 0, Obstacle.BREAK), (False, 10, Obstacle.SILENT)],
    )
    def test_a_source_that_changed_or_fell_silent_tells_nothing(
        self, broken, silent, obstacle, counts
    ):
        weeks = weeks_of(counts, ONE)
        weeks.observed[156 : 156 + silent] = False
        found = assess(weeks, designed(weeks), broken=broken)

        assert (found.reading, found.obstacle) == (Reading.UNDECIDED, obstacle)

    def test_a_silent_week_is_missing_and_not_zero(self, counts):
        weeks = weeks_of(counts, ONE)
        told = assess(weeks, designed(weeks))
        weeks.counts[:, 160], weeks.observed[160] = 0, False
        fewer = assess(weeks, designed(weeks))

        assert fewer.weeks_after == told.weeks_after - 1
        assert fewer.reading == told.reading == Reading.NO_CHANGE

    def test_too_few_incidents_are_said_to_be_too_few(self):
        few = panel(np.random.default_rng(2), 156 + AFTER, 0.5, 0.05)
        weeks = weeks_of(few, ONE, alone=True)

        assert assess(weeks, designed(weeks)).reading == Reading.TOO_FEW

    def test_nothing_given_is_changed(self, counts):
        before = counts.copy()
        weeks = weeks_of(counts, ONE)
        assess(weeks, designed(weeks))

        assert (counts == before).all()


class TestKnownTruth:
    """Simulated: few false falls, also where the worst of eight was chosen (benchmarks/)."""

    def test_the_worst_of_eight_is_seldom_a_clear_fall(self):
        shares, coverage = run(np.random.default_rng(11), 60, worst=True)

        assert shares["fall"] <= 5
        assert coverage >= 90

    def test_a_large_effect_is_found(self):
        shares, coverage = run(np.random.default_rng(12), 40, effect=0.4)

        assert shares["fall"] >= 85
        assert coverage >= 90


def test_the_same_weeks_of_earlier_years_give_a_ratio_and_its_inverse():
    groups = [np.array([5, 6, 4, 5]), np.array([6, 5, 5, 4])]
    after = np.array([10, 9, 11, 10])
    found = season_ratio(groups, after)
    back = season_ratio([after], np.concatenate(groups))

    assert found.ratio == pytest.approx(2.0)
    assert back.ratio == pytest.approx(0.5)
    assert found.lower < 2 < found.upper


def test_a_week_outside_the_series_has_no_index():
    weeks = weeks_of(np.ones((8, 4), int), ONE)

    assert weeks.index(FIRST - timedelta(7)) == -1
    assert len(weeks.until(date(2020, 1, 6)).mondays) == 0
