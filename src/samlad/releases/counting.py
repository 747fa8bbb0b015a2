"""The incidents of a table, counted from the database; and what earlier tables have told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from samlad.incidents.models import Category, Incident, Source
from samlad.places import shapes
from samlad.places.models import Area, AreaKind, within
from samlad.releases import periods, tables
from samlad.releases.models import ReleasedTable
from samlad.releases.periods import Period
from samlad.releases.tables import Layout, Part, Protected, Shown, Told, part
from samlad.releases.workflow import ByArea, ByTime, Status

REST = "rest"


@dataclass(frozen=True)
class Made:
    """A table ready to be drafted: its content, how many numbers are hidden, what it tells."""

    content: dict[str, Any]
    starts_on: date
    ends_before: date
    hidden: int
    earlier: int
    told: Told


def below(category: Category) -> int:
    """Return under which count a number is hidden: of what is near persons, and of things."""
    return tables.BELOW if category.person_near else tables.OF_THINGS


def table(
    source: Source,
    category: Category,
    *,
    by_area: ByArea,
    by_time: ByTime,
    starts_on: date,
    ends_before: date,
) -> Made | None:
    """Return a table of whole months or quarters, or None where there is nothing to count.

    Raises `tables.TooSmall`, `tables.Differs` or `tables.Changed`.
    """
    columns = periods.whole(by_time, starts_on, ends_before)
    districts = _districts(source)
    if not columns or (by_area == ByArea.DISTRICT and not districts):
        return None
    starts_on, ends_before = columns[0].first, columns[-1].before
    grid = _grid(source, category, districts, starts_on, ends_before)
    if not any(grid.values()):
        return None
    names = {one.code: one.name for one in districts} | {REST: ""}
    layout = _layout(by_area, list(names), grid, columns)
    rows = [source.municipality.name]
    if by_area == ByArea.DISTRICT:
        rows = [names[code] for (code,) in layout.rows]
    before = _told(source, category)
    protected = tables.protect(layout, grid, before, below=below(category))
    content = {}
    for language in ("sv", "en"):
        with translation.override(language):
            content[language] = _content(
                source, category, (by_area, by_time), rows, columns, protected
            )
    if by_area == ByArea.DISTRICT:
        content["sv"]["shapes"] = _shapes(source, districts)
    hidden = sum(cell == tables.HIDDEN for row in protected.cells for cell in row)
    return Made(content, starts_on, ends_before, hidden, len(before), protected.told)


def _layout(
    by_area: ByArea, areas: list[str], grid: Mapping[Part, int], columns: list[Period]
) -> Layout:
    """Return what the cells of a table count; what lies in no area has a row where there is any."""
    rows = [tuple(areas)]
    if by_area == ByArea.DISTRICT:
        counted = {area for key, n in grid.items() if n for area, _month in key}
        rows = [(area,) for area in areas if area != REST or area in counted]
    return Layout(tuple(rows), tuple(one.months for one in columns))


def _told(source: Source, category: Category, *, but: int | None = None) -> list[Told]:
    """Return every table ever released of a source and category, withdrawn ones too."""
    rows = ReleasedTable.objects.filter(source=source, category=category).filter(
        release__status__in=[Status.RELEASED, Status.SUPERSEDED, Status.WITHDRAWN]
    )
    return [_as_told(row) for row in rows.exclude(pk=but)]


def _as_told(row: ReleasedTable) -> Told:
    grid = {_part(area, period): n for area, period, n in row.grid}
    times = sorted({period for _area, period, _n in row.grid})
    shown = [
        Shown(tuple(sorted(atom for pair in one["atoms"] for atom in _part(*pair))), one["value"])
        for one in row.shown
    ]
    areas = sorted({area for area, _period, _n in row.grid})
    if REST not in areas:  # a row without a count was left out, of the grid too
        unseen = [_part(REST, period) for period in times]
        grid |= dict.fromkeys(unseen, 0)
        shown += [Shown(one, 0) for one in unseen]
    columns = periods.whole(ByTime(row.by_time), row.starts_on, row.ends_before)
    layout = _layout(ByArea(row.by_area), areas, grid, columns)
    return Told(layout, tuple(shown), grid, row.below)


def _part(area: str, period: str) -> Part:
    return part([[area]], [periods.months(period)])


def check_again(row: ReleasedTable) -> None:
    """Check a drafted table against what was released since, and against its counts as they are.

    Raises `tables.Differs` or `tables.Changed`.
    """
    told = _as_told(row)
    now = _grid(row.source, row.category, _districts(row.source), row.starts_on, row.ends_before)
    if tables.sums(told.grid, now) != list(told.grid.values()):
        raise tables.Changed("counted otherwise since the draft")
    tables.check([*_told(row.source, row.category, but=row.pk), told])


def _districts(source: Source) -> list[Area]:
    rows = Area.objects.filter(
        municipality=source.municipality_id, kind=AreaKind.DISTRICT, ends_before=None
    )
    return list(rows.defer("boundary").order_by("name"))


def _grid(
    source: Source, category: Category, districts: list[Area], starts_on: date, ends_before: date
) -> dict[Part, int]:
    """Return the count of each kommundel, and of the rest, in each month."""
    found = Incident.objects.accepted().filter(
        source=source, category=category, happened_on__gte=starts_on, happened_on__lt=ends_before
    )
    codes = [one.code for one in districts]
    of_area = {code: found.filter(within([code])) for code in codes}
    of_area[REST] = found.exclude(within(codes))
    months = [one.name for one in periods.whole(ByTime.MONTH, starts_on, ends_before)]
    grid: dict[Part, int] = {((area, month),): 0 for area in of_area for month in months}
    for area, rows in of_area.items():
        by_month = rows.order_by().annotate(month=TruncMonth("happened_on")).values_list("month")
        for month, n in by_month.annotate(n=Count("pk")):
            grid[((area, f"{month:%Y-%m}"),)] = n
    return grid


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
    levels: tuple[ByArea, ByTime],
    rows: list[str],
    columns: list[Period],
    protected: Protected,
) -> dict[str, Any]:
    english = translation.get_language() == "en"
    what = category.label_en if english else category.label_sv
    title, description = {
        (ByArea.DISTRICT, ByTime.QUARTER): (
            _("%(what)s by district and quarter"),
            _("Reported incidents (%(what)s) from %(source)s, by district and quarter."),
        ),
        (ByArea.DISTRICT, ByTime.MONTH): (
            _("%(what)s by district and month"),
            _("Reported incidents (%(what)s) from %(source)s, by district and month."),
        ),
        (ByArea.MUNICIPALITY, ByTime.QUARTER): (
            _("%(what)s by quarter"),
            _("Reported incidents (%(what)s) from %(source)s, by quarter."),
        ),
        (ByArea.MUNICIPALITY, ByTime.MONTH): (
            _("%(what)s by month"),
            _("Reported incidents (%(what)s) from %(source)s, by month."),
        ),
    }[levels]
    by_area, by_time = levels
    return {
        "title": title % {"what": what},
        "summary": _("A table of %(what)s, as CSV and JSON.") % {"what": what.lower()},
        "description": description % {"what": what.lower(), "source": source.name}
        + " "
        + _("What is reported is not all that happens."),
        "keywords": [what.lower(), _("safety")],
        "source": f"{source.name} ({_('invented')})" if source.is_invented else source.name,
        "rule": _(
            "Numbers from 1 to 4 are hidden (..), and as many more as keep them hidden. Zeros are "
            "shown."
        )
        if protected.told.below
        else _(
            "Of things, not of persons: told as it is counted, for no finer area than a district."
        ),
        "row_name": _("District") if by_area == ByArea.DISTRICT else _("Municipality"),
        "column_name": _("Quarter") if by_time == ByTime.QUARTER else _("Month"),
        "columns": [one.name for one in columns],
        "rows": [
            {"name": name or _("elsewhere, or place not known"), "cells": cells, "total": total}
            for name, cells, total in zip(rows, protected.cells, protected.row_totals, strict=True)
        ],
        "column_totals": protected.column_totals,
        "total": protected.total,
        "starts_on": columns[0].first.isoformat(),
        "ends_on": periods.last_day(columns[-1].before).isoformat(),
    }
