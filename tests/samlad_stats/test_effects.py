"""What a measure changed, with what it may have moved."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad_stats.effects import displacement_difference

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
