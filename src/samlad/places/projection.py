"""From degrees to metres and back, in the metric system that fits where the data lie."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyproj

from samlad.places.errors import BadGeometry

WGS84 = "EPSG:4326"
SWEREF99_TM = "EPSG:3006"
SWEDEN = (10.5, 55.0, 24.2, 69.1)  # west, south, east, north in degrees


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def check_crs(name: str) -> str:
    """Return the reference system's name as `EPSG:code`.

    Raises `BadGeometry` if there is none of that name.
    """
    try:
        return str(pyproj.CRS.from_user_input(name).to_string())
    except pyproj.exceptions.CRSError as error:
        raise BadGeometry(f"'{name}' is not a coordinate reference system.") from error


def transform(
    x: np.ndarray, y: np.ndarray, *, source: str, target: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates in another system; x is east or longitude in both.

    NaN stays NaN, and what lies outside the target's reach becomes NaN.
    """
    if source == target:
        return x, y
    east, north = _transformer(source, target).transform(x, y)
    bad = ~(np.isfinite(east) & np.isfinite(north))
    return np.where(bad, np.nan, east), np.where(bad, np.nan, north)


def metric_crs_for(longitude: np.ndarray, latitude: np.ndarray) -> str:
    """Return SWEREF 99 TM in Sweden, else the UTM zone of the median point.

    SWEREF 99 TM would stretch Toronto by 44 %. Without any point it is SWEREF 99 TM.
    """
    known = np.isfinite(longitude) & np.isfinite(latitude)
    if not known.any():
        return SWEREF99_TM
    east, north = float(np.median(longitude[known])), float(np.median(latitude[known]))
    west, south, east_edge, north_edge = SWEDEN
    if west <= east <= east_edge and south <= north <= north_edge:
        return SWEREF99_TM
    zone = min(int((east + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if north >= 0 else 32700) + zone}"
