"""The areas a picture is about, as its maps draw them."""

from __future__ import annotations

from datetime import date

from samlad.organisations.models import Municipality
from samlad.picture.charts import MapArea
from samlad.places.shapes import areas_on


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
