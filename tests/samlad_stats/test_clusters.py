"""The space-time scan: the published town, every zone by hand, and its laws."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlad_stats import clusters
from samlad_stats.clusters import scan_space_time

TOWN = Path(__file__).parent / "data/stscan_town_1000.csv"
small_scan = settings(max_examples=40, deadline=None)


def town():
    rows = list(csv.DictReader(TOWN.read_text().splitlines()))
    places = {}
    where = [places.setdefault((float(row["x_m"]), float(row["y_m"])), len(places)) for row in rows]
    x, y = np.array(list(places)).T
    return where, [int(row["weeks_before_end"]) for row in rows], x, y


def by_hand(where, period, x, y, *, max_radius, max_periods, max_share, min_incidents, ties):
    """Return the highest ratio and its zone and window, from every zone and window in turn."""
    where, period = np.asarray(where), np.asarray(period)
    total, best = len(where), (0.0, (), 0)
    for i in range(len(x)):
        distance = [(x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 for j in range(len(x))]
        order = sorted(range(len(x)), key=lambda j: (distance[j], x[j], y[j]))
        for size in range(1, len(x) + 1):
            zone = order[:size]
            tied = size < len(x) and distance[order[size]] == distance[order[size - 1]]
            if math.sqrt(distance[order[size - 1]]) > max_radius or (ties == "together" and tied):
                continue
            inside = np.isin(where, zone)
            if inside.sum() > max_share * total:
                continue
            for window in range(1, max_periods + 1):
                now = period < window
                observed = int((inside & now).sum())
                expected = inside.sum() * now.sum() / total
                if observed < min_incidents or observed <= expected:
                    continue
                ratio = observed * math.log(observed / expected)
                if observed < total:
                    rest = (total - observed) / (total - expected)
                    ratio += (total - observed) * math.log(rest)
                if ratio > best[0] + 1e-9:
                    best = (ratio, tuple(sorted(zone)), window)
    return best


@st.composite
def incidents(draw):
    n_places = draw(st.integers(2, 8))
    cells = st.tuples(st.integers(0, 4), st.integers(0, 4))
    grid = draw(st.lists(cells, min_size=n_places, max_size=n_places, unique=True))
    n = draw(st.integers(4, 25))
    where = draw(st.lists(st.integers(0, n_places - 1), min_size=n, max_size=n))
    period = draw(st.lists(st.integers(0, 7), min_size=n, max_size=n))
    x, y = np.array(grid, dtype=float).T * 100
    return where, period, x, y


class TestPublishedTown:
    """1,000 invented incidents in 250 m cells, scanned with SaTScan 10.3.2."""

    def test_one_by_one_agrees_with_satscan(self):
        found = scan_space_time(
            *town(), max_radius=1000, max_periods=12, ties="one_by_one",
            rng=np.random.default_rng(1),
        )  # fmt: skip

        assert found.clusters[0].llr == pytest.approx(8.245969, abs=1e-6)
        assert found.clusters[0].p == pytest.approx(0.029, abs=3 * math.sqrt(0.029 * 0.971 / 999))
        assert found.replicates == 999

    def test_together_has_a_lower_ratio(self):
        found = scan_space_time(*town(), max_radius=1000, max_periods=12, replicates=0)

        assert found.clusters[0].llr == pytest.approx(7.8027, abs=5e-5)
        assert math.isnan(found.clusters[0].p)


class TestAgreesWithEveryZoneInTurn:
    @small_scan
    @given(
        made=incidents(),
        radius=st.sampled_from([50.0, 100.0, 150.0, 1000.0]),
        share=st.sampled_from([0.3, 0.5, 1.0]),
        fewest=st.sampled_from([1, 2, 3]),
        ties=st.sampled_from(["together", "one_by_one"]),
    )
    def test_the_most_likely_cluster(self, made, radius, share, fewest, ties):
        setting = {
            "max_radius": radius, "max_periods": 3, "max_share": share,
            "min_incidents": fewest, "ties": ties,
        }  # fmt: skip
        found = scan_space_time(*made, replicates=0, **setting)

        ratio, _, _ = by_hand(*made, **setting)
        if ratio == 0:
            assert found.clusters == ()
        else:
            first = found.clusters[0]
            where, period = np.array(made[0]), np.array(made[1])
            inside = np.isin(where, first.locations)
            now = period < first.periods
            assert first.llr == pytest.approx(ratio)
            assert first.observed == (inside & now).sum()
            assert first.expected == pytest.approx(inside.sum() * now.sum() / len(where))

    @pytest.mark.parametrize("gather", [0, 99])
    @settings(max_examples=8, deadline=None)
    @given(made=incidents(), ties=st.sampled_from(["together", "one_by_one"]))
    def test_p_counts_the_dealings_by_hand(self, gather, made, ties):
        """All the dealings are made again and scanned one by one."""
        setting = {"max_radius": 150.0, "max_periods": 3, "max_share": 0.5, "min_incidents": 2,
                   "ties": ties}  # fmt: skip
        where, period, x, y = made
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(clusters, "GATHER_BELOW", gather)
            found = scan_space_time(*made, replicates=30, rng=np.random.default_rng(5), **setting)
        if not found.clusters:
            return

        rng = np.random.default_rng(6)
        order = np.argsort(period, kind="stable")
        hits = 0
        for _ in range(300):
            dealt = rng.permutation(np.array(where)[order])
            ratio, _, _ = by_hand(dealt, np.array(period)[order], x, y, **setting)
            hits += ratio >= found.clusters[0].llr * (1 - 1e-9)
        share = hits / 300
        spread = math.sqrt(max(share * (1 - share), 0.01) * (1 / 30 + 1 / 300))
        assert abs((found.clusters[0].p * 31 - 1) / 30 - share) < 5 * spread

    @settings(max_examples=25, deadline=None)
    @given(made=incidents(), fewest=st.sampled_from([1, 2]), stop=st.sampled_from([None, 3]))
    def test_both_ways_through_the_zones_agree(self, made, fewest, stop):
        found = []
        for gather in (0, 99):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(clusters, "GATHER_BELOW", gather)
                found.append(
                    scan_space_time(
                        *made,
                        max_radius=150,
                        max_periods=4,
                        min_incidents=fewest,
                        replicates=60,
                        stop_after=stop,
                        rng=np.random.default_rng(3),
                    )
                )

        walked, gathered = found
        assert walked.replicates == gathered.replicates
        assert [one.p for one in walked.clusters] == [one.p for one in gathered.clusters]


class TestLaws:
    @small_scan
    @given(
        made=incidents(), turn=st.sampled_from([0.3, 1.0, 2.5]), scale=st.sampled_from([0.01, 7.0])
    )
    def test_turning_moving_and_scaling_the_map_changes_nothing(self, made, turn, scale):
        where, period, x, y = made
        cos, sin = math.cos(turn), math.sin(turn)
        other_x, other_y = scale * (cos * x - sin * y) + 5e3, scale * (sin * x + cos * y) - 9e3

        one = scan_space_time(where, period, x, y, max_radius=150, max_periods=3, replicates=0)
        other = scan_space_time(
            where, period, other_x, other_y, max_radius=150 * scale, max_periods=3, replicates=0
        )

        assert [round(c.llr, 9) for c in one.clusters[:1]] == [
            round(c.llr, 9) for c in other.clusters[:1]
        ]

    @pytest.mark.parametrize("seed", range(10))
    def test_ties_are_ties_in_every_unit(self, seed):
        """Distances that are equal but for rounding enter in order of x, then y."""
        rng = np.random.default_rng(seed)
        across, up = np.divmod(np.arange(144), 12)
        where, period = rng.integers(0, 144, 500), rng.integers(0, 30, 500)

        def first(side):
            return scan_space_time(
                where, period, across * side, up * side, max_radius=3 * side, max_periods=6,
                ties="one_by_one", replicates=0,
            ).clusters[0]  # fmt: skip

        assert first(0.1).llr == pytest.approx(first(250.0).llr)

    @small_scan
    @given(made=incidents(), seed=st.integers(0, 99))
    def test_the_order_of_the_rows_does_not_matter(self, made, seed):
        where, period, x, y = made
        order = np.random.default_rng(seed).permutation(len(where))

        one = scan_space_time(where, period, x, y, max_radius=150, max_periods=3, replicates=0)
        other = scan_space_time(
            np.array(where)[order], np.array(period)[order], x, y,
            max_radius=150, max_periods=3, replicates=0,
        )  # fmt: skip

        assert [c.llr for c in one.clusters] == [c.llr for c in other.clusters]

    @small_scan
    @given(made=incidents())
    def test_clusters_share_no_location_and_come_most_likely_first(self, made):
        found = scan_space_time(
            *made, max_radius=150, max_periods=3, replicates=19, rng=np.random.default_rng(1)
        )

        seen = [place for one in found.clusters for place in one.locations.tolist()]
        ratios = [one.llr for one in found.clusters]
        ps = [one.p for one in found.clusters]
        assert len(seen) == len(set(seen))
        assert ratios == sorted(ratios, reverse=True)
        assert ps == sorted(ps)
        assert all(p > 0 for p in ps)

    def test_under_chance_p_is_uniform(self):
        """300 towns without a cluster, 99 dealings each."""
        rng = np.random.default_rng(8)
        x, y = rng.uniform(0, 3000, (2, 60))
        ps = []
        for _ in range(300):
            found = scan_space_time(
                rng.integers(0, 60, 300), rng.integers(0, 40, 300), x, y,
                max_radius=700, max_periods=6, replicates=99, rng=rng,
            )  # fmt: skip
            ps.append(found.clusters[0].p)

        assert np.mean(np.array(ps) <= 0.05) <= 0.085  # 0.05 and three standard errors
        assert 0.42 < np.mean(np.array(ps) <= 0.5) < 0.58

    def test_a_real_cluster_is_found_where_it_is(self):
        rng = np.random.default_rng(9)
        x, y = rng.uniform(0, 3000, (2, 60))
        where, period = rng.integers(0, 60, 300), rng.integers(0, 40, 300)
        near = np.argsort((x - x[7]) ** 2 + (y - y[7]) ** 2)[:3]
        where = np.append(where, np.repeat(near, 4))
        period = np.append(period, np.tile([0, 1], 6))

        found = scan_space_time(where, period, x, y, max_radius=700, max_periods=6, rng=rng)

        assert found.clusters[0].p <= 0.002
        assert set(near) <= set(found.clusters[0].locations.tolist())
        assert found.clusters[0].recurrence == pytest.approx(1 / found.clusters[0].p)


class TestStopping:
    """Besag and Clifford: no more dealings than the answer needs."""

    def test_a_likely_result_stops_early(self):
        rng = np.random.default_rng(3)
        found = scan_space_time(
            rng.integers(0, 9, 90), rng.integers(0, 9, 90), np.arange(9.0), np.zeros(9),
            max_radius=2, max_periods=3, replicates=9999, stop_after=10, rng=rng,
        )  # fmt: skip

        assert found.replicates < 2000
        assert found.clusters[0].p == pytest.approx(10 / found.replicates)


def test_nothing_lately_is_no_cluster():
    found = scan_space_time(
        [0, 1, 1], [5, 6, 7], [0, 1], [0, 0], max_radius=1, max_periods=3,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    assert found.clusters == ()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"location": [0, 2]}, "location"), ({"location": [-1, 0]}, "location"),
        ({"location": [0.5, 1]}, "location"), ({"location": [0]}, "same shape"),
        ({"period_before_end": [-1, 0]}, "period_before_end"),
        ({"x": [0, math.nan]}, "finite"), ({"x": [0]}, "same shape"),
        ({"max_radius": 0}, "max_radius"), ({"max_periods": 0}, "max_periods"),
        ({"max_share": 0}, "max_share"), ({"max_share": 1.1}, "max_share"),
        ({"min_incidents": 0}, "min_incidents"), ({"ties": "x"}, "ties"),
        ({"replicates": -1}, "replicates"), ({"stop_after": 0}, "stop_after"),
        ({"rng": None}, "rng"),
    ],
)  # fmt: skip
def test_refuses_by_name(wrong, named):
    given_ = {
        "location": [0, 1], "period_before_end": [0, 1], "x": [0, 1], "y": [0, 1],
        "max_radius": 1, "max_periods": 2, "rng": np.random.default_rng(1),
    }  # fmt: skip

    with pytest.raises(ValueError, match=named):
        scan_space_time(**(given_ | wrong))
