"""The areas a picture is about, with their shapes, as a page or a map needs them."""

from __future__ import annotations

from datetime import date

import shapely

from samlad.organisations.models import Municipality
from samlad.picture.charts import MapArea
from samlad.places import queries as places
from samlad.places.models import AreaKind
from samlad.places.queries import AreaVersion


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


def map_areas(municipality: Municipality, day: date) -> list[MapArea]:
    """Return the same as a map draws them, each with the codes of what it is part of."""
    versions = areas_on(municipality, day)
    by_pk = {version.pk: version for version in versions}
    parents = {version.parent for version in versions}
    found = []
    for version in versions:
        wholes, above = [], by_pk.get(version.parent or 0)
        while above is not None:
            wholes.append(above.code)
            above = by_pk.get(above.parent or 0)
        found.append(
            MapArea(
                version.code,
                version.name,
                tuple(wholes),
                version.boundary,
                version.pk not in parents,
            )
        )
    return found
