"""Gi and Gi*: published numbers, refusals, laws."""

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist

from samlad_stats.hotspots import getis_ord

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
