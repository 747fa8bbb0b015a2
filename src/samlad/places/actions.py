"""Every write on areas and places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import shapely
from django.db.models import Q

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality
from samlad.places import projection
from samlad.places.area_files import AreaFile
from samlad.places.errors import BadGeometry
from samlad.places.models import Area, AreaKind, Place


@recorder.atomic()
def import_areas(
    *,
    municipality_id: int,
    kind: str,
    file: AreaFile,
    valid_from: date,
    provenance: str,
    by: User | None,
    now: datetime,
) -> list[Area]:
    """Take in a new version of a municipality's areas of one kind.

    Only areas whose code begins with the municipality's are taken, where any does: SCB's
    national files hold everybody's. The versions before end the day the new ones begin; an
    area that is unchanged is left as it is, so the same file twice changes nothing. The
    municipality itself is made from their union the first time.

    Raises `PermissionDenied` or `BadGeometry`.
    """
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    if by is not None:
        policy.require_in(by, Permission.AREA_MANAGE, municipality.pk)
    shapes = [a for a in file.areas if a.code.startswith(municipality.code)]
    if not shapes:
        shapes = list(file.areas)
    polygons = dict(
        zip(
            [a.code for a in file.areas],
            file.polygons(municipality.metric_crs),
            strict=True,
        )
    )
    standing = {
        area.code: area
        for area in Area.objects.filter(municipality=municipality, kind=kind).valid_on(valid_from)
    }
    later = Area.objects.filter(municipality=municipality, kind=kind, valid_from__gt=valid_from)
    if later.exists():
        raise BadGeometry("There is a later version of these areas already.")
    root = _whole_municipality(municipality, [polygons[a.code] for a in shapes], valid_from)
    made = []
    for shape in shapes:
        boundary = shapely.to_wkb(polygons[shape.code])
        old = standing.pop(shape.code, None)
        if old is not None and bytes(old.boundary) == boundary and old.name == shape.name:
            continue
        parent = root
        if old is not None:
            parent = old.parent or root
            if old.valid_from == valid_from:
                old.boundary, old.name = boundary, shape.name
                old.save(update_fields=["boundary", "name"])
                continue
            _end(old, valid_from)
        made.append(
            Area(
                municipality=municipality,
                kind=kind,
                code=shape.code,
                name=shape.name,
                parent=parent,
                valid_from=valid_from,
                boundary=boundary,
                provenance=provenance,
            )
        )
    for gone in standing.values():
        _end(gone, valid_from)
    Area.objects.bulk_create(made)
    recorder.record(
        event="places.areas.imported",
        target=municipality,
        by=by,
        at=now,
        municipality=municipality.pk,
        after={"kind": kind, "valid_from": valid_from.isoformat()},
        counts={"new": len(made), "ended": len(standing), "read": len(shapes)},
    )
    return made


@recorder.atomic()
def merge_areas(
    *,
    municipality_id: int,
    name: str,
    code: str,
    part_ids: Sequence[int],
    by: User | None,
    now: datetime,
) -> Area:
    """Make a kommundel of areas: their union, and their parent from now on.

    Raises `PermissionDenied`, or `BadGeometry` if no part is given, one is foreign, or
    one already belongs to another kommundel.
    """
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    if by is not None:
        policy.require_in(by, Permission.AREA_MANAGE, municipality.pk)
    parts = list(
        Area.objects.filter(municipality=municipality, pk__in=part_ids)
        .exclude(kind__in=[AreaKind.MUNICIPALITY, AreaKind.DISTRICT])
        .select_related("parent")
    )
    if not parts or len(parts) != len(set(part_ids)):
        raise BadGeometry("A district is made of areas of the same municipality.")
    if any(part.parent and part.parent.kind == AreaKind.DISTRICT for part in parts):
        raise BadGeometry("One of the areas already belongs to a district.")
    if Area.objects.filter(
        Q(code=code) | Q(name__iexact=name),
        municipality=municipality,
        kind=AreaKind.DISTRICT,
    ).exists():
        raise BadGeometry("There is already a district of that name or code.")
    populations = [part.population for part in parts]
    years = {part.population_year for part in parts}
    known = None not in populations and len(years) == 1
    district = Area.objects.create(
        municipality=municipality,
        kind=AreaKind.DISTRICT,
        code=code,
        name=name,
        parent=parts[0].parent,
        valid_from=max(part.valid_from for part in parts),
        population=sum(p for p in populations if p is not None) if known else None,
        population_year=years.pop() if known else None,
        boundary=shapely.to_wkb(
            shapely.union_all([shapely.from_wkb(bytes(part.boundary)) for part in parts])
        ),
        provenance="merged from " + ", ".join(sorted(part.code for part in parts)),
    )
    Area.objects.filter(pk__in=[part.pk for part in parts]).update(parent=district)
    recorder.record(
        event="places.areas.merged",
        target=district,
        by=by,
        at=now,
        counts={"parts": len(parts)},
    )
    return district


@recorder.atomic()
def add_place(
    *,
    municipality_id: int,
    name: str,
    kind: str,
    access: str,
    longitude: float,
    latitude: float,
    by: User,
    now: datetime,
) -> Place:
    """Add a named place, never a dwelling, by its point in degrees.

    Raises `PermissionDenied`, or `BadGeometry` if it lies outside the municipality or
    there is one of that name.
    """
    municipality = Municipality.objects.get(pk=municipality_id)
    policy.require_in(by, Permission.AREA_MANAGE, municipality.pk)
    x, y = projection.transform(
        np.array([longitude]),
        np.array([latitude]),
        source=projection.WGS84,
        target=municipality.metric_crs,
    )
    whole = Area.objects.filter(
        municipality=municipality, kind=AreaKind.MUNICIPALITY, ends_before=None
    ).first()
    if whole is None or not shapely.contains_xy(shapely.from_wkb(bytes(whole.boundary)), x, y)[0]:
        raise BadGeometry("The place lies outside the municipality.")
    if Place.objects.filter(municipality=municipality, name__iexact=name).exists():
        raise BadGeometry("There is already a place of that name.")
    place = Place.objects.create(
        municipality=municipality,
        name=name,
        kind=kind,
        access=access,
        x_m=float(x[0]),
        y_m=float(y[0]),
    )
    recorder.record(
        event="places.place.added",
        target=place,
        by=by,
        at=now,
        after={"kind": kind, "access": access},
        changed=["name", "point"],
    )
    return place


def _whole_municipality(municipality: Municipality, polygons: list, valid_from: date) -> Area:
    root = Area.objects.filter(
        municipality=municipality, kind=AreaKind.MUNICIPALITY, ends_before=None
    ).first()
    if root is not None:
        return root
    return Area.objects.create(
        municipality=municipality,
        kind=AreaKind.MUNICIPALITY,
        code=municipality.code,
        name=municipality.name,
        valid_from=valid_from,
        boundary=shapely.to_wkb(shapely.union_all(polygons)),
        provenance="union of its areas",
    )


def _end(area: Area, day: date) -> None:
    area.ends_before = day
    area.save(update_fields=["ends_before"])
