"""One finding as a row of the document: what was found, by which method, how surely."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from samlad.incidents.categories import CELL_M
from samlad.incidents.tables import POINT_DAYS
from samlad.picture import clustering, document, emerging, repeating, sentences, testing
from samlad.picture.clustering import Cluster
from samlad.picture.emerging import Emerging
from samlad.picture.periods import Period
from samlad.picture.repeating import Repeating
from samlad.picture.testing import Series, SourceTest

CLEAR_BELOW, POSSIBLE_BELOW = 0.01, 0.05
INTERVAL_LEVEL = 0.95
CELLS_NAMED = 10

Item = Series | Cluster | Emerging | Repeating


def certainty(q: float | None) -> str:
    """Return the certainty word of a q-value.

    >>> certainty(0.004), certainty(0.03), certainty(0.05), certainty(None)
    ('tydlig', 'möjlig', 'ingen', 'ingen')
    """
    if q is None or q >= POSSIBLE_BELOW:
        return "ingen"
    return "tydlig" if q < CLEAR_BELOW else "möjlig"


def row(
    test: SourceTest,
    item: Item,
    q: float,
    *,
    weight: float,
    tested: int,
    period: Period,
    county: str,
    seed: int,
) -> dict[str, Any]:
    """Return the finding as docs/reference/picture.md describes it, with its sentence."""
    table = test.table
    starts_on, ends_before = _window(item, period)
    kind, method, version, observed, parameters = _by_method(test, item, county, ends_before)
    area, category = table.areas[item.area], table.categories[item.category]
    finding = document.plain(
        {
            "kind": kind,
            "area": {"code": area.code, "name": area.name},
            "category": {"code": category.code, "label": category.label},
            "source": {"code": table.source.code, "name": table.source.name},
            "starts_on": starts_on,
            "ends_before": ends_before,
            "observed": observed,
            "expected": item.usual if isinstance(item, Cluster) else float(item.expected or 0.0),
            "lower": item.lower,
            "upper": item.upper,
            "p": item.p,
            "q": q,
            "weight": weight,
            "certainty": certainty(q),
            "method": method,
            "method_version": version,
            "parameters": {
                "cadence": period.cadence.value,
                "bins": item.length,
                "interval_level": INTERVAL_LEVEL,
                "history_weeks": test.history_weeks,
                **({"voluntary": True} if table.source.voluntary else {}),
                **parameters,
            },
            "seed": seed,
            "batches": list(table.source.batches),
        }
    )
    finding["sentence"] = sentences.finding_sentence(finding, tested)
    return finding


def _window(item: Item, period: Period) -> tuple[date, date]:
    if isinstance(item, Repeating):
        return period.ends_before - timedelta(POINT_DAYS), period.ends_before
    return period.window(item.length)


def _by_method(
    test: SourceTest, item: Item, county: str, ends_before: date
) -> tuple[str, str, str, float, dict[str, Any]]:
    """Return kind, method, its version, what was observed, and its parameters."""
    if isinstance(item, Cluster):
        return (
            "cluster", "getis_ord_conditional_permutation", clustering.METHOD_VERSION, item.z,
            {
                "unit": "gi_star",
                "permutations": item.permutations,
                "p_conditional": item.p_conditional,
                "neighbours": len(item.neighbours),
                "neighbour_codes": [test.table.areas[a].code for a in item.neighbours],
                "neighbourhood_observed": item.observed,
                "neighbourhood_expected": item.expected,
            },
        )  # fmt: skip
    if isinstance(item, Emerging):
        return (
            "emerging", "space_time_scan", emerging.METHOD_VERSION, item.observed,
            {
                "unit": "count",
                "llr": item.llr,
                "radius_m": item.radius_m,
                "max_radius_m": emerging.MAX_RADIUS_M,
                "max_weeks": emerging.MAX_WEEKS,
                "cells": [list(cell) for cell in item.cells],
                "cell_m": CELL_M,
                "replicates": item.replicates,
                "recurrence_weeks": 1 / item.p,
            },
        )  # fmt: skip
    if isinstance(item, Repeating):
        return (
            "near_repeat", "knox", repeating.METHOD_VERSION, item.observed,
            {
                "unit": "pairs",
                "near_m": repeating.NEAR_M,
                "near_days": repeating.NEAR_DAYS,
                "permutations": repeating.PERMUTATIONS,
                "incidents": item.incidents,
                "cell_m": CELL_M,
                "watch_cells": len(item.watch),
                "watch_until": ends_before + timedelta(repeating.NEAR_DAYS - 1),
                "watch": [
                    {"cell": [x, y], "area": test.table.areas[area].name, "incidents": number}
                    for x, y, area, number in item.watch[:CELLS_NAMED]
                ],
            },
        )  # fmt: skip
    return (
        "level", f"{item.method}_baseline", testing.METHOD_VERSION, item.observed,
        {
            "unit": "count",
            "dispersion": item.dispersion,
            "half_window_weeks": 3,
            "county": county,
        },
    )  # fmt: skip
