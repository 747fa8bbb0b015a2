"""Every read on areas and places beyond one filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samlad.organisations.models import Municipality
from samlad.places import area_files, projection
from samlad.places.locating import NOWHERE, Locator, name_key
from samlad.places.models import Area, AreaKind, Place

KIND_ORDER = [
    AreaKind.MUNICIPALITY,
    AreaKind.DISTRICT,
    AreaKind.LOCALITY,
    AreaKind.REGSO,
    AreaKind.OWN,
    AreaKind.DESO,
]


@dataclass(frozen=True)
class AreaVersion:
    """One area as it stood on a day; `boundary` is in the municipality's metric CRS."""

    pk: int
    code: str
    name: str
    kind: str
    parent: int | None
    population: int | None
    valid_from: date
    ends_before: date | None
    boundary: BaseGeometry

    def valid_on(self, day: date) -> bool:
        """Tell whether this version is in force on a day."""
        return self.valid_from <= day and (self.ends_before is None or day < self.ends_before)


def area_versions(municipality: Municipality) -> list[AreaVersion]:
    """Return every version of every area, the whole before its parts."""
    rows = Area.objects.filter(municipality=municipality)
    versions = [
        AreaVersion(
            pk=row.pk,
            code=row.code,
            name=row.name,
            kind=row.kind,
            parent=row.parent_id,
            population=row.population,
            valid_from=row.valid_from,
            ends_before=row.ends_before,
            boundary=shapely.from_wkb(bytes(row.boundary)),
        )
        for row in rows
    ]
    return sorted(versions, key=lambda v: (KIND_ORDER.index(AreaKind(v.kind)), v.code))


def area_of(place: Place | None, day: date) -> Area | None:
    """Return the smallest area that holds a place on a day (before there were any: now)."""
    if place is None:
        return None
    every = area_versions(place.municipality)
    versions = [one for one in every if one.valid_on(day)]
    versions = versions or [one for one in every if one.ends_before is None]
    parents = {version.parent for version in versions}
    leaves = [version for version in versions if version.pk not in parents]
    (found,) = Locator([leaf.boundary for leaf in leaves]).areas_of(
        np.array([place.x_m]), np.array([place.y_m])
    )
    return None if found == NOWHERE else Area.objects.get(pk=leaves[found].pk)


def boundary_as_degrees(boundary: BaseGeometry, municipality: Municipality) -> BaseGeometry:
    """Return a boundary in WGS 84 degrees, for a map."""
    return area_files.to_crs(boundary, source=municipality.metric_crs, target=projection.WGS84)


def places_by_name(municipality: Municipality) -> dict[str, Place]:
    """Return the named places by the key their names are compared by."""
    return {name_key(p.name): p for p in Place.objects.filter(municipality=municipality)}
