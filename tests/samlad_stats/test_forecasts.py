"""Hit curves: the published case, all rankings by hand, and their laws."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad_stats.forecasts import hit_curve

places = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(0, 9), st.integers(1, 6)), min_size=1, max_size=7
).filter(lambda rows: sum(row[1] for row in rows) > 0)


def test_agrees_with_the_published_case():
    """Observed 6, 3, 0 over equal areas, ranked so: PAI 2, 1.5, 1 and PEI 1 throughout."""
    curve = hit_curve([3, 2, 1], [6, 3, 0], [1, 1, 1])

    assert curve.pai == pytest.approx([2, 1.5, 1])
    assert curve.pei == pytest.approx([1, 1, 1])
    assert curve.pai_star == pytest.approx([1, 1, 1])
    assert curve.coverage == pytest.approx([1 / 3, 2 / 3, 1])


@given(rows=places)
def test_pei_is_measured_against_every_choice_of_as_many_places(rows):
    scores, counts, sizes = np.array(rows, dtype=float).T
    curve = hit_curve(scores, counts, sizes)

    for k in range(1, len(rows) + 1):
        best = max(
            counts[list(some)].sum() / sizes[list(some)].sum()
            for some in combinations(range(len(rows)), k)
        )
        best *= sizes.sum() / counts.sum()
        assert curve.pei[k - 1] == pytest.approx(curve.pai[k - 1] / best)


@given(rows=places, scale=st.sampled_from([0.5, 1, 1000]))
def test_unit_of_area_and_monotone_scores_do_not_matter(rows, scale):
    scores, counts, sizes = np.array(rows, dtype=float).T
    one = hit_curve(scores, counts, sizes)
    other = hit_curve(np.exp(scores), counts, sizes * scale)

    for name in ("coverage", "pai", "pei", "pai_star"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


@given(rows=places)
def test_everywhere_is_chance_and_nothing_is_better_than_the_best(rows):
    scores, counts, sizes = np.array(rows, dtype=float).T
    curve = hit_curve(scores, counts, sizes)

    assert curve.pai[-1] == pytest.approx(1)
    assert curve.hit_rate[-1] == pytest.approx(1)
    assert np.all(curve.pei <= 1 + 1e-9)
    assert np.all((curve.pai_star >= 0) & (curve.pai_star <= 1 + 1e-9))


@given(rows=places)
def test_the_best_ranking_has_pai_star_one(rows):
    _, counts, sizes = np.array(rows, dtype=float).T

    assert hit_curve(counts / sizes, counts, sizes).pai_star == pytest.approx(np.ones(len(rows)))


def test_pai_star_remembers_how_the_earlier_places_did():
    curve = hit_curve([3, 2, 1], [0, 10, 0], [1, 1, 1])

    assert curve.pei[1] == pytest.approx(1)
    assert curve.pai_star[1] < 0.5


@pytest.mark.parametrize(
    ("predicted", "observed", "area"),
    [([1, 2], [0, 0], [1, 1]), ([1], [1, 2], [1, 1]), ([np.nan, 1], [1, 1], [1, 1]),
     ([1, 2], [1, -1], [1, 1]), ([1, 2], [1, 1], [0, 1]), ([1, 2], [1.5, 1], [1, 1])],
)  # fmt: skip
def test_refuses_by_name(predicted, observed, area):
    with pytest.raises(ValueError, match=r"predicted|observed|area"):
        hit_curve(predicted, observed, area)
