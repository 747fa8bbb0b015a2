"""Charts drawn on the server: a Vega-Lite specification in, an SVG out.

The same SVG stands in the page and in the PDF: the same specification gives the same bytes,
nothing in it needs a style attribute (the content policy forbids them), and the whole chart
is one image with a title. Beside every chart stands a table.
"""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from samlad.ui.text import printable

# vl-convert cannot measure a family whose name holds a bare digit, so it lays the text out
# with a renamed copy of the same advance widths; the finished SVG names the real family.
MEASURE_FONTS = Path(__file__).parent / "fonts" / "measure"
FONT, FONT_CSS = "Rapport Measure", "'Source Sans 3 Variable', 'Source Sans 3', sans-serif"
FONT_PDF = "'Source Sans 3', sans-serif"
ACCENT, INK, MUTED, BAND = "#0b5d5b", "#14202b", "#44515c", "#d7e5e4"
CLEAR, POSSIBLE = "#8a1c3b", "#8a5a00"
SVG = "http://www.w3.org/2000/svg"
VEGA_LITE = "6.4"
CONFIG = {
    "font": FONT,
    "view": {"stroke": None},
    "aria": False,
    "text": {"color": MUTED, "fontSize": 12},
    "legend": {"labelColor": INK, "labelFontSize": 13, "symbolStrokeWidth": 1},
}
# 8 × 8 px on a transparent ground; filled tiles would show seams in PDF viewers.
HATCHES = {
    "diagonal": '<path d="M-2,2L2,-2M0,8L8,0M6,10L10,6" stroke="{ink}" stroke-width="1.8"/>',
    "cross": (
        '<path d="M-2,2L2,-2M0,8L8,0M6,10L10,6M-2,6L2,10M0,0L8,8M6,-2L10,2" '
        'stroke="{ink}" stroke-width="1.6"/>'
    ),
}
ET.register_namespace("", SVG)


@cache
def _renderer() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(MEASURE_FONTS))
    return vl_convert


def render(
    spec: Mapping[str, Any],
    *,
    title: str,
    hatches: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Return the chart as SVG; `hatches` names fills: id → (pattern, colour)."""
    title = printable(title)
    key = json.dumps([spec, title, hatches], sort_keys=True, ensure_ascii=False)
    prefix = "c" + hashlib.sha256(key.encode()).hexdigest()[:12]
    raw = _renderer().vegalite_to_svg(
        dict(spec), vl_version=VEGA_LITE, config=CONFIG, allowed_base_urls=[]
    )
    root = ET.fromstring(raw)  # noqa: S314 - our own renderer's output
    if hatches:
        root.insert(0, _definitions(hatches))
    _without_styles(root)
    _without_inner_roles(root)
    _with_own_ids(root, prefix)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-t")
    caption = ET.Element(f"{{{SVG}}}title", {"id": f"{prefix}-t"})
    caption.text = title
    root.insert(0, caption)
    return ET.tostring(root, encoding="unicode")


def for_pdf(svg: str) -> str:
    """Return the SVG with the font's name as the PDF knows it."""
    return svg.replace(FONT_CSS, FONT_PDF)


def sparkline(
    *,
    counts: Sequence[int | None],
    lower: Sequence[int | None],
    upper: Sequence[int | None],
    start: str,
    end: str,
    colour: str = ACCENT,
    width: int = 280,
    height: int = 78,
) -> dict[str, Any]:
    """Return the specification of a line of counts over the band they were expected in."""
    points = [
        {"i": i, "n": n, "lo": lo, "hi": hi}
        for i, (n, lo, hi) in enumerate(zip(counts, lower, upper, strict=True))
    ]
    last = {"values": points[-1:]}
    across = {
        "field": "i",
        "type": "quantitative",
        "axis": None,
        "scale": {
            "nice": False,
            "domain": [0, max(len(points) - 1, 1)],
            "range": [4, width - 34],
        },
    }
    tallest = max([1, *(v for p in points for v in (p["n"], p["hi"]) if v is not None)])
    up = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, tallest], "nice": False, "range": [height - 20, 8]},
    }
    label = {"y": {"value": height - 6}, "text": {"field": "t"}}
    here = {"x": across, "y": {"field": "n", **up}}
    return {
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "background": None,
        "data": {"values": points},
        "layer": [
            {
                "mark": {"type": "area", "color": BAND, "interpolate": "step"},
                "encoding": {
                    "x": across,
                    "y": {"field": "lo", **up},
                    "y2": {"field": "hi"},
                },
            },
            {"mark": {"type": "line", "color": INK, "strokeWidth": 1.2}, "encoding": here},
            {
                "data": last,
                "mark": {"type": "circle", "size": 42, "opacity": 1, "color": colour},
                "encoding": here,
            },
            {
                "data": last,
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 7,
                    "fontWeight": 600,
                    "fontSize": 14,
                    "color": colour,
                },
                "encoding": {**here, "text": {"field": "n"}},
            },
            {
                "data": {"values": [{"t": start}]},
                "mark": {"type": "text", "align": "left"},
                "encoding": {"x": {"value": 4}, **label},
            },
            {
                "data": {"values": [{"t": end}]},
                "mark": {"type": "text", "align": "right"},
                "encoding": {"x": {"value": width - 34}, **label},
            },
        ],
    }


def area_map(
    features: Sequence[Mapping[str, Any]],
    *,
    fills: Mapping[str, str],
    labelled: bool,
    width: int = 460,
    height: int = 460,
) -> dict[str, Any]:
    """Return the specification of a map of areas in metres.

    Each feature's properties hold `fill` (a key of `fills`), `label`, `x` and `y`; a fill
    is a colour or the name of a hatch.
    """
    paint = {key: v if v.startswith("#") else f"url(#{v})" for key, v in fills.items()}
    shown = [key for key in paint if any(f["properties"]["fill"] == key for f in features)]
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": list(features)},
            "mark": {
                "type": "geoshape",
                "stroke": INK,
                "strokeWidth": 0.7,
                "fill": "#ffffff",
            },
        },
        {
            "data": {"values": list(features)},
            "mark": {"type": "geoshape", "stroke": INK, "strokeWidth": 0.7},
            "encoding": {
                "fill": {
                    "field": "properties.fill",
                    "type": "nominal",
                    "legend": {
                        "title": None,
                        "orient": "bottom",
                        "columns": 2,
                        "symbolType": "square",
                        "symbolSize": 260,
                        "symbolStrokeColor": INK,
                    },
                    "scale": {"domain": shown, "range": [paint[key] for key in shown]},
                }
            },
        },
    ]
    if labelled:
        points = {
            "longitude": {"field": "x", "type": "quantitative"},
            "latitude": {"field": "y", "type": "quantitative"},
            "text": {"field": "label"},
        }
        text = {"type": "text", "fontSize": 13, "fontWeight": 600}
        halo = {
            "color": "white",
            "stroke": "white",
            "strokeWidth": 4,
            "strokeJoin": "round",
        }
        labels = {"values": [f["properties"] for f in features if f["properties"]["label"]]}
        for look in (halo, {"color": INK}):
            layers.append({"data": labels, "mark": {**text, **look}, "encoding": points})
    return {
        "width": width,
        "height": height,
        "padding": 4,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "projection": {"type": "identity", "reflectY": True},
        "layer": layers,
    }


def _definitions(hatches: Mapping[str, tuple[str, str]]) -> ET.Element:
    patterns = "".join(
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f"{HATCHES[kind].format(ink=ink)}</pattern>"
        for name, (kind, ink) in hatches.items()
    )
    return ET.fromstring(f'<defs xmlns="{SVG}">{patterns}</defs>')  # noqa: S314 - our own text


def _without_styles(root: ET.Element) -> None:
    """Drop style elements and attributes; Vega's slip style="italic" becomes font-style."""
    for parent in list(root.iter()):
        for child in parent.findall(f"{{{SVG}}}style"):
            parent.remove(child)
    for element in root.iter():
        style = element.attrib.pop("style", "")
        if style in {"italic", "oblique"}:
            element.set("font-style", style)
        if element.get("font-family") == FONT:
            element.set("font-family", FONT_CSS)


def _without_inner_roles(root: ET.Element) -> None:
    """Drop Vega's English inner roles and what it does not paint: the chart is one image."""
    for parent in list(root.iter()):
        for child in list(parent):
            unpainted = child.get("class") == "background" and not (
                {"fill", "stroke"} & child.attrib.keys()
            )
            if child.get("display") == "none" or unpainted:
                parent.remove(child)
    for element in root.iter():
        for name in [n for n in element.attrib if n in {"class", "role"} or "aria-" in n]:
            del element.attrib[name]


def _with_own_ids(root: ET.Element, prefix: str) -> None:
    """Rename ids in document order: Vega numbers them by a counter that outlives the chart."""
    named = [element for element in root.iter() if element.get("id")]
    ids = {element.get("id"): f"{prefix}-{n}" for n, element in enumerate(named)}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, ids[value])
            elif "url(#" in value:
                element.set(
                    name,
                    re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{ids.get(m[1], m[1])})", value),
                )
