"""Reader: GeoJSON, one feature a row; a point's coordinates become two columns.

Only points are read as a place: the middle of a line or a surface would be a guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.json_items import NotJson, items
from samlad.intake.rows import MOST_COLUMNS, RawRow

VERSION = "geojson 1"
FEATURES_FOR_HEADER = 200
LONGITUDE, LATITUDE, IDENTITY = "longitude", "latitude", "id"


def looks_like(beginning: str) -> bool:
    """Tell whether a file that begins so is GeoJSON."""
    return beginning.lstrip().startswith("{") and '"FeatureCollection"' in beginning


def read(text: IO[str], *, name: str) -> tuple[list[str], Iterator[RawRow]]:
    """Return the header and the features, read as they are asked for.

    The columns are the properties of the first 200 features, the feature's own id if it has
    one, and the point's longitude and latitude. Raises `UnusableFile`, also while the rows
    are read.
    """
    properties: dict[str, None] = {}
    has_ids = False
    for feature in islice(_features(text, name), FEATURES_FOR_HEADER):
        properties |= dict.fromkeys(feature.get("properties") or {})
        has_ids = has_ids or feature.get("id") is not None
        if len(properties) > MOST_COLUMNS:
            break
    text.seek(0)
    own = [IDENTITY] if has_ids and IDENTITY not in properties else []
    header = [*own, *(k for k in properties if k not in {LONGITUDE, LATITUDE})]
    header += [LONGITUDE, LATITUDE]
    if len(header) > MOST_COLUMNS:
        raise UnusableFile(FileFault.MANY_COLUMNS, name=name, columns=len(header))
    numbered = enumerate(_features(text, name), start=1)
    names = [cell(column) for column in header]
    return names, (RawRow(n, _cells(feature, header)) for n, feature in numbered)


def _features(text: IO[str], name: str) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        for feature in items(text, member="features"):
            number += 1
            if not isinstance(feature, dict) or not isinstance(
                feature.get("properties") or {}, dict
            ):
                raise NotJson
            yield feature
    except NotJson as error:
        raise UnusableFile(FileFault.BROKEN, name=name, row=number + 1) from error


def _cells(feature: dict[str, Any], header: list[str]) -> list[str]:
    geometry = feature.get("geometry")
    point: list[Any] = []
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        found = geometry.get("coordinates")
        point = found if isinstance(found, list) else []
    known = {
        IDENTITY: feature.get("id"),
        **(feature.get("properties") or {}),
        LONGITUDE: point[0] if len(point) > 1 else None,
        LATITUDE: point[1] if len(point) > 1 else None,
    }
    return [cell(known.get(column)) for column in header]


def cell(value: Any) -> str:
    """Return a JSON value as a cell's text."""
    if value is None:
        return ""
    if isinstance(value, str):
        whole = value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate is no text
        return whole.replace("\x00", "")
    return json.dumps(value, ensure_ascii=False)
