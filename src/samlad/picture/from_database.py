"""A picture's inputs from the incidents of a municipality: what the page compiles."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from samlad.accounts.models import User
from samlad.calendar import queries as calendar
from samlad.incidents import count_queries
from samlad.incidents import queries as incidents
from samlad.incidents.tables import CountTable
from samlad.picture import beside, clustering, queries
from samlad.picture.beside import Beside
from samlad.picture.compiling import Inputs, Neighbours
from samlad.picture.heard import Heard, with_roll_call
from samlad.picture.models import Picture
from samlad.picture.periods import Cadence, Period, default_seed
from samlad.picture.testing import WINDOWS
from samlad.places import queries as places
from samlad.places import shapes
from samlad.places.queries import AreaVersion


def prepare(picture: Picture, *, user: User, seed: int | None = None) -> Inputs:
    """Return what the picture is compiled from, as `user` may read it."""
    municipality = picture.municipality
    period = Period(Cadence(picture.cadence), picture.starts_on, picture.ends_before)
    given = picture.given
    excluded = frozenset(given.get("excluded", []))
    versions = places.area_versions(municipality)
    areas = shapes.areas_on(municipality, period.starts_on)
    window = period.window(WINDOWS[period.cadence][-1])
    heard = {code: Heard.from_json(kept) for code, kept in given.get("roll_call", {}).items()}
    tables = []
    for source in incidents.sources(municipality, user):
        span = count_queries.span(source)
        if span is None or span[0] >= period.ends_before:
            continue
        table = count_queries.counts(
            source=source,
            user=user,
            areas=areas,
            every_version=versions,
            bins=period.bins(span[0]),
            began_on=span[0],
            weekly=period.cadence is Cadence.WEEK,
            window=window,
            excluded=excluded,
        )
        known = heard.get(source.code)
        tables.append(table if known is None else with_roll_call(table, known))
    serious = incidents.serious(
        municipality=municipality,
        user=user,
        starts_on=period.starts_on,
        ends_before=period.ends_before,
        excluded=excluded,
    )
    notices = incidents.notices(
        municipality=municipality, user=user, starts_on=window[0], ends_before=window[1]
    )
    listed = any(table.source.kind == "notices" for table in tables)
    return Inputs(
        municipality={"code": municipality.code, "name": municipality.name},
        period=period,
        tables=tables,
        files=incidents.file_rows(municipality, user, ends_before=period.ends_before),
        seed=default_seed(period) if seed is None else seed,
        county=municipality.code[:2],
        neighbours=_neighbours(areas),
        serious=[
            {
                "category": {"code": one.category_code, "label": one.category},
                "area": {"code": one.area_code, "name": one.area},
                "source": {"code": one.source_code, "name": one.source},
                "happened_on": one.happened_on,
            }
            for one in serious
        ],
        notices={"count": len(notices), "items": [_notice(one) for one in notices]}
        if listed and notices
        else ({"count": 0} if listed else {}),
        late=_late(picture, user, window),
        beside=_beside(picture, period),
    )


def packed(tables: Sequence[CountTable]) -> bytes:
    """Return the count tables as a compressed file, for an adopted picture to keep."""
    file = io.BytesIO()
    arrays: dict[str, Any] = {}
    for table in tables:
        code = table.source.code
        arrays[f"{code}.counts"] = table.counts
        arrays[f"{code}.observed"] = table.observed
        arrays[f"{code}.starts"] = np.array([d.toordinal() for d in table.bins.starts])
        arrays[f"{code}.areas"] = np.array([area.code for area in table.areas])
        arrays[f"{code}.categories"] = np.array([c.code for c in table.categories])
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _neighbours(areas: Sequence[AreaVersion]) -> Neighbours | None:
    if not areas:
        return None
    parts = [area for area in areas if area.parent == areas[0].pk]
    if len(parts) < clustering.AREAS_NEEDED:
        return None
    weights = clustering.touching([part.boundary for part in parts])
    return Neighbours(tuple(part.code for part in parts), weights)


def _beside(picture: Picture, period: Period) -> Beside:
    """Return what stands beside the findings: known from before, said, and coming."""
    starts_on, ends_before = beside.next_period(period)
    municipality = picture.municipality
    return Beside(
        ongoing=queries.ongoing(picture),
        events=[
            {
                "name": one.name,
                "where": one.where,
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
                "attendance": one.attendance,
            }
            for one in calendar.coming(municipality, starts_on=starts_on, ends_before=ends_before)
        ],
        days=[
            {"on": on, "name": name}
            for on, name in calendar.special_days(
                starts_on=starts_on, ends_before=ends_before, county=municipality.code[:2]
            )
        ],
        adopted=queries.adopted_within(picture),
        reporters=picture.given.get("reporters"),
        unreviewed=picture.given.get("unreviewed", 0),
    )


def _notice(notice: incidents.Notice) -> dict[str, Any]:
    return {
        "type": notice.category,
        "happened_on": notice.happened_on,
        "area": notice.area,
        "link": notice.link,
    }


def _late(picture: Picture, user: User, window: tuple) -> dict[str, int] | None:
    """Return, per source, the rows of earlier weeks that came after the last adopted picture."""
    before = (
        Picture.objects.adopted()
        .filter(municipality_id=picture.municipality_id, ends_before__lt=picture.ends_before)
        .order_by("-ends_before")
        .first()
    )
    if before is None or before.compiled_at is None:
        return None
    return {
        source.code: incidents.count_late(
            source=source,
            since=before.compiled_at,
            starts_on=window[0],
            ends_before=before.ends_before,
        )
        for source in incidents.sources(picture.municipality, user)
    }
