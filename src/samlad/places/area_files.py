"""Areas from a file: GeoJSON or GeoPackage, in degrees or SWEREF 99 TM, detected."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samlad.places import projection
from samlad.places.errors import BadGeometry

CODE_PROPERTIES = (
    "regsokod", "regsokod_2025", "desokod", "deso", "kommunkod", "tatortskod", "kod", "code", "id",
)  # fmt: skip
LARGEST_UNPACKED = 256 << 20
USABLE_CODE = re.compile(r"[\w.-]{1,40}")
NAME_PROPERTIES = (
    "regsonamn", "regso", "desonamn", "kommunnamn", "tatort", "namn", "name",
)  # fmt: skip


@dataclass(frozen=True)
class AreaShape:
    """One area as the file has it: code, name, all properties, polygon in the file's CRS."""

    code: str
    name: str
    properties: dict[str, Any]
    polygon: BaseGeometry


@dataclass(frozen=True)
class AreaFile:
    """The areas of a file and the reference system they are in."""

    areas: tuple[AreaShape, ...]
    crs: str

    def polygons(self, crs: str) -> list[BaseGeometry]:
        """Return the polygons in another reference system."""
        return [to_crs(area.polygon, source=self.crs, target=crs) for area in self.areas]


def to_crs(polygon: BaseGeometry, *, source: str, target: str) -> BaseGeometry:
    """Return a polygon in another reference system."""

    def moved(points: np.ndarray) -> np.ndarray:
        x, y = projection.transform(points[:, 0], points[:, 1], source=source, target=target)
        return np.column_stack([x, y])

    return shapely.transform(polygon, moved)


def read(path: Path, *, code: str | None = None, name: str | None = None) -> AreaFile:
    """Return the areas of a GeoJSON or GeoPackage file.

    `code` and `name` are the properties that hold an area's code and name; without them the
    usual names of SCB's files are tried. Raises `BadGeometry` with one sentence.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(16)
        if beginning.startswith(b"SQLite format 3"):
            rows, crs = _geopackage(path)
        else:
            rows, crs = _geojson(path, zipped=beginning.startswith(b"\x1f\x8b"))
    except OSError as error:
        raise BadGeometry(f"The file {path.name} cannot be read.") from error
    if not rows:
        raise BadGeometry(f"There are no areas in {path.name}.")
    properties = rows[0][0]
    code = _property(path, properties, code, CODE_PROPERTIES, "--area-code")
    name = _property(path, properties, name, NAME_PROPERTIES, "--area-name", otherwise=code)
    areas = []
    for number, (values, polygon) in enumerate(rows, start=1):
        if values.get(code) is None or not USABLE_CODE.fullmatch(str(values[code])):
            raise BadGeometry(f"Area {number} in {path.name} has no code in '{code}'.")
        if polygon.geom_type not in {"Polygon", "MultiPolygon"} or polygon.is_empty:
            raise BadGeometry(f"Area {number} in {path.name} is not a polygon.")
        valid = polygon if polygon.is_valid else shapely.make_valid(polygon)
        areas.append(
            AreaShape(str(values[code]), str(values.get(name) or values[code])[:120], values, valid)
        )
    codes = [area.code for area in areas]
    if len(set(codes)) < len(codes):
        raise BadGeometry(f"Two areas in {path.name} have the same '{code}'.")
    return AreaFile(tuple(sorted(areas, key=lambda area: area.code)), crs)


def _property(
    path: Path,
    properties: dict[str, Any],
    asked: str | None,
    usual: Iterable[str],
    option: str,
    otherwise: str | None = None,
) -> str:
    if asked:
        if asked not in properties:
            raise BadGeometry(f"The areas in {path.name} have no property '{asked}'.")
        return asked
    by_lower = {key.lower(): key for key in reversed(properties)}
    for candidate in usual:
        if candidate in by_lower:
            return by_lower[candidate]
    if otherwise:
        return otherwise
    raise BadGeometry(
        f"The areas in {path.name} have no code property that is recognised; say which "
        f"with {option} (there are: {', '.join(list(properties)[:8])})."
    )


def _geojson(path: Path, *, zipped: bool) -> tuple[list[tuple[dict, BaseGeometry]], str]:
    with gzip.open(path) if zipped else path.open("rb") as file:
        content = file.read(LARGEST_UNPACKED + 1)
    if len(content) > LARGEST_UNPACKED:
        raise BadGeometry(f"{path.name} is too large to be read.")
    try:
        document = json.loads(content)
        features = document["features"]
        if any(feature["geometry"] is None for feature in features):
            raise BadGeometry(f"An area in {path.name} has no geometry.")
        rows = [
            (dict(f["properties"] or {}), shapely.from_geojson(json.dumps(f["geometry"])))
            for f in features
        ]
    except BadGeometry:
        raise
    except (ValueError, KeyError, TypeError, RecursionError, shapely.errors.GEOSException) as error:
        raise BadGeometry(f"{path.name} is not a GeoJSON file of areas.") from error
    named = ((document.get("crs") or {}).get("properties") or {}).get("name", "")
    return rows, _crs_of(named, [polygon for _, polygon in rows], path)


def _crs_of(named: str, polygons: list[BaseGeometry], path: Path) -> str:
    code = re.search(r"EPSG:(?:.*:)?(\d+)$", named)
    if code:
        return projection.check_crs(f"EPSG:{code[1]}")
    if not polygons:
        return projection.WGS84
    west, south, east, north = shapely.total_bounds(polygons)
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return projection.WGS84
    if 200_000 <= west <= east <= 1_100_000 and 6_000_000 <= south <= north <= 7_800_000:
        return projection.SWEREF99_TM
    raise BadGeometry(
        f"The coordinates in {path.name} are neither degrees (EPSG:4326) nor "
        "SWEREF 99 TM (EPSG:3006)."
    )


def _geopackage(path: Path) -> tuple[list[tuple[dict, BaseGeometry]], str]:
    try:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as database:
            database.row_factory = sqlite3.Row
            layer = database.execute(
                "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id"
                " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id)"
                " JOIN sqlite_master m ON m.name = g.table_name AND m.type = 'table'"
            ).fetchone()
            if layer is None:
                raise BadGeometry(f"There is no layer of areas in {path.name}.")
            table, column, organisation, code = layer
            quoted = '"' + table.replace('"', '""') + '"'
            rows = []
            for row in database.execute(f"SELECT * FROM {quoted}"):  # noqa: S608 - quoted
                values = {key: row[key] for key in row.keys() if key != column}  # noqa: SIM118
                rows.append((values, _geopackage_polygon(row[column])))
    except (sqlite3.DatabaseError, shapely.errors.GEOSException) as error:
        raise BadGeometry(f"{path.name} is not a GeoPackage of areas.") from error
    finally:
        database.close()
    return rows, projection.check_crs(f"{organisation}:{code}")


def _geopackage_polygon(blob: bytes) -> BaseGeometry:
    """Return the WKB behind a GeoPackage header (OGC 12-128r18, 2.1.3)."""
    if len(blob or b"") < 8 or blob[:2] != b"GP":
        raise BadGeometry("An area in the GeoPackage has no geometry.")
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}.get((blob[3] >> 1) & 0b111, 0)
    return shapely.from_wkb(blob[8 + envelope :])
