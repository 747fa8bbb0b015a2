"""The chart of a series: dots for values, bars for intervals, no line across a gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from samlad.indicators.comparing import Caution
from samlad.indicators.models import Indicator
from samlad.indicators.queries import ValueRow
from samlad.ui import charts

WIDTH, HEIGHT = 560, 220


def series(indicator: Indicator, rows: Sequence[ValueRow]) -> str:
    """Return the drawing of a series, "" without at least two values.

    Two numbers for one period both stand; a year without a value breaks the line, and so does a
    value that is counted otherwise than the one before.
    """
    if len(rows) < 2:
        return ""
    years = sorted({row.starts_on.year for row in rows})
    run, points = 0, []
    for i, row in enumerate(rows):
        if i and _breaks(rows[i - 1], row):
            run += 1
        points.append(
            {
                "x": row.starts_on.year + (row.starts_on.timetuple().tm_yday - 1) / 366,
                "y": row.value,
                "lower": row.interval.lower if row.interval else None,
                "upper": row.interval.upper if row.interval else None,
                "run": run,
                "open": row.is_preliminary,
            }
        )
    return charts.render(_spec(indicator, points, years), title=str(indicator))


def _breaks(before: ValueRow, after: ValueRow) -> bool:
    """Tell whether no line joins two values: a year is missing, or they are counted otherwise."""
    otherwise = {Caution.COUNTED_OTHERWISE, Caution.OTHER_LENGTH, Caution.OTHER_SEASON}
    cautions = set(after.change.cautions) if after.change is not None else set()
    return after.starts_on.year - before.starts_on.year > 1 or bool(otherwise & cautions)


def _spec(indicator: Indicator, points: list[dict[str, Any]], years: list[int]) -> dict[str, Any]:
    low, high = indicator.scale_min, indicator.scale_max
    tops = [p["upper"] if p["upper"] is not None else p["y"] for p in points]
    domain = [low if low is not None else 0, high if high is not None else max(tops) * 1.1 or 1]
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [years[0] - 0.3, years[-1] + 0.9], "nice": False},
        "axis": {"values": years, "format": "d", "title": None, "grid": False,
                 "labelColor": charts.MUTED, "labelFontSize": 12},
    }  # fmt: skip
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": domain},
        "axis": {"title": None, "labelColor": charts.MUTED, "labelFontSize": 12,
                 "gridColor": "#e4eaec", "tickCount": 5, "domain": False},
    }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "line", "color": charts.ACCENT, "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "detail": {"field": "run", "type": "nominal"}},
        }
    ]
    if any(p["lower"] is not None for p in points):
        layers.append(
            {
                "transform": [{"filter": "datum.lower !== null"}],
                "mark": {"type": "rule", "color": charts.ACCENT, "strokeWidth": 1.5},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "lower"},
                    "y2": {"field": "upper"},
                },
            }
        )
    layers.append(
        {
            "mark": {"type": "point", "size": 70, "strokeWidth": 2},
            "encoding": {
                "x": x,
                "y": y,
                "color": {"value": charts.ACCENT},
                "fill": {
                    "condition": {"test": "datum.open", "value": "#ffffff"},
                    "value": charts.ACCENT,
                },
            },
        }
    )
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": points},
        "layer": layers,
    }
