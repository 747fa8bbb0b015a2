"""Gi and Gi*: published numbers, refusals, laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.spatial.distance import cdist

from samlad_stats import _permuting
from samlad_stats.hotspots import dense_places, getis_ord

POINTS = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], float)
VALUES = [2, 3, 3.2, 5, 8, 7]


def within(radius):
    distance = cdist(POINTS, POINTS)
    return sparse.csr_matrix(((distance <= radius) & (distance > 0)).astype(float))


def test_agrees_with_the_six_points_of_esda():
    """esda getisord docstring: binary weights within 15."""
    star = getis_ord(VALUES, within(15), star=True).z
    plain = getis_ord(VALUES, within(15), star=False).z

    assert star == pytest.approx(
        [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331], abs=1e-7
    )
    assert plain == pytest.approx(
        [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941], abs=1e-7
    )


def test_the_unit_and_the_zero_of_the_values_cancel():
    scaled = getis_ord(np.array(VALUES) * 10 + 3, within(15)).z

    assert scaled == pytest.approx(getis_ord(VALUES, within(15)).z)


def test_p_under_permutation_is_uniform_when_nothing_lies_together():
    rng = np.random.default_rng(5)
    ring = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(40, 40)).tocsr()
    small = 0
    for _ in range(60):
        found = getis_ord(rng.poisson(0.3, 40) + rng.random(40), ring, permutations=199, rng=rng)
        small += (found.p <= 0.05).mean()

    assert 0.02 < small / 60 < 0.08


def test_p_is_never_zero_and_the_values_are_not_changed():
    values = np.array(VALUES)
    found = getis_ord(values, within(15), permutations=99, rng=np.random.default_rng(1))

    assert found.p.min() >= 0.01
    assert values.tolist() == VALUES


@pytest.mark.parametrize(
    ("values", "change", "named"),
    [
        ([1, 2], {}, "three"),
        ([1, 1, 1, 1, 1, 1], {}, "equal"),
        ([1, 2, 3, 4, 5, np.nan], {}, "finite"),
        ([1, 2, 3, 4], {}, "neighbours"),
        (VALUES, {"permutations": 9}, "rng"),
    ],
)
def test_refuses_by_name(values, change, named):
    with pytest.raises(ValueError, match=named):
        getis_ord(values, within(15), **change)


def test_refuses_a_diagonal_and_negative_weights():
    with pytest.raises(ValueError, match="diagonal"):
        getis_ord(VALUES, sparse.identity(6, format="csr"))
    with pytest.raises(ValueError, match="negative"):
        getis_ord(VALUES, within(15) * -1)


def by_definition(x, y, radius, fewest):
    """Return dense incidents, and groups of dense ones joined step by step."""
    n = len(x)
    near = [
        [j for j in range(n) if (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= radius**2]
        for i in range(n)
    ]
    dense = [len(near[i]) >= fewest for i in range(n)]
    labels = [-1] * n
    places = 0
    for i in range(n):
        if dense[i] and labels[i] == -1:
            waiting = [i]
            while waiting:
                at = waiting.pop()
                if labels[at] == -1:
                    labels[at] = places
                    waiting += near[at] if dense[at] else []
            places += 1
    return labels, places


class TestDensePlaces:
    """DBSCAN as its definition says, and no more than a description."""

    @settings(max_examples=200)
    @given(
        points=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40),
        radius=st.sampled_from([0.5, 1, 1.5, 2, 2.5, 5, 40]),
        fewest=st.integers(1, 5),
    )
    def test_agrees_with_the_definition(self, points, radius, fewest):
        x, y = np.array(points, dtype=float).reshape(-1, 2).T

        found = dense_places(x, y, radius_m=radius, min_incidents=fewest)

        labels, places = by_definition(x, y, radius, fewest)
        assert found.labels.tolist() == labels
        assert len(found.places) == places
        for number, place in enumerate(found.places):
            assert place.incidents.tolist() == np.flatnonzero(found.labels == number).tolist()

    @pytest.mark.parametrize("seed", range(5))
    def test_agrees_with_the_definition_on_uneven_points(self, seed):
        rng = np.random.default_rng(seed)
        x, y = np.r_[rng.normal(0, 9, 150), rng.uniform(-300, 300, 150)], rng.normal(0, 30, 300)

        found = dense_places(x, y, radius_m=7.3, min_incidents=4)

        assert found.labels.tolist() == by_definition(x, y, 7.3, 4)[0]

    @given(seed=st.integers(0, 99), turn=st.floats(0.1, 6), scale=st.sampled_from([0.01, 300.0]))
    def test_turning_moving_and_scaling_the_map_changes_nothing(self, seed, turn, scale):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(0, 20, (2, 60))
        other_x = scale * (np.cos(turn) * x - np.sin(turn) * y) + 7e5
        other_y = scale * (np.sin(turn) * x + np.cos(turn) * y) - 6e6

        one = dense_places(x, y, radius_m=6, min_incidents=3)
        other = dense_places(other_x, other_y, radius_m=6 * scale, min_incidents=3)

        assert one.labels.tolist() == other.labels.tolist()

    @given(seed=st.integers(0, 99))
    def test_which_incidents_are_together_does_not_depend_on_the_order(self, seed):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(0, 20, (2, 60))
        order = rng.permutation(60)

        one = dense_places(x, y, radius_m=6, min_incidents=1)
        other = dense_places(x[order], y[order], radius_m=6, min_incidents=1)

        assert {frozenset(place.incidents.tolist()) for place in one.places} == {
            frozenset(order[place.incidents].tolist()) for place in other.places
        }

    def test_no_incidents_are_no_places(self):
        assert dense_places([], [], radius_m=5, min_incidents=3).places == ()

    @pytest.mark.parametrize(
        "wrong",
        [{"x_m": [0, np.nan]}, {"x_m": [0]}, {"radius_m": 0}, {"radius_m": np.inf},
         {"min_incidents": 0}, {"min_incidents": 1.5}],
    )  # fmt: skip
    def test_refuses_by_name(self, wrong):
        given_ = {"x_m": [0, 1], "y_m": [0, 1], "radius_m": 1, "min_incidents": 1}

        with pytest.raises(ValueError, match=next(iter(wrong))):
            dense_places(**(given_ | wrong))

    def test_a_radius_too_small_for_the_map_is_refused(self):
        with pytest.raises(ValueError, match="too far apart"):
            dense_places([0, 1e12], [0, 0], radius_m=1e-3, min_incidents=1)


def test_a_level_that_is_added_changes_neither_z_nor_p():
    values = np.random.default_rng(0).poisson(0.3, 36) / 7
    side = np.divmod(np.arange(36), 6)
    near = (np.abs(np.subtract.outer(side[0], side[0])) <= 1) & (
        np.abs(np.subtract.outer(side[1], side[1])) <= 1
    )
    weights = sparse.csr_matrix((near & ~np.eye(36, dtype=bool)).astype(float))

    one = getis_ord(values, weights, permutations=199, rng=np.random.default_rng(1))
    for level in (1000.1, 1e6):
        for star in (True, False):
            same = getis_ord(values, weights, star=star)
            assert getis_ord(values + level, weights, star=star).z == pytest.approx(
                same.z, abs=1e-6
            )
        other = getis_ord(values + level, weights, permutations=199, rng=np.random.default_rng(1))
        assert other.p == pytest.approx(one.p)


@pytest.mark.parametrize("seed", range(6))
def test_equal_weights_are_drawn_as_any_others(seed):
    """The quick way for weights of 1 gives every count and every drawn sum of the plain one."""
    rng = np.random.default_rng(seed)
    n = 40
    near = sparse.random_array((n, n), density=0.1, rng=rng, format="csr")
    near.setdiag(0)
    near.eliminate_zeros()
    near.data[:] = 1.0
    x = rng.poisson(2, n).astype(float)
    most = int(np.diff(near.indptr).max())
    table = np.array([rng.choice(n - 1, size=most, replace=False) for _ in range(99)], np.int32)
    observed, ranks = near @ x, np.array([2, 50, 96])

    plain = _permuting.local_sums(x, near.indptr, near.data, table, observed, ranks)
    quick = _permuting.local_sums_of_equals(x, np.diff(near.indptr), table, observed, ranks)

    assert quick[0].tolist() == plain[0].tolist()
    assert quick[1] == pytest.approx(plain[1])
