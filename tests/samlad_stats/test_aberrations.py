"""EARS: the published series, the definition by hand, and its laws."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samlad_stats.aberrations import ears

DATA = Path(__file__).parent / "data"
AGONA = json.loads((DATA / "farrington_salmonella_agona.json").read_text())
RUNS = json.loads((DATA / "farrington_runs.json").read_text())
series = st.lists(st.integers(0, 30), min_size=14, max_size=40)
levels = st.sampled_from([0.001, 0.025, 0.1])


def by_hand(counts, t, method, alpha, baseline=7):
    """Return the bound of one week, written as the definition is."""
    gap = 0 if method == "C1" else 2

    def recent(week):
        weeks = counts[week - gap - baseline : week - gap]
        return np.mean(weeks), np.std(weeks, ddof=1)

    mean, deviation = recent(t)
    upper = mean + stats.norm.isf(alpha) * deviation
    if method == "C3":
        excess = 0.0  # of the two weeks before: max(0, C2 - 1)
        for week in (t - 1, t - 2):
            before, spread = recent(week)
            if spread > 0:
                excess += max(0, (counts[week] - before) / spread - 1)
            elif counts[week] > before:
                excess = np.inf
        bound = upper + deviation * (1 - excess) if deviation > 0 else mean
        upper = max(mean, bound)  # C3 = sum of three >= z, and this week above its mean
    return upper


def test_agrees_with_the_published_answer():
    """Salmonella Agona, 1990-95: R surveillance::earsC, method C1."""
    expected = AGONA["ears_C1"]
    first, last = expected["range"]

    found = ears(
        AGONA["series"], at=range(first - 1, last), method="C1",
        alpha=expected["alpha"], baseline=expected["baseline"],
    )  # fmt: skip

    assert found.upper == pytest.approx(expected["upper"], abs=1e-9)
    assert found.alarm.sum() == expected["alarms"]


def test_c2_agrees_with_the_published_program():
    expected = RUNS["ears_C2"]

    found = ears(AGONA["series"], at=range(19, 312), method="C2", alpha=expected["alpha"])

    assert found.upper == pytest.approx(expected["upper"], abs=1e-9)
    assert found.alarm.sum() == expected["alarms"]


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@given(counts=series, alpha=levels)
def test_agrees_with_the_definition(method, counts, alpha):
    at = range(11, len(counts))
    found = ears(counts, at=at, method=method, alpha=alpha)

    expected = [by_hand(np.array(counts), t, method, alpha) for t in at]
    assert found.upper == pytest.approx(expected)
    assert found.alarm.tolist() == [c > u for c, u in zip(counts[11:], found.upper, strict=True)]


@given(counts=st.lists(series, min_size=2, max_size=4), alpha=levels)
def test_many_series_are_tested_as_one_by_one(counts, alpha):
    n = min(len(one) for one in counts)
    table = np.array([one[:n] for one in counts])
    at = range(9, n)
    together = ears(table, at=at, method="C2", alpha=alpha)

    assert together.upper.shape == (len(table), len(at))
    for row, one in enumerate(table):
        assert together.upper[row] == pytest.approx(
            ears(one, at=at, method="C2", alpha=alpha).upper
        )


@given(counts=series, more=st.integers(1, 9))
def test_as_many_more_every_week_moves_the_bound_as_much(counts, more):
    at = range(7, len(counts))
    one = ears(counts, at=at, method="C1", alpha=0.01)
    other = ears(np.array(counts) + more, at=at, method="C1", alpha=0.01)

    assert other.upper == pytest.approx(one.upper + more)


@given(counts=series)
def test_a_stricter_level_gives_no_more_alarms(counts):
    at = range(9, len(counts))
    strict = ears(counts, at=at, method="C2", alpha=0.001)
    loose = ears(counts, at=at, method="C2", alpha=0.1)

    assert not np.any(strict.alarm & ~loose.alarm)


def test_c3_keeps_below_its_level_and_never_finds_an_empty_week():
    counts = np.random.default_rng(1).poisson(0.1, (4000, 20))
    normal = np.random.default_rng(2).normal(1000, 10, (4000, 20)).round().astype(int)

    sparse = ears(counts, at=[19], method="C3", alpha=0.01)
    plenty = ears(normal, at=[19], method="C3", alpha=0.02275, baseline=7)

    assert not np.any(sparse.alarm[:, 0] & (counts[:, 19] == 0))
    assert np.isfinite(sparse.upper).all()
    assert plenty.alarm.mean() < 0.06  # seven weeks know the deviation badly


def test_too_few_weeks_before_is_no_verdict():
    found = ears([1] * 12, at=[6, 8, 11], method="C3", alpha=0.05)

    assert np.isnan(found.upper).tolist() == [True, True, False]
    assert not found.alarm.any()


@pytest.mark.parametrize(
    "wrong",
    [{"counts": [1, -1]}, {"counts": [1.5]}, {"counts": [[[1]]]}, {"at": [99]}, {"at": [-1]},
     {"method": "C4"}, {"alpha": 0}, {"baseline": 1}],
)  # fmt: skip
def test_refuses_by_name(wrong):
    given_ = {"counts": [1] * 12, "at": [11], "method": "C1", "alpha": 0.05, "baseline": 7}

    with pytest.raises(ValueError, match=next(iter(wrong))):
        ears(**(given_ | wrong))
