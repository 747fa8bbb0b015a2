"""The charts of a picture: a line per finding, a map of the areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from samlad.picture import periods
from samlad.ui import charts

MOST_LABELS = 30
DETAIL = 400  # a boundary needs no more points than the map has pixels
FILLS = {
    "tydlig avvikelse": "clear",
    "möjlig avvikelse": "possible",
    "ingen avvikelse": "#eef3f3",
}
HATCHES = {"clear": ("cross", charts.CLEAR), "possible": ("diagonal", charts.POSSIBLE)}
COLOURS = {"tydlig": charts.CLEAR, "möjlig": charts.POSSIBLE}


@dataclass(frozen=True)
class MapArea:
    """An area as a map needs it; `boundary` in metres, `wholes` the codes it is part of."""

    code: str
    name: str
    wholes: tuple[str, ...]
    boundary: BaseGeometry
    is_part: bool


def draw(compiled: dict[str, Any], areas: Sequence[MapArea]) -> dict[str, Any]:
    """Return the picture's charts as SVG with their descriptions."""
    lines = [
        _line(compiled, finding, history)
        for finding, history in zip(compiled["findings"], compiled["history"], strict=True)
    ]
    return {"lines": lines, "map": _map(compiled, areas)}


def certainty_by_area(
    compiled: dict[str, Any],
    areas: Sequence[MapArea],
    *,
    source: str = "",
    category: str = "",
) -> dict[str, str]:
    """Return each smallest area's strongest certainty word, its own or of what it is part of."""
    rank = {"tydlig": 2, "möjlig": 1}
    strongest: dict[str, str] = {}
    for finding in compiled["findings"]:
        if source not in {"", finding["source"]["code"]}:
            continue
        if category not in {"", finding["category"]["code"]}:
            continue
        codes = [finding["area"]["code"], *finding["parameters"].get("neighbour_codes", [])]
        for code in codes:
            word = finding["certainty"]
            if rank[word] > rank.get(strongest.get(code, ""), 0):
                strongest[code] = word
    found = {}
    for area in areas:
        if area.is_part:
            words = [strongest[c] for c in (area.code, *area.wholes[:-1]) if c in strongest]
            found[area.code] = max(words, key=lambda w: rank[w], default="ingen")
    return found


def _line(
    compiled: dict[str, Any], finding: dict[str, Any], history: dict[str, Any]
) -> dict[str, str]:
    cadence = finding["parameters"]["cadence"]
    first = date.fromisoformat(history["starts_on"])
    month = periods.MONTH_NAMES["sv"][first.month - 1][:3]
    last_start = date.fromisoformat(compiled["period"]["starts_on"])
    last_end = date.fromisoformat(compiled["period"]["ends_before"])
    end = periods.label(last_start, last_end, cadence)
    seen = [n for n in history["counts"] if n is not None]
    unit = {"week": "vecka", "month": "månad"}.get(cadence, "period")
    description = (
        f"Antal per {unit}: {finding['category']['label']} i {finding['area']['name']}, "
        f"{len(history['counts'])} perioder till {end}; lägst {min(seen)}, högst {max(seen)}, "
        f"senast {history['counts'][-1]}."
    )
    spec = charts.sparkline(
        counts=history["counts"],
        lower=history["lower"],
        upper=history["upper"],
        start=f"{month} {first.year}",
        end=end,
        colour=COLOURS[finding["certainty"]],
    )
    return {"svg": charts.render(spec, title=description), "alt": description}


def _map(compiled: dict[str, Any], areas: Sequence[MapArea]) -> dict[str, str] | None:
    parts = [area for area in areas if area.is_part and area.wholes]
    if not parts or not compiled["table"]:
        return None  # published notices alone are listed, not mapped
    words = certainty_by_area(compiled, areas)
    west, south, east, north = shapely.total_bounds([area.boundary for area in parts])
    detail = max(east - west, north - south) / DETAIL
    labelled = len(parts) <= MOST_LABELS
    features = []
    for area in parts:
        middle = area.boundary.representative_point()
        features.append(
            {
                "type": "Feature",
                "geometry": _drawable(area.boundary, detail),
                "properties": {
                    "fill": f"{words[area.code]} avvikelse",
                    "label": area.name.split("-")[0] if labelled else "",
                    "x": round(middle.x),
                    "y": round(middle.y),
                },
            }
        )
    deviating = [
        f"{area.name} ({words[area.code]})" for area in parts if words[area.code] != "ingen"
    ]
    whole = compiled["municipality"]["name"]
    description = f"Karta över {len(parts)} områden i {whole}. " + (
        "Avvikelse: " + ", ".join(deviating[:12]) + "." if deviating else "Ingen avvikelse."
    )
    tall = (north - south) / max(east - west, 1.0)
    spec = charts.area_map(
        features,
        fills=FILLS,
        labelled=labelled,
        height=int(min(max(460 * tall, 260), 640)) + 40,
    )
    return {
        "svg": charts.render(spec, title=description, hatches=HATCHES),
        "alt": description,
    }


def _drawable(boundary: BaseGeometry, detail: float) -> dict[str, Any]:
    simple = shapely.simplify(boundary, detail, preserve_topology=True)
    polygons = [p for p in getattr(simple, "geoms", [simple]) if p.geom_type == "Polygon"]
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[[round(x), round(y)] for x, y in ring.coords] for ring in (p.exterior, *p.interiors)]
            for p in polygons
        ],
    }
