"""Counts in, a picture out: planted patterns found, sentences true, bytes the same."""

import copy
import json
import re
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import sparse

from samlad.incidents import tables
from samlad.incidents.tables import AreaLabel, CategoryLabel, SourceLabel
from samlad.picture import document, memo, sentences
from samlad.picture.compiling import Inputs, Neighbours, compile_picture
from samlad.picture.periods import Cadence, Period

AREAS = (
    AreaLabel("1260", "Bjuvs kommun"),
    AreaLabel("bjuv", "Bjuv", 0),
    AreaLabel("billesholm", "Billesholm", 0),
    AreaLabel("1260R001", "Billesholm norra", 2),
    AreaLabel("1260R002", "Billesholm södra", 2),
)
CATEGORIES = (
    CategoryLabel("anlagd-brand", "Anlagd brand", True),
    CategoryLabel("klotter", "Klotter"),
)
PERIOD = Period(Cadence.WEEK, date(2026, 11, 16), date(2026, 11, 23))


def table(weeks=270, planted=0, pace=2.0, seed=1, period=PERIOD, code="polis", kind="reports"):
    """One source's counts; `planted` more in Billesholm norra in the last week."""
    rng = np.random.default_rng(seed)
    bins = period.bins(period.ends_before - timedelta(7 * weeks))
    counts = np.zeros((len(AREAS), 2, len(bins)), int)
    for part in (1, 3, 4):
        counts[part, 1] = rng.poisson(pace, len(bins))
    counts[3, 1, -1] += planted
    counts[2] = counts[3] + counts[4]
    counts[0] = counts[1] + counts[2]
    return tables.CountTable(
        source=SourceLabel(code, "Polisanmälningar", kind, True, ("abc",)),
        areas=AREAS,
        categories=CATEGORIES,
        bins=bins,
        counts=counts,
        observed=tables.observed_bins(counts[0].sum(axis=0)),
        hours=np.ones((2, 7, 24), int),
        unplaced=np.zeros(len(bins), int),
        outside=np.zeros(len(bins), int),
    )


def picture(*made, **change):
    inputs = {
        "municipality": {"code": "1260", "name": "Bjuvs kommun"},
        "period": PERIOD,
        "tables": made or (table(),),
        "files": [],
        "seed": 1,
        "county": "12",
    }
    return compile_picture(Inputs(**{**inputs, **change}))


class TestFindings:
    """What deviates is found, once, where it is."""

    def test_no_finding_is_a_good_picture(self):
        found = picture()

        assert found["findings"] == []
        assert sentences.tested_sentence(found) == "Inget avviker (6 serier prövade, 0 för korta)."

    def test_a_planted_pattern_is_found_in_the_part_it_lies_in(self):
        (finding,) = picture(table(planted=14))["findings"]

        assert finding["area"]["name"] == "Billesholm norra"
        assert finding["certainty"] == "tydlig"
        assert finding["observed"] > finding["upper"]

    def test_a_part_is_tested_only_beneath_a_whole_that_deviates(self):
        quiet, loud = picture(), picture(table(planted=14))

        assert quiet["tested"]["series"] == 6  # the whole and two parts, two windows
        assert loud["tested"]["series"] > 6
        tested = {row["area"] for row in quiet["table"] if row["q"] is not None}
        assert tested == {"1260", "bjuv", "billesholm"}

    def test_a_part_is_never_surer_than_the_whole_it_was_looked_for_in(self):
        rows = {(r["area"], r["bins"]): r for r in picture(table(planted=14))["table"]}

        assert rows["1260R001", 1]["q"] >= rows["billesholm", 1]["q"]

    def test_published_notices_are_never_tested(self):
        found = picture(table(planted=50, kind="notices"))

        assert found["tested"] == {"series": 0, "too_short": 0}
        assert found["table"] == []
        assert found["coverage"][0]["method"] == "notices"

    def test_a_silent_source_is_missing_not_zero(self):
        silent = table()
        silent.counts[:, :, -6:] = 0
        silent = tables.CountTable(
            **{**silent.__dict__, "observed": tables.observed_bins(silent.counts[0].sum(axis=0))}
        )
        found = picture(silent)

        assert found["coverage"][0]["method"] == "silent"
        assert found["tested"]["series"] == 0
        assert found["coverage"][0]["bins"][-1]["state"] == "missing"
        (row,) = memo.memo(found, areas=[]).coverage
        assert row.notes == ["tyst sedan vecka 41 2026"]

    def test_counts_are_never_added_across_sources(self):
        found = picture(table(code="a"), table(code="b", seed=2))

        assert {row["source"] for row in found["table"]} == {"a", "b"}

    @pytest.mark.parametrize(
        ("weeks", "method"),
        [
            (5, "describe"),
            (9, "ears"),
            (104, "ears"),
            (105, "season"),
            (211, "season"),
            (212, "farrington"),
            (270, "farrington"),
        ],
    )
    def test_the_ladder_of_history(self, weeks, method):
        found = picture(table(weeks=weeks))

        assert found["coverage"][0]["method"] == method
        assert (found["tested"]["series"] == 0) == (method == "describe")

    @pytest.mark.parametrize(
        ("weeks", "starts_on", "method"),
        [
            (60, date(2026, 11, 16), "ears_baseline"),
            (150, date(2026, 11, 16), "season_baseline"),
            (270, date(2026, 11, 16), "farrington_baseline"),
            (270, date(2026, 12, 21), "season_baseline"),  # a holiday is compared with its like
        ],
    )
    def test_a_finding_names_the_rung_it_stands_on(self, weeks, starts_on, method):
        period = Period(Cadence.WEEK, starts_on, starts_on + timedelta(7))
        found = picture(table(weeks=weeks, planted=25, period=period), period=period)

        (finding,) = found["findings"]
        assert finding["parameters"]["bins"] == 1
        assert finding["method"] == method

    def test_growth_from_year_to_year_is_foreseen_from_four_years_on(self):
        """Reports grow by 6 % a year: the model's trend has it, an average has not."""
        grown = table(weeks=270, pace=6.0)
        growth = np.exp(np.arange(270) / 52 * np.log(1.06))
        rng = np.random.default_rng(3)
        for part in (1, 3, 4):
            grown.counts[part, 1] = rng.poisson(6 * growth)
        grown.counts[2] = grown.counts[3] + grown.counts[4]
        grown.counts[0] = grown.counts[1] + grown.counts[2]

        rows = {(r["area"], r["bins"]): r for r in picture(grown)["table"]}

        assert rows["1260", 4]["expected"] == pytest.approx(4 * 18 * growth[-1], rel=0.08)

    def test_a_season_with_three_before_it_is_tested_and_with_fewer_described(self):
        summer = Period(Cadence.SEASON, date(2026, 6, 1), date(2026, 9, 1))
        for years, tested in ((2, False), (4, True)):
            made = table(weeks=1, period=PERIOD)
            bins = summer.bins(date(2026 - years, 6, 1))
            counts = np.full((len(AREAS), 2, len(bins)), 40)
            counts[:, 0] = 0
            season = tables.CountTable(
                **{**made.__dict__, "bins": bins, "counts": counts,
                   "observed": np.ones(len(bins), bool),
                   "unplaced": np.zeros(len(bins), int), "outside": np.zeros(len(bins), int)}
            )  # fmt: skip
            found = picture(season, period=summer)
            assert bool(found["tested"]["series"]) is tested


class TestWhatIsNew:
    """A category without a history is shown, not tested, and never taken for a deviation."""

    def new_category(self, weeks):
        made = table(weeks=260)
        counts = made.counts.copy()
        fresh = np.zeros((len(AREAS), 1, counts.shape[2]), int)
        fresh[[0, 1], 0, -weeks:] = 5
        return tables.CountTable(
            **{
                **made.__dict__,
                "categories": (*made.categories, CategoryLabel("ny", "Ny sort")),
                "counts": np.concatenate([counts, fresh], axis=1),
                "hours": np.ones((3, 7, 24), int),
            }
        )

    @pytest.mark.parametrize("weeks", [1, 2, 3, 8])
    def test_a_new_category_is_in_the_table_without_a_verdict(self, weeks):
        found = picture(self.new_category(weeks))
        rows = [row for row in found["table"] if row["category"] == "ny" and row["bins"] == 1]

        assert {row["area"] for row in rows} == {"1260", "bjuv"}
        assert all(row["q"] is None for row in rows)
        assert found["findings"] == []
        assert found["tested"]["too_short"] > 0

    @pytest.mark.parametrize("weeks", [20, 52, 100])
    def test_a_young_category_is_compared_with_its_own_weeks(self, weeks):
        assert picture(self.new_category(weeks))["findings"] == []


class TestClusters:
    """One test per category: is the highest clustering higher than chance makes the highest?"""

    def test_seven_areas_together_are_found_among_sixty(self):
        rng = np.random.default_rng(4)
        n = 60
        areas = (
            AreaLabel("0000", "hela"),
            *(AreaLabel(f"{i:02}", f"del {i}", 0) for i in range(n)),
        )
        bins = PERIOD.bins(PERIOD.ends_before - timedelta(7 * 150))
        counts = np.zeros((n + 1, 10, len(bins)), int)
        counts[1:] = rng.poisson(3.0, (n, 10, len(bins)))
        counts[21:28, 0, -4:] = rng.poisson(6.0, (7, 4))
        counts[0] = counts[1:].sum(axis=0)
        line = sparse.diags_array([1.0] * 6, offsets=[-3, -2, -1, 1, 2, 3], shape=(n, n)).tocsr()
        made = tables.CountTable(
            source=SourceLabel("s", "källa"),
            areas=areas,
            categories=tuple(CategoryLabel(f"k{i}", f"kategori {i}") for i in range(10)),
            bins=bins,
            counts=counts,
            observed=np.ones(len(bins), bool),
            hours=np.zeros((10, 7, 24), int),
            unplaced=np.zeros(len(bins), int),
            outside=np.zeros(len(bins), int),
        )
        found = picture(
            made, neighbours=Neighbours(tuple(a.code for a in areas[1:]), sparse.csr_matrix(line))
        )

        kinds = {(f["kind"], f["category"]["code"]) for f in found["findings"]}
        assert ("cluster", "k0") in kinds
        (cluster,) = (f for f in found["findings"] if f["kind"] == "cluster")
        assert 19 <= int(cluster["area"]["code"]) <= 28
        assert cluster["observed"] > cluster["upper"] > cluster["expected"]
        assert "Gi*" in cluster["sentence"]


class TestSentence:
    """The numbers in the sentence are the finding's own."""

    def test_are_recomputed_from_the_sentence(self):
        found = picture(table(planted=14))
        (finding,) = found["findings"]
        text = finding["sentence"].replace("\u00a0", "")
        numbers = re.search(
            r": (\d+) mot väntade (\d+,\d) \(95 % av sådana perioder: (\d+)–(\d+)\)\. "
            r"Bland de (\d+) serier .* en gång på (\d+) prövningar",
            text,
        )
        observed, expected, lower, upper, tested, often = numbers.groups()

        assert int(observed) == finding["observed"]
        assert float(expected.replace(",", ".")) == pytest.approx(finding["expected"], abs=0.05)
        assert (int(lower), int(upper)) == (finding["lower"], finding["upper"])
        assert int(tested) == found["tested"]["series"]
        exact = 1 / (finding["p"] * found["tested"]["series"])
        assert int(often) == min(float(f"{exact:.2g}"), sentences.RAREST)

    def test_is_frozen_in_swedish_and_rendered_in_english(self):
        found = picture(table(planted=14))
        english = sentences.finding_sentence(found["findings"][0], found["tested"]["series"], "en")

        assert "mot väntade" in found["findings"][0]["sentence"]
        assert "expected" in english

    @pytest.mark.parametrize(
        ("p", "tested", "often"), [(0.000125, 64, 120.0), (0.5, 64, 1.0), (1e-12, 6, 100_000)]
    )
    def test_says_how_often_chance_would_show_as_much(self, p, tested, often):
        assert sentences.chance_of(p, tested) == often

    def test_says_so_when_chance_shows_as_much_every_time(self):
        assert "ungefär 2 så starka utslag vid varje prövning" in sentences.chance_sentence(
            1e-4, 18_000, "sv"
        )


class TestDocument:
    """The same inputs and seed give the same bytes."""

    def test_the_same_twice(self):
        one, other = picture(table(planted=14)), picture(table(planted=14))

        assert document.canonical(one) == document.canonical(other)

    def test_the_hash_is_of_everything_else(self):
        found = picture()
        changed = copy.deepcopy(found)
        changed["seed"] = 2

        assert document.hash_of(found) == found["hash"]
        assert document.hash_of(changed) != found["hash"]
        assert document.hash_of(json.loads(json.dumps(found))) == found["hash"]

    def test_the_inputs_are_not_changed(self):
        made = table(planted=14)
        before = made.counts.copy()
        picture(made)

        assert (made.counts == before).all()

    def test_a_finding_carries_what_it_takes_to_make_it_again(self):
        (finding,) = picture(table(planted=14))["findings"]

        assert finding.keys() >= {
            "kind", "area", "category", "source", "starts_on", "ends_before", "observed",
            "expected", "lower", "upper", "p", "q", "certainty", "method", "method_version",
            "parameters", "seed", "batches", "sentence",
        }  # fmt: skip
        assert finding["batches"] == ["abc"]
        assert 0 < finding["p"] <= finding["q"]


def test_the_memo_filters_its_table_and_says_all_in_english_too():
    found = picture(table(planted=14), table(code="b", seed=3))
    areas = [(a.code, a.name, 0) for a in AREAS]
    whole = memo.memo(found, areas=areas)
    part = memo.memo(found, areas=areas, source="b", language="en")

    assert part.table_total < whole.table_total
    assert part.title.startswith("Situational picture")
    assert "clearly" in part.headline
