"""Weights over the week: every incident counts once, wherever its interval lies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad_stats.times import HOURS_A_WEEK, aoristic, weekday_hour

starts = st.floats(-1000, 1000)
lengths = st.floats(0, 2000)


def brute(start, end, steps=20_000):
    """Return the weights by taking many moments of the interval."""
    moments = start + (np.arange(steps) + 0.5) / steps * (end - start)
    return np.bincount(np.floor(moments).astype(int) % HOURS_A_WEEK, minlength=HOURS_A_WEEK) / steps


@given(start=starts, length=lengths)
def test_every_incident_counts_once(start, length):
    weights = aoristic([start], [start + length])

    assert weights.shape == (1, 168)
    assert weights.min() >= -1e-12
    assert weights.sum() == pytest.approx(1, abs=1e-9)


@given(start=st.floats(0, 167), length=st.floats(0.5, 500))
def test_agrees_with_taking_many_moments(start, length):
    assert aoristic([start], [start + length])[0] == pytest.approx(
        brute(start, start + length), abs=2e-3
    )


@given(start=st.integers(-1000, 1000), length=st.integers(0, 400), weeks=st.integers(-5, 5))
def test_another_monday_gives_the_same(start, length, weeks):
    shift = weeks * HOURS_A_WEEK
    one = aoristic([start], [start + length])
    other = aoristic([start + shift], [start + shift + length])

    assert one == pytest.approx(other, abs=1e-9)


def test_a_week_and_a_half_lies_on_every_hour():
    weights = aoristic([0], [252])[0]

    assert weights[0] == pytest.approx(2 / 252)
    assert weights[100] == pytest.approx(1 / 252)


@pytest.mark.parametrize(("moment", "hour"), [(0, 0), (167.99, 167), (168, 0), (-1, 167), (23, 23)])
def test_a_moment_lies_in_its_hour(moment, hour):
    assert aoristic([moment], [moment])[0, hour] == 1


def test_over_the_week_s_end():
    assert aoristic([167], [169])[0, [167, 0]] == pytest.approx([0.5, 0.5])


def test_the_table_is_the_sum_by_weekday_and_hour():
    table = weekday_hour(aoristic([22, 48.25], [26, 48.25]))

    assert table.shape == (7, 24)
    assert table[0, 22] == table[1, 0] == 0.25
    assert table[2, 0] == 1
    assert table.sum() == pytest.approx(2)


@pytest.mark.parametrize(
    ("start", "end"),
    [([1.0], [0.0]), ([1.0], [1.0, 2.0]), ([np.nan], [1.0]), ([0.0], [np.inf]), ([[0.0]], [[1.0]])],
)
def test_refuses_what_is_no_interval(start, end):
    with pytest.raises(ValueError, match="hour"):
        aoristic(start, end)


@pytest.mark.parametrize(
    "weights", [np.ones((2, 24)), -np.ones((1, 168)), np.full((1, 168), np.nan)]
)
def test_refuses_what_are_no_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        weekday_hour(weights)


def test_leaves_its_input_as_it_was():
    start, end = np.array([1.0, 5.0]), np.array([2.0, 300.0])
    aoristic(start, end)

    assert start.tolist() == [1, 5]
    assert end.tolist() == [2, 300]
