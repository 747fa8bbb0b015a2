"""What the picture's page and its PDF are given: the memo for this reader."""

from __future__ import annotations

import json
from typing import Any

import shapely

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.picture import area_shapes, charts, memo, queries, report
from samlad.picture.memo import Memo
from samlad.picture.models import ADOPTED, Picture
from samlad.picture.rules import REASONS, NotAllowed, check_adopt, check_edit, check_reopen
from samlad.picture.workflow import Decision, SectionKind, Status
from samlad.places import queries as places
from samlad.places import shapes

DEGREES = 6  # decimals: a decimetre
SIMPLER_THAN_M = 5.0


def read(
    picture: Picture,
    *,
    source: str = "",
    category: str = "",
    bins: int = 0,
    public: bool = False,
) -> Memo:
    """Return the memo of a compiled picture; `public` leaves out dismissed findings."""
    versions = shapes.areas_on(picture.municipality, picture.starts_on)
    depth: dict[int, int] = {}
    rows = []
    for version in versions:
        depth[version.pk] = depth.get(version.parent or 0, -1) + 1
        rows.append((version.code, version.name, depth[version.pk]))
    return memo.memo(
        picture.compiled,
        areas=rows,
        decisions=queries.decisions(picture),
        charts=picture.charts,
        language=queries.language(),
        source=source,
        category=category,
        bins=bins,
        with_dismissed=not public,
        notes=queries.notes(picture),
    )


def is_inside(picture: Picture, user: User) -> bool:
    """Tell whether the reader works inside the authority, and sees what was dismissed."""
    return policy.can(user, Permission.PICTURE_READ_DRAFT, picture)


def allowed(picture: Picture, user: User) -> dict[str, Any]:
    """Return which buttons this reader has, and why one is closed."""
    may_edit = policy.can(user, Permission.PICTURE_EDIT, picture)
    may_adopt = policy.can(user, Permission.PICTURE_ADOPT, picture)
    return {
        "inside": is_inside(picture, user),
        "edit": may_edit and _open(check_edit, picture),
        "recompile": may_edit and picture.status == Status.DRAFT,
        "reopen": may_edit and _open(check_reopen, picture),
        "adopt": may_adopt and not picture.in_round and _open(check_adopt, picture),
        "adopt_closed": ""
        if not may_adopt or picture.status in ADOPTED
        else _why(check_adopt, picture),
        "share": picture.status in ADOPTED and policy.can(user, Permission.PICTURE_SHARE, picture),
    }


def _open(check: Any, picture: Picture) -> bool:
    return not _why(check, picture)


def _why(check: Any, picture: Picture) -> str:
    try:
        check(picture)
    except NotAllowed as refusal:
        return str(REASONS[refusal.reason])
    return ""


def pdf(picture: Picture) -> bytes:
    """Return the picture as PDF: of an adopted one always the same bytes."""
    written = queries.sections(picture)
    language = queries.language()
    adopted = picture.adopted_at
    state = str(Status(picture.status).label)
    if adopted is not None:
        state = f"{state} {adopted:%Y-%m-%d}, nr {picture.number}"
    return report.render(
        read(picture, public=True),
        state=state + ".",
        author=picture.municipality.name,
        charts_map=picture.charts.get("map"),
        sections=[(str(kind.label), written[kind]) for kind in SectionKind],
        hash_=picture.frozen_hash or picture.compiled["hash"],
        language=language,
    )


def geojson(picture: Picture, *, source: str, category: str, public: bool) -> dict[str, Any]:
    """Return the smallest areas with their certainty word, for the map."""
    areas = area_shapes.map_areas(picture.municipality, picture.starts_on)
    compiled = picture.compiled
    if public:
        decisions = {one["position"]: one["decision"] for one in queries.decisions(picture)}
        kept = [
            finding
            for position, finding in enumerate(compiled["findings"])
            if decisions.get(position) != Decision.DISMISSED
        ]
        compiled = {**compiled, "findings": kept}
    words = charts.certainty_by_area(compiled, areas, source=source, category=category)
    versions = {
        version.code: version
        for version in shapes.areas_on(picture.municipality, picture.starts_on)
    }
    features = []
    for number, area in enumerate(a for a in areas if a.is_part):
        version = versions[area.code]
        simple = shapely.simplify(area.boundary, SIMPLER_THAN_M, preserve_topology=True)
        shape = places.boundary_as_degrees(simple, picture.municipality)
        word = words[area.code]
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "id": number,
                    "code": area.code,
                    "name": version.name,
                    "certainty": word,
                    "text": f"{version.name}: {word} avvikelse",
                },
                "geometry": json.loads(
                    shapely.to_geojson(shapely.set_precision(shape, 10.0**-DEGREES))
                ),
            }
        )
    return {"type": "FeatureCollection", "features": features}
