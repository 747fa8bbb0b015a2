"""Comparing a period with its baseline: calibration, refusals, edges, laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samlad_stats.baselines import (
    SMALLEST_P,
    compare_with_baseline,
    compare_with_prediction,
    prediction_interval,
)
from samlad_stats.counts import count_cube
from samlad_stats.multiplicity import benjamini_hochberg


def plain(counts, length=1):
    """Compare the last `length` bins with the mean of all before."""
    counts = np.asarray(counts)
    n = counts.shape[1]
    start = n - length
    before = (np.arange(n) < start).astype(float)
    targets, weights = [], []
    for first in range(start - length + 1):
        inside = (np.arange(n) >= first) & (np.arange(n) < first + length)
        others = before * ~inside
        targets.append(inside.astype(float))
        weights.append(others * (length / others.sum()))
    return compare_with_baseline(
        counts,
        target=1.0 - before,
        weights=before * (length / before.sum()),
        past_targets=targets,
        past_weights=weights,
    )


def test_poisson_counts_give_the_negative_binomial_of_jeffreys_prior():
    """With no overdispersion P(Y >= y) is NB(S + 1/2, n / (n + 1)): Gelman et al., 2.6."""
    rng = np.random.default_rng(2)
    counts = rng.binomial(8, 0.5, (1, 401))  # less than Poisson: the dispersion stays at 1
    counts[0, -1] = 9
    found = plain(counts)

    shape = counts[0, :-1].sum() + 0.5
    exact = stats.nbinom.sf(8, shape, 400 / 401)
    assert found.dispersion[0] == pytest.approx(1.0)
    assert found.p[0] == pytest.approx(exact, rel=0.25)


def test_p_is_no_smaller_than_chance_makes_it():
    """Under the null, P(p <= x) is at most about x, also far out and overdispersed."""
    rng = np.random.default_rng(3)
    counts = rng.negative_binomial(4.0, 4.0 / (4.0 + 3.0), (20_000, 105))
    p = plain(counts).p

    for share in (0.05, 0.01, 0.001):
        assert (p <= share).mean() < share * 1.25


def test_the_interval_holds_what_it_says():
    rng = np.random.default_rng(4)
    counts = rng.poisson(5.0, (5000, 60))
    found = plain(counts)

    inside = (found.observed >= found.lower) & (found.observed <= found.upper)
    assert 0.95 <= inside.mean() < 0.985


@given(more=st.integers(1, 20))
def test_a_higher_count_never_gives_a_higher_p(more):
    counts = np.full((1, 30), 3)
    higher = counts.copy()
    higher[0, -1] += more

    assert plain(higher).p[0] <= plain(counts).p[0]


def test_an_empty_history_still_expects_something_and_p_is_never_zero():
    counts = np.zeros((2, 40), int)
    counts[1, -1] = 5000
    found = plain(counts)

    assert (found.expected > 0).all()
    assert found.p[0] == 1.0
    assert found.p[1] >= SMALLEST_P


def test_the_order_of_the_series_does_not_matter():
    counts = np.random.default_rng(6).poisson(4, (7, 50))
    order = [3, 1, 0, 2, 6, 5, 4]

    assert plain(counts[order]).p == pytest.approx(plain(counts).p[order])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"counts": [1, 2, 3]}, "shape"),
        ({"counts": [[1.5, 2, 3, 4, 5]]}, "whole"),
        ({"target": [0, 0, 0, 0, 0]}, "target"),
        ({"weights": [0, 0, 0, 0, 0]}, "weights"),
        ({"weights": [0, 0, 0, 0, 1]}, "may not hold"),
        ({"past_targets": np.eye(5)[:2], "past_weights": np.eye(5)[:2]}, "three"),
        ({"level": 0}, "level"),
    ],
)
def test_refuses_by_name(change, named):
    right = {
        "counts": [[1, 2, 3, 4, 5]],
        "target": [0, 0, 0, 0, 1],
        "weights": [0.25, 0.25, 0.25, 0.25, 0],
        "past_targets": np.eye(5)[:4],
        "past_weights": (np.ones((4, 5)) - np.eye(5)[:4]) / 3,
    }
    arguments = {**right, **change}

    with pytest.raises(ValueError, match=named):
        compare_with_baseline(arguments.pop("counts"), **arguments)


def test_the_prediction_interval_refuses_an_expected_count_of_zero():
    with pytest.raises(ValueError, match="positive"):
        prediction_interval([0.0], n=[5], dispersion=[1.0], degrees=20)


class TestBenjaminiHochberg:
    """q-values of everything tested."""

    def test_agrees_with_the_1995_paper(self):
        """Benjamini & Hochberg (1995), table of 15 p-values: four are rejected at 0.05."""
        p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
             0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]  # fmt: skip

        assert (benjamini_hochberg(p) < 0.05).sum() == 4

    @given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
    def test_q_is_never_below_p_and_keeps_its_order(self, p):
        q = benjamini_hochberg(p)

        assert (q >= np.array(p) - 1e-15).all()
        assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-15).all()

    @pytest.mark.parametrize("p", [[0.0], [1.1], [[0.1]]])
    def test_refuses(self, p):
        with pytest.raises(ValueError, match="p must"):
            benjamini_hochberg(p)

    def test_nothing_tested_gives_nothing(self):
        assert benjamini_hochberg([]).shape == (0,)


class TestCountCube:
    """Counting by area, category and period."""

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 3))))
    def test_every_incident_is_counted_once(self, rows):
        area, category, period = zip(*rows, strict=True) if rows else ((), (), ())
        cube = count_cube(area, category, period, shape=(3, 2, 4))

        assert cube.sum() == len(rows)
        assert cube.dtype == np.uint16
        for row in set(rows):
            assert cube[row] == rows.count(row)

    def test_refuses_an_index_outside_the_cube(self):
        with pytest.raises(ValueError, match="category"):
            count_cube([0], [2], [0], shape=(1, 2, 1))

    def test_a_large_count_gets_more_room(self):
        cube = count_cube(*(np.zeros(70_000, int) for _ in range(3)), shape=(1, 1, 1))

        assert cube.dtype == np.uint32
        assert cube[0, 0, 0] == 70_000


class TestPrediction:
    """A count against a fitted model's mean, its error and its dispersion."""

    @pytest.mark.parametrize("mean", [0.3, 2.0, 40.0])
    def test_without_error_or_dispersion_it_is_poisson(self, mean):
        counts = np.arange(0, 90, 7)

        found = compare_with_prediction(
            counts, expected=np.full(13, mean), standard_error=np.zeros(13),
            dispersion=np.ones(13), degrees=8,
        )  # fmt: skip

        expected = np.clip(stats.poisson.sf(counts - 1, mean), 1e-12, 1)
        assert found.p == pytest.approx(expected, rel=1e-4)

    def test_more_dispersion_or_error_is_less_sure(self):
        def p(dispersion, error):
            return compare_with_prediction(
                [20], expected=[8.0], standard_error=[error], dispersion=[dispersion], degrees=8
            ).p[0]

        assert p(1, 0) < p(1, 2) < p(2, 2) < p(4, 2)

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [({"observed": [-1]}, "observed"), ({"expected": [0.0]}, "expected"),
         ({"standard_error": [-1.0]}, "standard_error"), ({"dispersion": [0.5]}, "dispersion"),
         ({"level": 1}, "level")],
    )  # fmt: skip
    def test_refuses_by_name(self, wrong, named):
        given_ = {"observed": [3], "expected": [2.0], "standard_error": [0.1],
                  "dispersion": [1.2], "degrees": 8, "level": 0.95}  # fmt: skip

        with pytest.raises(ValueError, match=named):
            compare_with_prediction(**(given_ | wrong))


class TestWeightedBudget:
    """The budget may be shared unequally, if it is decided beforehand."""

    def test_equal_weights_are_no_weights(self):
        p = [0.001, 0.02, 0.3, 0.04]

        assert benjamini_hochberg(p, weights=np.ones(4)) == pytest.approx(benjamini_hochberg(p))

    def test_a_larger_share_makes_q_smaller_and_the_others_larger(self):
        p = [0.001, 0.02, 0.3, 0.04]
        plain, weighed = benjamini_hochberg(p), benjamini_hochberg(p, weights=[2.5, 0.5, 0.5, 0.5])

        assert weighed[0] < plain[0]
        assert (weighed[1:] >= plain[1:]).all()

    def test_when_nothing_is_there_a_finding_is_as_seldom_as_stated(self):
        """2,000 budgets of 40 tests: at most 5 % and three standard errors."""
        rng = np.random.default_rng(1)
        weights = np.r_[np.full(4, 3.0), np.full(36, 28 / 36)]
        found = [benjamini_hochberg(rng.uniform(size=40), weights=weights).min() < 0.05
                 for _ in range(2000)]  # fmt: skip

        assert np.mean(found) <= 0.065

    @pytest.mark.parametrize("weights", [[1.0], [2.0, 2.0], [0.0, 2.0], [-1.0, 3.0]])
    def test_refuses_weights_that_are_no_shares(self, weights):
        with pytest.raises(ValueError, match="weights"):
            benjamini_hochberg([0.1, 0.2], weights=weights)


def with_bursts(rng, *, n_series=400, n_bins=105, share=0.0004, size=12):
    """Quiet Poisson series in which now and then one event gives many rows; none in the last."""
    counts = rng.poisson(0.3, (n_series, n_bins))
    return counts + size * (rng.random(counts.shape) < share) * (np.arange(n_bins) < n_bins - 1)


def test_a_burst_like_many_before_is_as_seldom_as_they_were():
    """Where one event can give a dozen rows, a dozen rows is not one in a million."""
    counts = with_bursts(np.random.default_rng(4))
    bursts = (counts >= 12).sum()
    counts[:, -1] = 0
    counts[0] = 0
    counts[0, :-1:3] = 1
    counts[0, -1] = 10
    found = plain(counts)

    assert found.precedents[0] == pytest.approx(bursts / (400 * 104), rel=0.35)
    assert found.p[0] >= found.precedents[0] > 1e-4

    counts[0, -1] = 40
    assert plain(counts).p[0] < 1e-6  # nothing like it has been seen


def test_with_bursts_a_quiet_week_has_a_finding_as_often_as_stated():
    """The week's smallest p of many series, bursts in the week asked about as in the past."""
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(60):
        counts = rng.poisson(0.3, (200, 105)) + 12 * (rng.random((200, 105)) < 0.0008)
        found += plain(counts).p.min() * 200 < 0.05
    assert found <= 9  # the week holds a burst in one of six; 3 expected, P(X > 9) below 0.01


def test_a_change_that_lasts_is_not_its_own_precedent():
    """Three weeks into a real increase it is as surprising as in its first."""
    counts = np.tile([0, 1, 0], (300, 35))
    counts[7, -4:] = 15
    found = plain(counts)
    assert found.p[7] < 0.01
    assert found.precedents[7] == 0.0

    counts[8, 50] = 40
    assert plain(counts).precedents[7] == pytest.approx(1 / (300 * 104))


def test_precedents_are_of_peers_alone():
    """What single cells do says nothing of the whole municipality."""
    counts = with_bursts(np.random.default_rng(7), share=0.002)
    counts[0] = np.random.default_rng(8).poisson(0.3, counts.shape[1])
    counts[0, -1] = 9
    n = counts.shape[1]
    before = (np.arange(n) < n - 1).astype(float)
    past = np.eye(n)[: n - 1]
    others = (before - past) / before.sum()
    arguments = {
        "target": 1.0 - before,
        "weights": before / before.sum(),
        "past_targets": past,
        "past_weights": others,
    }
    alone = compare_with_baseline(counts, among=np.r_[1, np.zeros(399, int)], **arguments)
    assert alone.precedents[0] == 0.0
    assert compare_with_baseline(counts, **arguments).precedents[0] > 0.001
    with pytest.raises(ValueError, match="among must have one number per series"):
        compare_with_baseline(counts, among=[0], **arguments)
