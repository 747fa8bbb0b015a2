"""Counts in, a picture out: what deviates and how sure one may be. No database, no clock.

The page and `samlad compile` share this module. One false-alarm budget for the whole
picture: Benjamini–Hochberg over every series tested, in every source, window and area, over
the clusters, what emerges and what repeats; smaller areas are tested only beneath a part that
deviates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy import sparse

from samlad.incidents.tables import CountTable
from samlad.picture import beside, clustering, dense, document, finding, testing
from samlad.picture.beside import Beside
from samlad.picture.clustering import Cluster
from samlad.picture.emerging import Emerging, emerging
from samlad.picture.finding import POSSIBLE_BELOW, Item, certainty
from samlad.picture.periods import Cadence, Period
from samlad.picture.repeating import repeating
from samlad.picture.testing import Series, SourceTest
from samlad_stats.multiplicity import benjamini_hochberg

HISTORY_BINS = 104
SEARCH_SHARE = 0.2  # of the budget, for what searches a whole map at once
COVERAGE_BINS = 12
PARTS_DEPTH = 1  # the municipality is 0, its kommundelar 1


@dataclass(frozen=True)
class Neighbours:
    """Which parts touch which: weights in the order of `codes`."""

    codes: tuple[str, ...]
    weights: sparse.csr_matrix


@dataclass(frozen=True)
class Inputs:
    """Everything a picture is made of."""

    municipality: Mapping[str, str]
    period: Period
    tables: Sequence[CountTable]
    files: Sequence[Mapping[str, Any]]
    seed: int
    county: str = ""
    neighbours: Neighbours | None = None
    serious: Sequence[Mapping[str, Any]] = ()
    notices: Mapping[str, Any] = field(default_factory=dict)
    late: Mapping[str, int] | None = None
    areas_note: str = ""
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True)
class _Tested:
    test: SourceTest
    item: Item
    p: float
    weight: float = 1.0


def compile_picture(inputs: Inputs) -> dict[str, Any]:
    """Return the picture as the document of docs/reference/picture.md, with its hash."""
    tests = [SourceTest(t, inputs.period, county=inputs.county) for t in inputs.tables]
    series = {id(test): test.series() for test in tests}
    first = _first_stage(tests, series, inputs)
    q_first = benjamini_hochberg([one.p for one in first], weights=[one.weight for one in first])
    q_of: dict[int, float] = {id(o.item): q for o, q in zip(first, q_first, strict=True)}
    tested = len(first) + _below_deviating_parts(tests, series, q_of)
    findings = _findings(tests, series, first, q_of, tested, inputs)
    findings = beside.with_since(findings, inputs.beside.ongoing)
    length = testing.WINDOWS[inputs.period.cadence][-1]
    return document.sealed(
        {
            "schema": document.SCHEMA,
            "municipality": dict(inputs.municipality),
            "period": _period(inputs.period),
            "inputs": [dict(file) for file in inputs.files],
            "seed": inputs.seed,
            "areas_note": inputs.areas_note,
            "coverage": [_coverage(test, inputs) for test in tests],
            "tested": {"series": tested, "too_short": _too_short(tests, series)},
            "findings": findings,
            "serious": [dict(one) for one in inputs.serious],
            "reporters": inputs.beside.reporters,
            "unreviewed": inputs.beside.unreviewed,
            "matrix": beside.matrix(inputs.tables, inputs.period, length),
            "events": [dict(one) for one in inputs.beside.events],
            "days": [dict(one) for one in inputs.beside.days],
            "adopted": [dict(one) for one in inputs.beside.adopted],
            "notices": dict(inputs.notices),
            "places": [place for test in tests for place in dense.places(test)],
            "category_labels": _category_labels(tests, series),
            "table": _table(tests, series, q_of),
            "hours": [_hours(test) for test in tests if not test.is_listed_only],
            "history": [
                _history(test, series[id(test)], one) for test, one in _owners(tests, findings)
            ],
        }
    )


def _first_stage(
    tests: list[SourceTest], series: dict[int, list[Series]], inputs: Inputs
) -> list[_Tested]:
    """Return what is tested whatever the rest shows: the whole, its parts, the clusters."""
    levels = [
        _Tested(test, one, one.p)
        for test in tests
        for one in series[id(test)]
        if one.p is not None and test.depth[one.area] <= PARTS_DEPTH
    ]
    streams = np.random.SeedSequence(inputs.seed).spawn(len(tests))
    searches: list[_Tested] = []
    for test, stream in zip(tests, streams, strict=True):
        rng = np.random.default_rng(stream)
        searches += [_Tested(test, one, one.p) for one in emerging(test, rng)]
        searches += [_Tested(test, one, one.p) for one in repeating(test, rng)]
        if inputs.neighbours is None:
            continue
        index = {area.code: i for i, area in enumerate(test.table.areas)}
        members = [index[code] for code in inputs.neighbours.codes]
        found = clustering.clusters(test, series[id(test)], inputs.neighbours.weights, members, rng)
        searches += [_Tested(test, cluster, cluster.p) for cluster in found]
    return _weighed(levels, searches)


def _weighed(levels: list[_Tested], searches: list[_Tested]) -> list[_Tested]:
    """Return all with their share of the budget, which is fixed by how many there are.

    A search of a whole map is one test among hundreds of series; by number alone its p, which
    no permutation makes as small as a series' can be, would never count.
    """
    if not levels or not searches:
        return [*levels, *searches]
    total = len(levels) + len(searches)
    share = max(SEARCH_SHARE, len(searches) / total)
    for_level, for_search = (1 - share) * total / len(levels), share * total / len(searches)
    return [
        *(replace(one, weight=for_level) for one in levels),
        *(replace(one, weight=for_search) for one in searches),
    ]


def _below_deviating_parts(
    tests: list[SourceTest], series: dict[int, list[Series]], q_of: dict[int, float]
) -> int:
    """Test the areas beneath those that deviate, level by level; return how many.

    A part's q is never smaller than that of the whole it was looked for in.
    """
    tested = 0
    deepest = max((int(test.depth.max(initial=0)) for test in tests), default=0)
    for depth in range(PARTS_DEPTH + 1, deepest + 1):
        family: list[tuple[Series, float]] = []
        for test in tests:
            above = {
                (one.area, one.category, one.length): q_of[id(one)]
                for one in series[id(test)]
                if id(one) in q_of
            }
            for one in series[id(test)]:
                if one.p is None or test.depth[one.area] != depth:
                    continue
                parent = test.table.areas[one.area].parent or 0
                q = above.get((parent, one.category, one.length), 1.0)
                if q < POSSIBLE_BELOW:
                    family.append((one, q))
        q_values = benjamini_hochberg([one.p for one, _ in family if one.p is not None])
        for (one, q_above), q in zip(family, q_values, strict=True):
            q_of[id(one)] = max(float(q), q_above)
        tested += len(family)
    return tested


def _too_short(tests: list[SourceTest], series: dict[int, list[Series]]) -> int:
    """Return how many series of the whole and its parts there was no baseline for."""
    return sum(
        1
        for test in tests
        if not test.is_listed_only
        for one in series[id(test)]
        if one.p is None and test.depth[one.area] <= PARTS_DEPTH
    )


def _findings(
    tests: list[SourceTest],
    series: dict[int, list[Series]],
    first: list[_Tested],
    q_of: dict[int, float],
    tested: int,
    inputs: Inputs,
) -> list[dict[str, Any]]:
    found: list[tuple[SourceTest, Item]] = []
    for test in tests:
        deviating = [
            one for one in series[id(test)] if one.alarm and q_of.get(id(one), 1.0) < POSSIBLE_BELOW
        ]
        kept = _one_per_chain(test, deviating, q_of)
        found += [(test, one) for one in kept]
        others = [
            one.item for one in first if one.test is test and q_of[id(one.item)] < POSSIBLE_BELOW
        ]
        apart = _apart([one for one in others if isinstance(one, Cluster)], kept)
        found += [(test, one) for one in apart]
        strongest: list[Series | Cluster] = [*kept, *apart]
        named = {(one.area, one.category) for one in strongest}
        found += [
            (test, one)
            for one in others
            if not isinstance(one, Series | Cluster)
            and not (isinstance(one, Emerging) and (one.area, one.category) in named)
        ]
    weight_of = {id(one.item): one.weight for one in first}
    rows = [
        finding.row(
            test,
            one,
            q_of[id(one)],
            weight=weight_of.get(id(one), 1.0),
            tested=tested,
            period=inputs.period,
            county=inputs.county,
            seed=inputs.seed,
        )
        for test, one in found
    ]
    rows.sort(
        key=lambda f: (
            f["certainty"] != "tydlig",
            f["q"],
            f["p"],
            f["source"]["code"],
            f["category"]["code"],
            f["area"]["code"],
            f["kind"],
        )
    )
    return rows


def _one_per_chain(
    test: SourceTest, deviating: list[Series], q_of: dict[int, float]
) -> list[Series]:
    """Return one finding where several say the same.

    Of a series' windows the clearest. Where a whole and parts of it deviate, it is the part
    that is named if it is the only one and holds at least half of the excess; else the whole.
    """
    best: dict[tuple[int, int], Series] = {}
    for one in deviating:
        key = (one.area, one.category)
        if key not in best or (q_of[id(one)], one.p) < (q_of[id(best[key])], best[key].p):
            best[key] = one
    kept = []
    for (area, category), one in best.items():
        alike = [other for (_, same), other in best.items() if same == category]
        if not any(_is_within(test, area, other.area) for other in alike):
            kept.append(_named(test, one, alike))
    return kept


def _named(test: SourceTest, whole: Series, alike: list[Series]) -> Series:
    """Return the whole, or the one part of it that says it all."""
    within = [other for other in alike if _is_within(test, other.area, whole.area)]
    nearest = [
        part
        for part in within
        if not any(_is_within(test, part.area, other.area) for other in within)
    ]
    if len(nearest) == 1 and 2 * _excess(nearest[0]) >= _excess(whole):
        return _named(test, nearest[0], alike)
    return whole


def _excess(one: Series) -> float:
    return one.observed - (one.expected or 0.0)


def _is_within(test: SourceTest, part: int, whole: int) -> bool:
    above = test.table.areas[part].parent
    while above is not None:
        if above == whole:
            return True
        above = test.table.areas[above].parent
    return False


def _apart(lumps: list[Cluster], kept: list[Series]) -> list[Cluster]:
    """Return the clusters that do not share an area with a stronger one or a finding."""
    taken = {(one.area, one.category) for one in kept}
    chosen = []
    for lump in sorted(lumps, key=lambda c: (c.p, -c.z, c.area)):
        together = {(area, lump.category) for area in (lump.area, *lump.neighbours)}
        if not together & taken:
            chosen.append(lump)
            taken |= together
    return chosen


def _period(period: Period) -> dict[str, Any]:
    return {
        "cadence": period.cadence.value,
        "starts_on": period.starts_on,
        "ends_before": period.ends_before,
    }


def _coverage(test: SourceTest, inputs: Inputs) -> dict[str, Any]:
    table = test.table
    totals = table.counts[0].sum(axis=0) + table.outside
    shown = slice(max(len(totals) - COVERAGE_BINS, 0), None)
    reported = np.flatnonzero(totals)
    last_window = testing.WINDOWS[inputs.period.cadence][-1]
    states = [
        "missing" if not seen else ("reported" if n else "zero")
        for n, seen in zip(totals[shown], table.observed[shown], strict=True)
    ]
    return {
        "source": {"code": table.source.code, "name": table.source.name},
        "kind": table.source.kind,
        "invented": table.source.is_invented,
        "method": test.method,
        "history_weeks": test.history_weeks,
        "first_on": table.bins.starts[reported[0]] if len(reported) else None,
        "last_before": table.bins.ends[reported[-1]] if len(reported) else None,
        "bins": [
            {"starts_on": start, "count": int(n), "state": state}
            for start, n, state in zip(table.bins.starts[shown], totals[shown], states, strict=True)
        ],
        "incidents": int(totals[-last_window:].sum()),
        "unplaced": int(table.unplaced[-last_window:].sum()),
        "outside": int(table.outside[-last_window:].sum()),
        "late": None if inputs.late is None else inputs.late.get(table.source.code, 0),
    }


def _table(
    tests: list[SourceTest], series: dict[int, list[Series]], q_of: dict[int, float]
) -> list[dict[str, Any]]:
    """Return every series with anything in it: what the table and the map show."""
    rows = []
    for test in tests:
        for one in series[id(test)]:
            if one.observed == 0 and (one.expected or 0.0) < 0.5:
                continue
            q = q_of.get(id(one))
            rows.append(
                {
                    "source": test.table.source.code,
                    "area": test.table.areas[one.area].code,
                    "category": test.table.categories[one.category].code,
                    "bins": one.length,
                    "observed": one.observed,
                    "expected": one.expected,
                    "lower": one.lower,
                    "upper": one.upper,
                    "p": one.p if q is not None else None,
                    "q": q,
                    "certainty": certainty(q if one.alarm else None),
                }
            )
    return rows


def _category_labels(tests: list[SourceTest], series: dict[int, list[Series]]) -> dict[str, str]:
    used = {test.table.categories[one.category] for test in tests for one in series[id(test)]}
    return {category.code: category.label for category in used}


def _hours(test: SourceTest) -> dict[str, Any]:
    return {
        "source": test.table.source.code,
        "counts": test.table.hours.sum(axis=0).tolist(),
        "without_hour": test.table.without_hour,
    }


def _owners(
    tests: list[SourceTest], findings: list[dict[str, Any]]
) -> list[tuple[SourceTest, dict[str, Any]]]:
    by_code = {test.table.source.code: test for test in tests}
    return [(by_code[one["source"]["code"]], one) for one in findings]


def _history(test: SourceTest, series: Sequence[Series], one: dict[str, Any]) -> dict[str, Any]:
    codes = [area.code for area in test.table.areas]
    area = codes.index(one["area"]["code"])
    codes = [category.code for category in test.table.categories]
    category = codes.index(one["category"]["code"])
    bins = HISTORY_BINS if test.period.cadence is Cadence.WEEK else len(test.table.bins)
    dispersion = next(
        row.dispersion or 1.0
        for row in series
        if (row.area, row.category, row.length) == (area, category, 1)
    )
    return test.history(area, category, dispersion, bins)
