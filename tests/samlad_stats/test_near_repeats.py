"""The Knox test: published, by all dealings of the times, and by its laws."""

import csv
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from samlad_stats.near_repeats import knox

BURKITT = Path(__file__).parent / "data/burkitt.csv"
points = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 8)), min_size=4, max_size=30
)


def brute(x, y, t, delta, tau, metric):
    """Count pairs one by one."""
    table = np.zeros((2, 2), dtype=int)
    for i in range(len(x)):
        for j in range(i):
            dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
            apart = dx + dy if metric == "manhattan" else (dx * dx + dy * dy) ** 0.5
            table[int(apart > delta), int(abs(t[i] - t[j]) > tau)] += 1
    return table


def columns(rows):
    return np.array(rows, dtype=float).T


def test_agrees_with_the_published_answer():
    """188 cases of Burkitt's lymphoma; R surveillance::knox and pointpats."""
    rows = list(csv.DictReader(BURKITT.read_text().splitlines()))
    x, y, t = (np.array([float(row[name]) for row in rows]) for name in ("x", "y", "t"))

    found = knox(x, y, t, delta=20, tau=5)

    assert found.table.tolist() == [[13, 3416], [39, 14110]]
    assert found.close_in_both == 13
    assert found.expected == pytest.approx(10.1438, abs=1e-4)
    assert found.poisson_p == pytest.approx(0.14624558, abs=1e-5)
    assert found.sd == pytest.approx(2.89788, abs=1e-4)
    assert found.z == pytest.approx((13 - found.expected) / found.sd)
    assert np.isnan(found.p)


@given(rows=points, delta=st.integers(0, 5), tau=st.integers(0, 4),
       metric=st.sampled_from(["euclidean", "manhattan"]))  # fmt: skip
def test_agrees_with_counting_pairs_one_by_one(rows, delta, tau, metric):
    x, y, t = columns(rows)

    found = knox(x, y, t, delta=delta, tau=tau, metric=metric)

    assert found.table.tolist() == brute(x, y, t, delta, tau, metric).tolist()


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4)), min_size=4, max_size=6
    )
)
def test_mean_and_deviation_are_those_of_all_dealings(rows):
    x, y, t = columns(rows)
    dealt = [brute(x, y, np.array(one), 1, 1, "euclidean")[0, 0] for one in permutations(t)]

    found = knox(x, y, t, delta=1, tau=1)

    assert found.expected == pytest.approx(np.mean(dealt))
    assert found.sd == pytest.approx(np.std(dealt), abs=1e-6)


@given(
    rows=points,
    shift=st.integers(-50, 50),
    scale=st.sampled_from([1, 2, 1000]),
    seed=st.integers(0, 99),
)
def test_where_and_in_what_unit_does_not_matter_nor_the_order(rows, shift, scale, seed):
    x, y, t = columns(rows)
    order = np.random.default_rng(seed).permutation(len(x))
    one = knox(x, y, t, delta=2, tau=2)
    other = knox(
        (scale * (x + shift))[order], (scale * (y - shift))[order], (t + shift)[order],
        delta=2 * scale, tau=2,
    )  # fmt: skip

    assert one.table.tolist() == other.table.tolist()
    assert one.sd == pytest.approx(other.sd)


def test_p_is_uniform_under_the_null():
    """200 sets of independent places and times: P(p <= a) does not exceed a by chance."""
    rng = np.random.default_rng(5)
    p = []
    for _ in range(200):
        x, y, t = rng.uniform(0, 100, 60), rng.uniform(0, 100, 60), rng.uniform(0, 100, 60)
        p.append(knox(x, y, t, delta=15, tau=10, permutations=99, rng=rng).p)

    for level in (0.05, 0.2, 0.5):
        allowed = level + 3 * (level * (1 - level) / 200) ** 0.5
        assert np.mean(np.array(p) <= level) <= allowed
    assert min(p) > 0


def test_finds_repeats_that_are_there():
    rng = np.random.default_rng(1)
    x, y, t = rng.uniform(0, 1000, 100), rng.uniform(0, 1000, 100), rng.uniform(0, 365, 100)
    x, y, t = (np.concatenate([one, one[:20] + rng.uniform(0, 3, 20)]) for one in (x, y, t))

    found = knox(x, y, t, delta=10, tau=7, permutations=199, rng=rng)

    assert found.z > 5
    assert found.p == pytest.approx(1 / 200)


@given(rows=points)
def test_without_any_close_pair_there_is_nothing_to_deviate(rows):
    x, y, t = columns(rows)
    x = x + 100 * np.arange(len(x))
    assume(len(x) >= 4)

    found = knox(x, y, t, delta=1, tau=1)

    assert (found.expected, found.sd) == (0, 0)
    assert np.isnan(found.z)


@pytest.mark.parametrize(
    "wrong",
    [{"delta": -1}, {"tau": -1}, {"metric": "taxi"}, {"permutations": 9}, {"permutations": -1},
     {"x": [1, 2, 3]}, {"t": [1, np.nan, 2, 3]}, {"x": [1, 2], "y": [1, 2], "t": [1, 2]}],
)  # fmt: skip
def test_refuses_by_name(wrong):
    given_ = {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4], "t": [1, 2, 3, 4], "delta": 1, "tau": 1}

    with pytest.raises(ValueError, match=r"delta|tau|metric|permutations|x, y and t|incidents"):
        knox(**(given_ | wrong))
