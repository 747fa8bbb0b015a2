"""What a measure changed, with what it may have moved."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad_stats.effects import detectable_change, displacement_difference
from samlad_stats.rates import rate_ratio

WORKED = {
    "treated": (207, 110),
    "comparison": (308, 318),
    "displacement": (178, 157),
    "comparison_displacement": (150, 140),
}
pairs = st.tuples(st.integers(50, 90), st.integers(0, 300))


def test_agrees_with_the_worked_example():
    """Wheeler & Ratcliffe (2018): -118, variance 1568, z -2.98, -196 to -40."""
    found = displacement_difference(**WORKED)

    assert found.difference == -118
    assert found.variance == 1568
    assert found.z == pytest.approx(-2.98, abs=0.005)
    assert (found.lower, found.upper) == pytest.approx((-196, -40), abs=0.5)


@given(treated=pairs, comparison=pairs)
def test_swapping_treated_and_comparison_turns_the_sign(treated, comparison):
    one = displacement_difference(treated=treated, comparison=comparison)
    other = displacement_difference(treated=comparison, comparison=treated)

    assert one.difference == -other.difference
    assert one.lower == pytest.approx(-other.upper)
    assert one.p == pytest.approx(other.p)


@given(treated=pairs, comparison=pairs, dispersion=st.floats(1, 20))
def test_more_dispersion_is_less_sure(treated, comparison, dispersion):
    one = displacement_difference(treated=treated, comparison=comparison)
    wider = displacement_difference(treated=treated, comparison=comparison, dispersion=dispersion)

    assert wider.difference == one.difference
    assert wider.variance == pytest.approx(dispersion * one.variance)
    assert wider.p >= one.p - 1e-12


def test_without_any_incident_the_data_say_nothing():
    found = displacement_difference(treated=(0, 0), comparison=(0, 0))

    assert found.difference == 0
    assert math.isnan(found.z)
    assert math.isnan(found.p)


def test_warns_when_levels_differ_more_than_twofold():
    with pytest.warns(UserWarning, match="twofold"):
        displacement_difference(treated=(207, 110), comparison=(30, 31))


@pytest.mark.parametrize(
    "wrong",
    [{"treated": (1, -1)}, {"treated": (1.5, 1)}, {"treated": (1, 2, 3)}, {"dispersion": 0.5},
     {"dispersion": math.nan}, {"comparison_displacement": None}, {"confidence_level": 1}],
)  # fmt: skip
def test_refuses_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)).removeprefix("comparison_")):
        displacement_difference(**(WORKED | wrong))


class TestDetectableChange:
    """What could have been seen with so few incidents."""

    @pytest.mark.parametrize(("before", "fall"), [(40, 0.55), (20, 0.75)])
    def test_few_incidents_show_only_a_large_fall(self, before, fall):
        assert detectable_change(count_before=before).fall == pytest.approx(fall, abs=0.03)

    def test_seven_show_none(self):
        assert math.isnan(detectable_change(count_before=7).fall)

    @pytest.mark.parametrize(("before", "change"), [(40, "fall"), (100, "fall"), (40, "rise")])
    def test_agrees_with_drawing_counts_and_testing_them(self, before, change):
        """At the change given, the exact test sees it in about 80 of 100 draws."""
        rng = np.random.default_rng(2)
        found = detectable_change(count_before=before)
        ratio = 1 - found.fall if change == "fall" else 1 + found.rise
        seen = 0
        for b, a in zip(rng.poisson(before, 1500), rng.poisson(before * ratio, 1500), strict=True):
            if b + a:
                one = rate_ratio(
                    count_before=int(b), exposure_before=1, count_after=int(a), exposure_after=1
                )
                seen += one.upper < 1 if change == "fall" else one.lower > 1

        assert 0.76 <= seen / 1500 <= 0.88

    @given(before=st.integers(8, 300), more=st.integers(1, 300))
    def test_more_incidents_show_a_smaller_change(self, before, more):
        few, many = (
            detectable_change(count_before=before),
            detectable_change(count_before=before + more),
        )

        assert math.isnan(few.fall) or many.fall <= few.fall + 0.02
        assert math.isnan(few.rise) or many.rise <= few.rise + 0.05

    @pytest.mark.parametrize("wrong", [{"count_before": 0}, {"exposure_ratio": -1}, {"power": 1}])
    def test_refuses_by_name(self, wrong):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            detectable_change(**({"count_before": 40} | wrong))
