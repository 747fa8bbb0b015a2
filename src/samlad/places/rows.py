"""The reads of the areas' pages that need no geometry: a web worker starts without shapely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.organisations.models import Municipality
from samlad.places.models import Area, AreaKind, Place


@dataclass(frozen=True)
class AreaRow:
    """One area in a list, indented by how many it is part of."""

    code: str
    name: str
    kind: str
    depth: int
    population: int | None
    population_year: int | None
    valid_from: date


def municipality_of(user: User) -> Municipality | None:
    """Return the municipality of a person's first membership, or None."""
    for membership in policy.memberships(user):
        return membership.organisation.municipality
    return None


def areas_in_force(municipality: Municipality, day: date) -> list[AreaRow]:
    """Return the areas in force, each below the one it is part of."""
    areas = list(Area.objects.filter(municipality=municipality).valid_on(day).defer("boundary"))
    below: dict[int | None, list[Area]] = {}
    known = {area.pk for area in areas}
    for area in sorted(areas, key=lambda a: a.name):
        parent = area.parent_id if area.parent_id in known else None
        below.setdefault(parent, []).append(area)
    rows: list[AreaRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for area in below.get(parent, []):
            rows.append(
                AreaRow(
                    area.code,
                    area.name,
                    str(AreaKind(area.kind).label),
                    depth,
                    area.population,
                    area.population_year,
                    area.valid_from,
                )
            )
            walk(area.pk, depth + 1)

    walk(None, 0)
    return rows


def areas_to_merge(municipality: Municipality, day: date) -> list[int]:
    """Return the areas that belong to no district yet."""
    free = (
        Area.objects.filter(municipality=municipality)
        .valid_on(day)
        .exclude(kind__in=[AreaKind.MUNICIPALITY, AreaKind.DISTRICT])
        .exclude(parent__kind=AreaKind.DISTRICT)
    )
    return list(free.values_list("pk", flat=True))


def places(municipality: Municipality) -> list[Place]:
    """Return the named places."""
    return list(Place.objects.filter(municipality=municipality).select_related("owner"))
