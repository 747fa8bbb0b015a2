"""The incidents of a table, counted from the database; and what earlier tables have told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from samlad.incidents.models import Category, Incident, Source
from samlad.places import shapes
from samlad.places.models import Area, AreaKind, within
from samlad.releases import tables
from samlad.releases.models import ReleasedTable
from samlad.releases.tables import Shown, Told
from samlad.releases.workflow import Status

REST = "rest"


@dataclass(frozen=True)
class Made:
    """A table ready to be drafted: its content, how many numbers are hidden, what it shows."""

    content: dict[str, Any]
    starts_on: date
    ends_before: date
    hidden: int
    earlier: int
    shown: list[Shown]
    grid: list[tuple[str, str, int]]


def table(source: Source, category: Category, *, starts_on: date, ends_before: date) -> Made | None:
    """Return a table by kommundel and quarter, or None where there is nothing to count.

    Raises `tables.TooSmall`, `tables.Differs` or `tables.Changed`.
    """
    columns = tables.quarters(starts_on, ends_before)
    districts = _districts(source)
    if not columns or not districts:
        return None
    names = [name for name, _a, _b in columns]
    grid = _grid(source, category, starts_on, ends_before)
    rows = [(one.code, one.name) for one in districts] + [(REST, "")]
    counts = np.array([[grid[code, name] for name in names] for code, _label in rows])
    if not counts.sum():
        return None
    if not counts[-1].any():
        rows, counts = rows[:-1], counts[:-1]
    codes = [code for code, _label in rows]
    before = _told(source, category)
    protected = tables.protect(counts, codes, names, before)
    content = {}
    for language in ("sv", "en"):
        with translation.override(language):
            content[language] = _content(source, category, rows, columns, protected)
    content["sv"]["shapes"] = _shapes(source, districts)
    hidden = sum(cell == tables.HIDDEN for row in protected.cells for cell in row)
    return Made(
        content, columns[0][1], columns[-1][2], hidden, len(before), protected.shown,
        [(code, name, grid[code, name]) for code in codes for name in names],
    )  # fmt: skip


def _count(
    source: Source, category: Category, code: str, districts: list[Area], a: date, b: date
) -> int:
    found = Incident.objects.accepted().filter(
        source=source, category=category, happened_on__gte=a, happened_on__lt=b
    )
    inside = within([one.code for one in districts])
    found = found.exclude(inside) if code == REST else found.filter(within([code]))
    return int(found.aggregate(n=Count("pk"))["n"])


def _told(source: Source, category: Category, *, but: int | None = None) -> list[Told]:
    """Return every table ever released of a source and category, withdrawn ones too."""
    rows = ReleasedTable.objects.filter(source=source, category=category).filter(
        release__status__in=[Status.RELEASED, Status.SUPERSEDED, Status.WITHDRAWN]
    )
    return [_as_told(row) for row in rows.exclude(pk=but)]


def _as_told(row: ReleasedTable) -> Told:
    return Told(
        shown=tuple(
            Shown(tuple((a, b) for a, b in one["atoms"]), one["value"]) for one in row.shown
        ),
        grid={(area, quarter): n for area, quarter, n in row.grid},
    )


def check_again(row: ReleasedTable) -> None:
    """Check a drafted table against what was released since, and against its counts as they are.

    Raises `tables.Differs` or `tables.Changed`.
    """
    told = _as_told(row)
    grid = _grid(row.source, row.category, row.starts_on, row.ends_before)
    if any(grid.get(atom, 0) != n for atom, n in told.grid.items()):
        raise tables.Changed("counted otherwise since the draft")
    tables.check([*_told(row.source, row.category, but=row.pk), told])


def _districts(source: Source) -> list[Area]:
    rows = Area.objects.filter(
        municipality=source.municipality_id, kind=AreaKind.DISTRICT, ends_before=None
    )
    return list(rows.defer("boundary").order_by("name"))


def _grid(
    source: Source, category: Category, starts_on: date, ends_before: date
) -> dict[tables.Atom, int]:
    """Return the count of each kommundel, and of the rest, in each quarter."""
    districts = _districts(source)
    return {
        (code, name): _count(source, category, code, districts, first, before)
        for name, first, before in tables.quarters(starts_on, ends_before)
        for code in [*(one.code for one in districts), REST]
    }


def _shapes(source: Source, districts: list[Area]) -> dict[str, Any]:
    """Return the outline of each district in degrees (WGS 84), simplified as on the maps."""
    outlines = json.loads(shapes.as_geojson(source.municipality, timezone.localdate()))
    codes = {one.code: one.name for one in districts}
    return {
        codes[feature["properties"]["code"]]: feature["geometry"]
        for feature in outlines["features"]
        if feature["properties"].get("code") in codes
    }


def _content(
    source: Source,
    category: Category,
    rows: list[tuple[str, str]],
    columns: list[tuple[str, date, date]],
    protected: tables.Protected,
) -> dict[str, Any]:
    english = translation.get_language() == "en"
    what = category.label_en if english else category.label_sv
    names = [name or _("elsewhere, or place not known") for _code, name in rows]
    return {
        "title": _("%(what)s by district and quarter") % {"what": what},
        "summary": _("A table of %(what)s, as CSV and JSON.") % {"what": what.lower()},
        "description": _(
            "Reported incidents (%(what)s) from %(source)s, by district and quarter. What is "
            "reported is not all that happens."
        )
        % {"what": what.lower(), "source": source.name},
        "keywords": [what.lower(), _("safety")],
        "source": f"{source.name} ({_('invented')})" if source.is_invented else source.name,
        "rule": _(
            "Numbers from 1 to 4 are hidden (..), and as many more as keep them hidden. Zeros are "
            "shown."
        ),
        "row_name": _("District"),
        "columns": [name for name, _a, _b in columns],
        "rows": [
            {"name": name, "cells": cells, "total": total}
            for name, cells, total in zip(names, protected.cells, protected.row_totals, strict=True)
        ],
        "column_totals": protected.column_totals,
        "total": protected.total,
        "starts_on": columns[0][1].isoformat(),
        "ends_on": tables.last_day(columns[-1][2]).isoformat(),
    }
