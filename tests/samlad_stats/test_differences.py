"""Difference-in-differences: dummies by hand, the sandwich by hand, few areas, and laws."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlad_stats.effects import difference_in_differences

AFTER = np.arange(60) >= 40


def panel(seed, n_areas=8, n_periods=60, mean=6.0):
    rng = np.random.default_rng(seed)
    level = mean * np.exp(rng.normal(0, 0.4, (n_areas, 1)))
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(n_periods) / 52)
    return rng.negative_binomial(8, 8 / (8 + level * season))


def with_dummies(counts, treated, after, exposure):
    """Return the coefficient, and the model's and the clustered error, with every dummy."""
    n_areas, n_periods = counts.shape
    area, period = np.divmod(np.arange(counts.size), n_periods)
    x = np.column_stack(
        [np.eye(n_areas)[area], np.eye(n_periods)[period][:, 1:], (treated[area] & after[period])]
    ).astype(float)
    y, offset = counts.ravel().astype(float), np.log(exposure).ravel()
    mean = y + 0.1
    for _ in range(50):
        working = np.log(mean) - offset + (y - mean) / mean
        beta = np.linalg.solve(x.T @ (mean[:, None] * x), x.T @ (mean * working))
        mean = np.exp(offset + x @ beta)
    bread = np.linalg.inv(x.T @ (mean[:, None] * x))
    scores = np.array([x[area == i].T @ (y - mean)[area == i] for i in range(n_areas)])
    meat = bread @ (scores.T @ scores) @ bread
    factor = n_areas / (n_areas - 1) * (len(y) - 1) / (len(y) - x.shape[1])
    return beta[-1], math.sqrt(bread[-1, -1]), math.sqrt(factor * meat[-1, -1])


class TestAgreesWithEveryDummyByHand:
    @pytest.mark.parametrize("seed", range(3))
    @pytest.mark.parametrize("exposed", [False, True])
    def test_coefficient_and_clustered_error(self, seed, exposed):
        counts = panel(seed, n_areas=24)
        treated = np.arange(24) % 3 == 0
        rng = np.random.default_rng(seed)
        exposure = rng.uniform(0.5, 2, counts.shape) if exposed else None

        found = difference_in_differences(counts, treated, AFTER, exposure=exposure)

        used = np.ones(counts.shape) if exposure is None else exposure
        beta, _, clustered = with_dummies(counts, treated, AFTER, used)
        assert found.inference == "clustered"
        assert found.coefficient == pytest.approx(beta, abs=1e-8)
        assert found.standard_error == pytest.approx(clustered, rel=1e-6)
        assert found.degrees_of_freedom == 23

    def test_without_exposure_it_is_the_odds_ratio_of_four_sums(self):
        counts, treated = panel(4), np.arange(8) < 3

        found = difference_in_differences(counts, treated, AFTER)

        sums = [counts[treated == g][:, p == AFTER].sum() for g in (1, 0) for p in (1, 0)]
        assert found.ratio == pytest.approx(sums[0] / sums[1] / (sums[2] / sums[3]))

    def test_constant_exposure_is_no_exposure(self):
        counts, treated = panel(5), np.arange(8) < 2

        one = difference_in_differences(counts, treated, AFTER)
        other = difference_in_differences(
            counts, treated, AFTER, exposure=np.full(counts.shape, 3.5)
        )

        assert other.coefficient == pytest.approx(one.coefficient, abs=1e-9)
        assert other.dispersion == pytest.approx(one.dispersion)
        assert other.permutation_p == one.permutation_p


class TestFewAreas:
    """Below 5 treated or 20 areas no clustered error is given."""

    @pytest.mark.parametrize(("n_areas", "n_treated"), [(8, 1), (8, 4), (40, 4), (19, 9)])
    def test_the_earlier_weeks_decide(self, n_areas, n_treated):
        found = difference_in_differences(
            panel(1, n_areas=n_areas), np.arange(n_areas) < n_treated, AFTER
        )

        assert found.inference == "earlier weeks"
        assert found.small_sample_factor == 1
        assert len(found.placebos) == 40 - 20 + 1
        assert found.standard_error >= math.sqrt((found.placebos**2).mean()) - 1e-12

    def test_clusters_count_and_not_areas(self):
        counts, treated = panel(1, n_areas=24), np.arange(24) < 12

        found = difference_in_differences(counts, treated, AFTER, cluster=np.arange(24) // 2)

        assert found.inference == "earlier weeks"

    def test_the_smallest_p_of_eight_areas_is_an_eighth(self):
        counts = panel(2)
        counts[0, AFTER] *= 9

        found = difference_in_differences(counts, np.arange(8) == 0, AFTER)

        assert found.smallest_p == pytest.approx(1 / 8)
        assert found.permutation_p == pytest.approx(1 / 8)

    def test_permutation_tries_every_choice_of_areas(self):
        counts, treated = panel(3), np.arange(8) < 3

        found = difference_in_differences(counts, treated, AFTER)

        ratios = []
        for way in itertools.combinations(range(8), 3):
            inside = np.isin(np.arange(8), way)
            ratios.append(difference_in_differences(counts, inside, AFTER).coefficient)
        reached = np.mean(np.abs(ratios) >= abs(found.coefficient) - 1e-9)
        assert found.permutation_p == pytest.approx(reached)

    @pytest.mark.parametrize("n_treated", [1, 2, 4])
    def test_nothing_done_is_seldom_an_effect(self, n_treated):
        """150 panels: at most 5 % and three standard errors."""
        found = [
            difference_in_differences(panel(100 + seed), np.arange(8) < n_treated, AFTER).p
            for seed in range(150)
        ]

        assert np.mean(np.array(found) <= 0.05) <= 0.105

    def test_a_fall_by_two_thirds_is_seen(self):
        counts = panel(7, mean=15, n_periods=120)
        after = np.arange(120) >= 104
        counts[np.ix_(np.arange(8) < 4, after)] //= 3

        found = difference_in_differences(counts, np.arange(8) < 4, after)

        assert found.upper < 1
        assert found.p < 0.05

    def test_areas_without_incidents_and_few_others_do_not_make_a_cluster(self):
        counts = panel(1, n_areas=25, mean=20)
        silent = counts.copy()
        silent[:4] = 0

        one = difference_in_differences(silent, np.arange(25) < 6, AFTER)  # 2 treated are heard
        other = difference_in_differences(counts, np.arange(25) < 23, AFTER)  # 2 others

        assert one.inference == other.inference == "earlier weeks"

    def test_areas_that_vary_together_are_not_dealt_one_by_one(self):
        found = difference_in_differences(
            panel(1), np.arange(8) < 2, AFTER, cluster=np.arange(8) // 2
        )

        assert np.isnan(found.permutation_p)
        assert np.isnan(found.smallest_p)

    def test_with_half_of_the_areas_treated_the_other_half_is_as_extreme(self):
        counts = panel(2)
        counts[np.ix_(np.arange(8) < 4, AFTER)] *= 9

        found = difference_in_differences(counts, np.arange(8) < 4, AFTER)

        assert found.smallest_p == pytest.approx(2 / 70)
        assert found.permutation_p == pytest.approx(2 / 70)

    def test_counts_without_any_noise_are_no_certainty(self):
        counts = np.outer(np.arange(1, 21), np.ones(10, dtype=int))

        found = difference_in_differences(counts, np.arange(20) < 6, np.arange(10) >= 6)

        assert found.p > 0.9


class TestLaws:
    @settings(max_examples=30)
    @given(seed=st.integers(0, 999))
    def test_treated_and_others_changing_places_inverts_the_ratio(self, seed):
        counts, treated = panel(seed), np.arange(8) < 3

        one = difference_in_differences(counts, treated, AFTER)
        other = difference_in_differences(counts, ~treated, AFTER)

        assert other.ratio == pytest.approx(1 / one.ratio)
        assert (other.lower, other.upper) == pytest.approx((1 / one.upper, 1 / one.lower))
        assert other.p == pytest.approx(one.p)

    @settings(max_examples=15)
    @given(seed=st.integers(0, 999), unit=st.sampled_from([1e-3, 40.0]))
    def test_the_unit_of_exposure_and_the_order_of_areas_do_not_matter(self, seed, unit):
        rng = np.random.default_rng(seed)
        counts, treated = panel(seed), np.arange(8) < 3
        exposure, order = rng.uniform(1, 2, counts.shape), rng.permutation(8)

        one = difference_in_differences(counts, treated, AFTER, exposure=exposure)
        other = difference_in_differences(
            counts[order], treated[order], AFTER, exposure=unit * exposure[order]
        )

        assert other.coefficient == pytest.approx(one.coefficient, abs=1e-7)
        assert other.standard_error == pytest.approx(one.standard_error, rel=1e-6)

    @settings(max_examples=15)
    @given(seed=st.integers(0, 999), times=st.sampled_from([0.5, 3.0]))
    def test_exposure_takes_a_change_of_reporters_away(self, seed, times):
        rng = np.random.default_rng(seed)
        counts, treated = panel(seed), np.arange(8) < 3
        exposure = rng.uniform(1, 2, counts.shape)
        more = exposure.copy()
        more[np.ix_(treated, AFTER)] *= times

        one = difference_in_differences(counts, treated, AFTER, exposure=exposure)
        other = difference_in_differences(counts, treated, AFTER, exposure=more)

        assert other.ratio == pytest.approx(one.ratio / times, rel=1e-7)

    def test_areas_and_periods_without_incidents_say_nothing(self):
        counts, treated = panel(3), np.arange(9) < 3
        counts = np.vstack([counts, np.zeros((1, 60), dtype=int)])
        counts[:, [5, 50]] = 0
        exposure = np.random.default_rng(1).uniform(1, 2, counts.shape)

        found = difference_in_differences(counts, treated, AFTER, exposure=exposure)

        some = np.delete(np.arange(60), [5, 50])
        alone = difference_in_differences(
            counts[:8][:, some], treated[:8], AFTER[some], exposure=exposure[:8][:, some]
        )
        assert found.coefficient == pytest.approx(alone.coefficient, abs=1e-9)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"counts": np.ones(60, dtype=int)}, "counts"),
        ({"counts": -np.ones((8, 60), dtype=int)}, "counts"),
        ({"counts": np.zeros((8, 60), dtype=int)}, "no incident"),
        ({"treated": np.zeros(8, dtype=bool)}, "treated"),
        ({"treated": np.ones(8)}, "treated"),
        ({"treated": np.ones(7, dtype=bool)}, "treated"),
        ({"after": np.ones(60, dtype=bool)}, "after"),
        ({"after": ~AFTER}, "after"),
        ({"after": np.arange(60) >= 3}, "4 periods"),
        ({"exposure": np.zeros((8, 60))}, "exposure"),
        ({"exposure": np.ones(60)}, "exposure"),
        ({"cluster": [1, 2]}, "cluster"),
    ],
)
def test_refuses_by_name(wrong, named):
    given_ = {"counts": panel(1), "treated": np.arange(8) < 2, "after": AFTER}

    with pytest.raises(ValueError, match=named):
        difference_in_differences(**(given_ | wrong))
