"""What `samlad compile` writes: picture.json, lagesbild.pdf and map.geojson."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

from samlad.picture import charts, compiling, document, memo, report
from samlad.picture.charts import MapArea
from samlad.picture.from_file import FromFile, PlainArea
from samlad.places import area_files, projection

DECIMALS = 6  # of a degree: a decimetre


def write(made: FromFile, folder: Path) -> dict[str, Any]:
    """Compile and write the three files; return the picture."""
    picture = compiling.compile_picture(made.inputs)
    areas = [_map_area(area, i) for i, area in enumerate(made.areas)]
    drawn = charts.draw(picture, areas)
    read = memo.memo(
        picture,
        areas=[(a.code, a.name, 0 if a.parent is None else 1) for a in made.areas],
        charts=drawn,
    )
    file = picture["inputs"][0]
    pdf = report.render(
        read,
        state=f"Sammanställd ur {file['name']}, inte granskad.",
        author="Samlad",
        charts_map=drawn["map"],
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "picture.json").write_text(
        json.dumps(picture, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )
    (folder / "lagesbild.pdf").write_bytes(pdf)
    (folder / "map.geojson").write_text(
        document.canonical(document.plain(geojson(picture, made))) + "\n"
    )
    return picture


def geojson(picture: dict[str, Any], made: FromFile) -> dict[str, Any]:
    """Return the parts as GeoJSON with what the picture says of each."""
    areas = [_map_area(area, i) for i, area in enumerate(made.areas)]
    words = charts.certainty_by_area(picture, areas)
    longest = max((row["bins"] for row in picture["table"]), default=1)
    counts: dict[str, dict[str, int]] = {}
    for row in picture["table"]:
        if row["bins"] == longest:
            here = counts.setdefault(row["area"], {})
            here[row["category"]] = here.get(row["category"], 0) + row["observed"]
    features = []
    for area in made.areas:
        if area.parent is None:
            continue
        shape = area_files.to_crs(area.boundary, source=made.metric_crs, target=projection.WGS84)
        rounded = shapely.set_precision(shape, 10.0**-DECIMALS)
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "code": area.code,
                    "name": area.name,
                    "certainty": words.get(area.code, "ingen"),
                    "observed": counts.get(area.code, {}),
                    "bins": longest,
                },
                "geometry": json.loads(shapely.to_geojson(rounded)),
            }
        )
    return {"type": "FeatureCollection", "hash": picture["hash"], "features": features}


def _map_area(area: PlainArea, index: int) -> MapArea:
    wholes = () if area.parent is None else ("0000",)
    return MapArea(area.code, area.name, wholes, area.boundary, index > 0)
