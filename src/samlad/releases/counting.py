"""The incidents of a table, counted from the database; and what earlier tables have told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from samlad.incidents.models import Category, Incident, Source
from samlad.places.models import Area, AreaKind, within
from samlad.releases import tables
from samlad.releases.models import ReleasedTable
from samlad.releases.tables import Shown
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


def table(source: Source, category: Category, *, starts_on: date, ends_before: date) -> Made | None:
    """Return a table by kommundel and quarter, or None where there is nothing to count.

    Raises `tables.TooSmall` or `tables.Differs`.
    """
    columns = tables.quarters(starts_on, ends_before)
    districts = list(
        Area.objects.filter(
            municipality=source.municipality_id, kind=AreaKind.DISTRICT, ends_before=None
        )
        .defer("boundary")
        .order_by("name")
    )
    if not columns or not districts:
        return None
    rows = [(one.code, one.name) for one in districts] + [(REST, "")]
    counts = np.array(
        [
            [_count(source, category, code, districts, a, b) for _n, a, b in columns]
            for code, _n2 in rows
        ]
    )
    if not counts.sum():
        return None
    if not counts[-1].any():
        rows, counts = rows[:-1], counts[:-1]
    codes, names = [code for code, _name in rows], [name for name, _a, _b in columns]
    before = _told(source, category)
    others = _truth(source, category, districts, before)
    protected = tables.protect(counts, codes, names, before, others)
    content = {}
    for language in ("sv", "en"):
        with translation.override(language):
            content[language] = _content(source, category, rows, columns, protected)
    hidden = sum(cell == tables.HIDDEN for row in protected.cells for cell in row)
    return Made(content, columns[0][1], columns[-1][2], hidden, len(before), protected.shown)


def _count(
    source: Source, category: Category, code: str, districts: list[Area], a: date, b: date
) -> int:
    found = Incident.objects.accepted().filter(
        source=source, category=category, happened_on__gte=a, happened_on__lt=b
    )
    inside = within([one.code for one in districts])
    found = found.exclude(inside) if code == REST else found.filter(within([code]))
    return int(found.aggregate(n=Count("pk"))["n"])


def _told(source: Source, category: Category, *, but: int | None = None) -> list[Shown]:
    """Return every number ever released of a source and category, withdrawn ones too."""
    rows = ReleasedTable.objects.filter(source=source, category=category).filter(
        release__status__in=[Status.RELEASED, Status.WITHDRAWN]
    )
    return [
        Shown(tuple((a, b) for a, b in one["atoms"]), one["value"])
        for row in rows.exclude(pk=but)
        for one in row.shown
    ]


def check_again(row: ReleasedTable) -> None:
    """Check a drafted table against what was released since. Raises `tables.Differs`."""
    own = [Shown(tuple((a, b) for a, b in one["atoms"]), one["value"]) for one in row.shown]
    before = _told(row.source, row.category, but=row.pk)
    districts = list(
        Area.objects.filter(
            municipality=row.source.municipality_id, kind=AreaKind.DISTRICT, ends_before=None
        ).defer("boundary")
    )
    told = [*before, *own]
    tables.check(_truth(row.source, row.category, districts, told), told)


def _truth(
    source: Source, category: Category, districts: list[Area], told: list[Shown]
) -> dict[tables.Atom, int]:
    """Return the count of every atom that numbers told are made of."""
    return {
        (code, name): _count(source, category, code, districts, *tables.days_of(name))
        for code, name in {atom for one in told for atom in one.atoms}
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
