"""The Knox test: published, by all dealings of the times, and by its laws."""

import csv
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from samlad_stats import near_repeats
from samlad_stats.near_repeats import knox, near_repeat_table

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


def test_a_likely_result_stops_early():
    rng = np.random.default_rng(2)
    x, y, t = rng.uniform(0, 100, (3, 60))
    whole = knox(x, y, t, delta=15, tau=10, permutations=1999, rng=np.random.default_rng(1))

    stopped = knox(
        x, y, t, delta=15, tau=10, permutations=1_000_000, stop_after=200,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    assert stopped.p == pytest.approx(whole.p, abs=0.1)


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
     {"stop_after": 0},
     {"x": [1, 2, 3]}, {"t": [1, np.nan, 2, 3]}, {"x": [1, 2], "y": [1, 2], "t": [1, 2]}],
)  # fmt: skip
def test_refuses_by_name(wrong):
    given_ = {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4], "t": [1, 2, 3, 4], "delta": 1, "tau": 1}

    with pytest.raises(
        ValueError, match=r"delta|tau|metric|permutations|stop_after|x, y and t|incidents"
    ):
        knox(**(given_ | wrong))


def banded(x, y, t, distance_edges, time_edges, metric):
    """Count pairs by band one by one: row 0 the same place."""
    table = np.zeros((len(distance_edges), len(time_edges) - 1), dtype=int)
    for i in range(len(x)):
        for j in range(i):
            dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
            apart = dx + dy if metric == "manhattan" else (dx * dx + dy * dy) ** 0.5
            late = abs(t[i] - t[j])
            for row, low in enumerate([-1, *distance_edges[:-1]]):
                inside = apart == 0 if row == 0 else low < apart <= distance_edges[row]
                for column, first in enumerate(time_edges[:-1]):
                    table[row, column] += inside and first <= late < time_edges[column + 1]
    return table


edges = st.sampled_from([[0, 2], [0, 1, 3], [1, 4], [0.5, 2, 2.5, 6]])
delays = st.sampled_from([[0, 2], [0, 1, 3], [2, 5], [0.5, 1.5, 9]])


class TestTable:
    @given(rows=points, distances=edges, times=delays,
           metric=st.sampled_from(["euclidean", "manhattan"]), whole=st.booleans())  # fmt: skip
    def test_agrees_with_counting_pairs_one_by_one(self, rows, distances, times, metric, whole):
        x, y, t = columns(rows)
        t = t if whole else t + 0.25

        found = near_repeat_table(
            x, y, t, distance_edges=distances, time_edges=times, metric=metric
        )

        assert found.observed.tolist() == banded(x, y, t, distances, times, metric).tolist()

    @settings(max_examples=15)
    @given(
        rows=st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 4)),
            min_size=5,
            max_size=6,
        )
    )
    def test_mean_and_deviation_are_those_of_all_dealings(self, rows):
        x, y, t = columns(rows)
        dealt = [
            banded(x, y, np.array(one), [0, 1, 2], [0, 1, 3], "euclidean")
            for one in permutations(t)
        ]

        found = near_repeat_table(x, y, t, distance_edges=[0, 1, 2], time_edges=[0, 1, 3])

        assert found.expected == pytest.approx(np.mean(dealt, axis=0))
        assert found.sd == pytest.approx(np.std(dealt, axis=0), abs=1e-6)

    def test_a_street_that_is_hit_again_stands_out_in_its_cell_only(self):
        rng = np.random.default_rng(2)
        x, y, t = rng.uniform(0, 5000, 300), rng.uniform(0, 5000, 300), rng.uniform(0, 700, 300)
        x, y, t = (np.concatenate([one, one[:30] + by]) for one, by in ((x, 60), (y, 0), (t, 5)))

        found = near_repeat_table(
            x, y, t, distance_edges=[0, 100, 400], time_edges=[0, 7, 14, 28],
            permutations=99, rng=rng,
        )  # fmt: skip

        assert found.p[1, 0] == pytest.approx(0.01)
        assert found.ratio[1, 0] > 5
        assert found.p[2].min() > 0.01

    @pytest.mark.parametrize(
        "wrong",
        [{"distance_edges": [0]}, {"distance_edges": [2, 1]}, {"distance_edges": [-1, 1]},
         {"time_edges": [0, np.inf]}, {"time_edges": [3, 3]}],
    )  # fmt: skip
    def test_refuses_by_name(self, wrong):
        given_ = {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4], "t": [1, 2, 3, 4],
                  "distance_edges": [0, 1], "time_edges": [0, 1]}  # fmt: skip

        with pytest.raises(ValueError, match=next(iter(wrong))):
            near_repeat_table(**(given_ | wrong))


@pytest.mark.parametrize("side", [0.1, 0.01, 1 / 3, 0.7, 1.0])
def test_a_distance_that_is_the_limit_but_for_rounding_is_near(side):
    x, y = np.array([0, 3, 0, 3]) * side, np.array([0, 4, 900, 904]) * side

    assert knox(x, y, [0, 1, 2, 3], delta=5 * side, tau=1).close_in_both == 2
    assert near_repeat_table(
        x, y, [0, 1, 2, 3], distance_edges=[0, 5 * side], time_edges=[0, 2]
    ).observed.tolist() == [[0], [2]]


class TestManyPairs:
    """Where pairs are too many to list, the same is counted without a list."""

    @given(rows=points, distances=edges, times=delays,
           metric=st.sampled_from(["euclidean", "manhattan"]))  # fmt: skip
    def test_merging_agrees_with_the_list(self, rows, distances, times, metric):
        x, y, t = columns(rows)
        listed = near_repeat_table(
            x, y, t, distance_edges=distances, time_edges=times, metric=metric
        )
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(near_repeats, "LISTED_PAIRS", -1)
            merged = near_repeat_table(
                x, y, t, distance_edges=distances, time_edges=times, metric=metric
            )

        assert merged.observed.tolist() == listed.observed.tolist()

    def test_its_p_is_as_the_lists(self, monkeypatch):
        rng = np.random.default_rng(4)
        x, y, t = rng.uniform(0, 1000, 200), rng.uniform(0, 1000, 200), rng.uniform(0, 90, 200)
        listed = knox(x, y, t, delta=90, tau=9, permutations=1999, rng=rng)
        monkeypatch.setattr(near_repeats, "LISTED_PAIRS", -1)

        merged = knox(x, y, t, delta=90, tau=9, permutations=1999, rng=rng)

        assert merged.table.tolist() == listed.table.tolist()
        assert merged.p == pytest.approx(listed.p, abs=0.05)
