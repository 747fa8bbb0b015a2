"""Comparing two rates: published answer, refusals, edges, laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad_stats.rates import rate_ratio

counts = st.integers(1, 500)
exposures = st.floats(0.5, 1e6)


def test_agrees_with_the_worked_example_in_r():
    """R: poisson.test(c(11, 6+8+7), c(800, 1083+1050+878)), from its manual page."""
    change = rate_ratio(count_after=11, exposure_after=800, count_before=21, exposure_before=3011)

    assert change.ratio == pytest.approx(1.971488, abs=1e-6)
    assert (change.lower, change.upper) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)


@given(before=counts, after=counts, exposure=exposures)
def test_swapping_the_periods_inverts_the_ratio(before, after, exposure):
    one = rate_ratio(
        count_before=before, exposure_before=exposure, count_after=after, exposure_after=1.0
    )
    other = rate_ratio(
        count_before=after, exposure_before=1.0, count_after=before, exposure_after=exposure
    )

    assert one.ratio == pytest.approx(1 / other.ratio)
    assert one.lower == pytest.approx(1 / other.upper, rel=1e-6)


@given(before=counts, after=counts, unit=st.floats(0.001, 1000))
def test_the_unit_of_exposure_cancels(before, after, unit):
    plain = rate_ratio(
        count_before=before, exposure_before=2.0, count_after=after, exposure_after=3.0
    )
    scaled = rate_ratio(
        count_before=before,
        exposure_before=2.0 * unit,
        count_after=after,
        exposure_after=3.0 * unit,
    )

    assert scaled.upper == pytest.approx(plain.upper, rel=1e-9)


def test_nothing_before_gives_an_infinite_ratio():
    change = rate_ratio(count_before=0, exposure_before=1, count_after=3, exposure_after=1)

    assert math.isinf(change.ratio)
    assert math.isinf(change.upper)
    assert change.lower > 0


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"count_before": -1}, "count_before"),
        ({"count_after": 2.5}, "count_after"),
        ({"exposure_before": 0}, "exposure_before"),
        ({"exposure_after": math.inf}, "exposure_after"),
        ({"confidence_level": 1}, "confidence_level"),
        ({"count_before": 0, "count_after": 0}, "too few"),
    ],
)
def test_refuses_by_name(wrong, named):
    right = {"count_before": 4, "exposure_before": 1, "count_after": 2, "exposure_after": 1}

    with pytest.raises(ValueError, match=named):
        rate_ratio(**{**right, **wrong})
