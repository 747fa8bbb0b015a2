"""The areas of a municipality on a day, with their shapes."""

from __future__ import annotations

import json
from datetime import date

import shapely

from samlad.organisations.models import Municipality
from samlad.places import queries as places
from samlad.places.models import AreaKind
from samlad.places.queries import AreaVersion

SIMPLE_M = 15.0  # what a screen does not show


def areas_on(municipality: Municipality, day: date) -> list[AreaVersion]:
    """Return the areas in force on a day, the whole first; before the first version, that.

    A municipality without areas is one whole without a border.
    """
    versions = places.area_versions(municipality)
    if not versions:
        return [_borderless(municipality, day)]
    found = [version for version in versions if version.valid_on(day)]
    if found:
        return found
    first = min((version.valid_from for version in versions), default=None)
    return [version for version in versions if version.valid_from == first]


def _borderless(municipality: Municipality, day: date) -> AreaVersion:
    return AreaVersion(
        pk=-1,  # no row: parents are looked up by 0 where there is none
        code=municipality.code,
        name=municipality.name,
        kind=AreaKind.MUNICIPALITY,
        parent=None,
        population=None,
        valid_from=day,
        ends_before=None,
        boundary=shapely.Polygon(),
    )


def as_geojson(municipality: Municipality, day: date) -> str:
    """Return the areas in force on a day as GeoJSON in degrees, for a map to draw."""
    features = []
    versions = areas_on(municipality, day)
    parents = {version.parent for version in versions}
    for version in versions:
        if version.boundary.is_empty:
            continue
        simple = version.boundary.simplify(SIMPLE_M)
        shape = shapely.to_geojson(places.boundary_as_degrees(simple, municipality))
        features.append(
            {
                "type": "Feature",
                "id": version.pk,
                "geometry": json.loads(shape),
                "properties": {
                    "name": version.name,
                    "code": version.code,
                    "leaf": version.pk not in parents,
                },
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
