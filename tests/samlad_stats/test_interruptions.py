"""One series and a start: the model by hand, errors that vary together, laws and refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlad_stats.effects import interrupted_series

START = 156


def weeks(seed, n=200, mean=12.0, rho=0.0, spread=0.3):
    rng = np.random.default_rng(seed)
    error = np.empty(n)
    error[0] = rng.normal()
    for week in range(1, n):
        error[week] = rho * error[week - 1] + np.sqrt(1 - rho**2) * rng.normal()
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(n) / 52)
    return rng.poisson(mean * season * np.exp(spread * error - spread**2 / 2))


@pytest.mark.parametrize("seed", range(4))
def test_the_level_is_that_of_the_regression_by_hand(seed):
    counts = weeks(seed)
    t = np.arange(200.0)
    x = np.column_stack(
        [np.ones(200), t, *(f(2 * np.pi * k * t / 52) for k in (1, 2) for f in (np.sin, np.cos)),
         t >= START]
    )  # fmt: skip
    mean = counts + 0.1
    for _ in range(60):
        working = np.log(mean) + (counts - mean) / mean
        beta = np.linalg.solve(x.T @ (mean[:, None] * x), x.T @ (mean * working))
        mean = np.exp(x @ beta)

    found = interrupted_series(counts, start=START)

    assert found.coefficient == pytest.approx(beta[-1], abs=1e-7)
    assert found.expected == pytest.approx(mean[START:] / np.exp(beta[-1]), rel=1e-6)
    # the four sums of the score equations: what is fitted is what was counted
    assert found.expected.sum() * found.ratio == pytest.approx(counts[START:].sum(), rel=1e-6)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), times=st.sampled_from([2, 3]))
def test_as_many_times_more_every_week_is_the_same_ratio(seed, times):
    counts = weeks(seed)

    one = interrupted_series(counts, start=START)
    other = interrupted_series(times * counts, start=START)

    assert other.ratio == pytest.approx(one.ratio, rel=1e-7)
    assert other.expected == pytest.approx(times * one.expected, rel=1e-7)


@settings(max_examples=25)
@given(seed=st.integers(0, 999))
def test_the_interval_holds_the_ratio_and_agrees_with_p(seed):
    found = interrupted_series(weeks(seed), start=START)

    assert found.lower < found.ratio < found.upper
    assert (found.p < 0.05) == (not found.lower <= 1 <= found.upper)
    assert found.p > 0


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_nothing_done_is_seldom_an_effect(rho):
    """200 series: at most 5 % and three standard errors."""
    found = [interrupted_series(weeks(seed, rho=rho), start=START).p for seed in range(200)]

    assert np.mean(np.array(found) <= 0.05) <= 0.097


def test_weeks_that_vary_together_widen_the_interval():
    apart = [interrupted_series(weeks(seed), start=START) for seed in range(20)]
    together = [interrupted_series(weeks(seed, rho=0.8), start=START) for seed in range(20)]

    def error(found):
        return np.mean([one.standard_error for one in found])

    assert error(together) > 1.2 * error(apart)
    assert np.mean([one.lag for one in together]) > np.mean([one.lag for one in apart])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"counts": -np.ones(200, dtype=int)}, "counts"),
        ({"counts": np.ones((2, 200), dtype=int)}, "counts"),
        ({"counts": np.zeros(200, dtype=int)}, "fewer than 3"),
        ({"start": 103}, "104"),
        ({"start": 200}, "start"),
        ({"start": 120.5}, "start"),
        ({"freq": 0}, "freq"),
    ],
)
def test_refuses_by_name(wrong, named):
    with pytest.raises(ValueError, match=named):
        interrupted_series(**({"counts": weeks(1), "start": START} | wrong))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mean", [0.02, 0.05, 0.2])
def test_sparse_weeks_are_answered_or_refused(mean):
    answered = 0
    for seed in range(60):
        counts = np.random.default_rng(seed).poisson(mean, 150)
        try:
            found = interrupted_series(counts, start=104)
        except ValueError as refusal:
            assert "too little" in str(refusal) or "apart" in str(refusal)  # noqa: PT017
            continue
        answered += 1
        assert found.standard_error > 0

    assert answered or mean == 0.02


def test_a_year_of_four_weeks_has_one_wave():
    found = interrupted_series(np.random.default_rng(0).poisson(5, 150), start=104, freq=4)

    assert found.lower < 1 < found.upper
