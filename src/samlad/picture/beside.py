"""What stands beside the findings: who sees what, what goes on, what is coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from samlad.incidents.tables import CountTable
from samlad.picture import periods
from samlad.picture.periods import Period

MATRIX_ROWS = 60


@dataclass(frozen=True)
class Beside:
    """What the rooms above and beside pass in when a picture is compiled.

    `ongoing` holds, of the adopted picture before, what was found: `{source, category, area,
    since}` by code. `reporters` is `{submitted, expected}`; `unreviewed` reports were left out.
    """

    ongoing: Sequence[Mapping[str, Any]] = ()
    events: Sequence[Mapping[str, Any]] = ()
    days: Sequence[Mapping[str, Any]] = ()
    adopted: Sequence[Mapping[str, Any]] = ()
    reporters: Mapping[str, int] | None = None
    unreviewed: int = 0


def with_since(
    findings: Sequence[dict[str, Any]], ongoing: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the findings, those known from before with the day they go on since.

    A deviation is known where the same source and category deviated in the same area, in a
    part of it that was named alone, or in the whole it is a part of.
    """
    known = {
        (one["source"], one["category"], one["area"]): str(one["since"])
        for one in sorted(ongoing, key=lambda one: str(one["since"]), reverse=True)
    }
    return [
        {
            **finding,
            "since": known.get(
                (finding["source"]["code"], finding["category"]["code"], finding["area"]["code"])
            ),
        }
        for finding in findings
    ]


def matrix(tables: Sequence[CountTable], period: Period, length: int) -> list[dict[str, Any]]:
    """Return who sees what: per category and part, each source's count of the last bins.

    `only` names the source that sees what no other does. Sources are never added up. Most
    one-sided first, then the largest.
    """
    counted: dict[tuple[str, str], dict[str, int]] = {}
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    for table in tables:
        if table.source.kind == "notices" or not len(table.bins):
            continue
        recent = table.counts[:, :, -length:].sum(axis=2)
        for a, area in enumerate(table.areas):
            if area.parent != 0:
                continue
            for c in np.flatnonzero(recent[a]):
                category = table.categories[c]
                if category.serious:
                    continue
                key = (category.code, area.code)
                labels[key] = (category.label, area.name)
                counted.setdefault(key, {})[table.source.code] = int(recent[a, c])
    rows: list[dict[str, Any]] = [
        {
            "category": {"code": category, "label": labels[category, area][0]},
            "area": {"code": area, "name": labels[category, area][1]},
            "counts": dict(sorted(by_source.items())),
            "only": next(iter(by_source)) if len(by_source) == 1 else None,
        }
        for (category, area), by_source in counted.items()
    ]
    rows.sort(
        key=lambda row: (
            row["only"] is None,
            -max(row["counts"].values()),
            row["category"]["label"],
            row["area"]["name"],
        )
    )
    return rows[:MATRIX_ROWS]


@dataclass(frozen=True)
class MatrixRow:
    """One category in one part: a number (or None) per source, and who alone sees it."""

    category: str
    area: str
    numbers: Sequence[int | None]
    only: str


@dataclass(frozen=True)
class Shown:
    """What is read beside the findings, in the reader's language."""

    sources: Sequence[str] = ()
    rows: Sequence[MatrixRow] = ()
    events: Sequence[str] = ()
    days: Sequence[str] = ()
    adopted: Sequence[Mapping[str, Any]] = field(default_factory=list)
    notes: Sequence[Mapping[str, Any]] = field(default_factory=list)
    reporters: str = ""
    unreviewed: str = ""


def shown(
    document: Mapping[str, Any], language: str, notes: Sequence[Mapping[str, str]] = ()
) -> Shown:
    """Return what the page and the PDF say beside the findings."""
    names = {
        one["source"]["code"]: one["source"]["name"]
        for one in document["coverage"]
        if one["kind"] == "reports"
    }
    used = {code for row in document.get("matrix", []) for code in row["counts"]}
    codes = [code for code in names if code in used]
    reporters, swedish = document.get("reporters"), language == "sv"
    left_out = document.get("unreviewed", 0)
    return Shown(
        sources=[names[code] for code in codes],
        rows=[
            MatrixRow(
                row["category"]["label"],
                row["area"]["name"],
                [row["counts"].get(code) for code in codes],
                names.get(row["only"] or "", ""),
            )
            for row in document.get("matrix", [])
        ],
        events=[_event(one, language) for one in document.get("events", [])],
        days=[
            f"{one['name']}, {_day(date.fromisoformat(one['on']), language)}"
            for one in document.get("days", [])
        ],
        adopted=[
            {
                **one,
                "label": periods.label(
                    date.fromisoformat(one["starts_on"]),
                    date.fromisoformat(one["ends_before"]),
                    one["cadence"],
                    language,
                ),
            }
            for one in document.get("adopted", [])
        ],
        notes=notes,
        reporters=(
            ""
            if not reporters
            else (
                f"{reporters['submitted']} av {reporters['expected']} har lämnat."
                if swedish
                else f"{reporters['submitted']} of {reporters['expected']} have submitted."
            )
        ),
        unreviewed=(
            ""
            if not left_out
            else (
                f"{left_out} rapporter var inte granskade och är inte med."
                if swedish
                else f"{left_out} reports were not reviewed and are left out."
            )
        ),
    )


def _day(day: date, language: str) -> str:
    return f"{day.day} {periods.MONTH_NAMES[language][day.month - 1]}"


def _event(one: Mapping[str, Any], language: str) -> str:
    first, last = date.fromisoformat(one["starts_on"]), date.fromisoformat(one["ends_on"])
    when = _day(first, language)
    if last != first:
        when += f"–{_day(last, language)}"
    return " · ".join(part for part in (one["name"], one["where"], when, one["attendance"]) if part)


def next_period(period: Period) -> tuple[date, date]:
    """Return the first day and the end of the period after: what is coming."""
    length = max((period.ends_before - period.starts_on).days, 7)
    return period.ends_before, period.ends_before + timedelta(length)
