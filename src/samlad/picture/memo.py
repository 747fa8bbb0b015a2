"""The picture as it reads: what the page and the PDF both say, in their order.

Pure: the compiled document, what people decided and wrote, and the charts, in; rows out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from samlad.calendar.dayparts import daypart
from samlad.incidents.categories import CELL_M
from samlad.picture import beside, periods, sentences
from samlad.picture.beside import Shown
from samlad.picture.method_pages import PAGE_OF
from samlad.picture.workflow import Decision

HEADLINE_FINDINGS = 7
WEEKDAYS = {
    "sv": ["må", "ti", "on", "to", "fr", "lö", "sö"],
    "en": ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
}
HOURS_PER_ROW = 3
COVERAGE_NOTES = {
    "sv": {"unplaced": "utan plats", "outside": "utanför kommunen", "late": "sena"},
    "en": {"unplaced": "without a place", "outside": "outside the municipality", "late": "late"},
}
STATE_SIGNS = {"reported": "●", "zero": "0", "missing": "–"}
MOST_TABLE_ROWS = 60


@dataclass(frozen=True)
class FindingRow:
    """One finding as shown."""

    position: int
    certainty: str
    certainty_word: str
    title: str
    sentence: str
    source: str
    decision: str
    reason: str
    chart: Mapping[str, str] | None
    method: str
    since: str


@dataclass(frozen=True)
class TableRow:
    """One row of the table of areas; rows deeper in the tree are indented."""

    area: str
    depth: int
    source: str
    category: str
    observed: int
    expected: str
    interval: str
    certainty: str
    certainty_word: str


@dataclass(frozen=True)
class HourTable:
    """Weekday × three hours for one source, with a shade 0–4 beside each number."""

    source: str
    weekdays: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    without_hour: int
    dayparts: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class CoverageRow:
    """One source's last weeks: sign and count per week, and how it was used."""

    source: str
    invented: bool
    weeks: Sequence[tuple[str, str, int]]
    incidents: int
    unplaced: int
    outside: int
    late: int | None
    method: str
    notes: Sequence[str]


@dataclass(frozen=True)
class PlaceRow:
    """A place with many reports: no certainty word, and no finer than a 250 m cell."""

    area: str
    cell: str
    source: str
    incidents: int
    categories: str


@dataclass(frozen=True)
class Memo:
    """Everything that is read, from the title to how it was counted."""

    title: str
    headline: str
    built_on: str
    compared: str
    invented: bool
    findings: Sequence[FindingRow]
    more_findings: Sequence[FindingRow]
    serious: Sequence[tuple[str, str]]
    tested: str
    budget: str
    week_labels: Sequence[str]
    coverage: Sequence[CoverageRow]
    hours: Sequence[HourTable]
    places: Sequence[PlaceRow]
    notices: Sequence[Mapping[str, str]]
    notices_count: int
    table: Sequence[TableRow]
    table_total: int
    beside: Shown
    how: Sequence[str]
    hash: str


def memo(
    compiled: Mapping[str, Any],
    *,
    areas: Sequence[tuple[str, str, int]],
    decisions: Sequence[Mapping[str, Any]] = (),
    charts: Mapping[str, Any] | None = None,
    language: str = "sv",
    source: str = "",
    category: str = "",
    bins: int = 0,
    with_dismissed: bool = True,
    notes: Sequence[Mapping[str, str]] = (),
) -> Memo:
    """Return the memo; `source`, `category` and `bins` filter the table of areas.

    `areas` are (code, name, depth), wholes before their parts.
    """
    document = dict(compiled)
    findings = _findings(document, decisions, charts or {}, language, with_dismissed)
    rows = _table(document, areas, source, category, bins, language)
    return Memo(
        title=title(document, language),
        headline=sentences.headline(document, language),
        built_on=_built_on(document, language),
        compared=_compared(document, language),
        invented=any(one["invented"] for one in document["coverage"]),
        findings=findings[:HEADLINE_FINDINGS],
        more_findings=findings[HEADLINE_FINDINGS:],
        serious=[_serious(one, language) for one in document["serious"]],
        tested=sentences.tested_sentence(document, language),
        budget=sentences.budget_sentence(document, language),
        week_labels=_bin_labels(document, language),
        coverage=_who(document, language, with_silence=with_dismissed),
        hours=[
            _hours(document, one, language)
            for one in sorted(document["hours"], key=_total, reverse=True)
            if _total(one)
        ],
        places=[_place(one, language) for one in document.get("places", [])],
        notices=document["notices"].get("items", []),
        notices_count=document["notices"].get("count", 0),
        table=rows[:MOST_TABLE_ROWS],
        table_total=len(rows),
        beside=beside.shown(document, language, notes),
        how=_how(document, language, with_silence=with_dismissed),
        hash=document["hash"],
    )


def title(document: Mapping[str, Any], language: str = "sv") -> str:
    """Return the picture's title with its dates."""
    first, last = _dates(document)
    cadence = document["period"]["cadence"]
    names = periods.MONTH_NAMES[language]
    start = f"{first.day} {names[first.month - 1]}" if first.month != last.month else f"{first.day}"
    if first.year != last.year:
        start = f"{first.day} {names[first.month - 1]} {first.year}"
    dates = f"{start}–{last.day} {names[last.month - 1]} {last.year}"
    name = document["municipality"]["name"]
    word = {"sv": "Lägesbild", "en": "Situational picture"}[language]
    if cadence == "week":
        week = {"sv": "vecka", "en": "week"}[language]
        return f"{word} · {name} · {week} {first.isocalendar().week}, {dates}"
    label = periods.label(first, last + timedelta(1), cadence, language)
    return f"{word} · {name} · {label}"


def _dates(document: Mapping[str, Any]) -> tuple[date, date]:
    period = document["period"]
    first = date.fromisoformat(period["starts_on"])
    return first, date.fromisoformat(period["ends_before"]) - timedelta(1)


def _findings(
    document: dict[str, Any],
    decisions: Sequence[Mapping[str, Any]],
    charts: Mapping[str, Any],
    language: str,
    with_dismissed: bool,
) -> list[FindingRow]:
    decided = {one["position"]: one for one in decisions}
    lines = charts.get("lines", [])
    tested = document["tested"]["series"]
    rows = []
    for position, finding in enumerate(document["findings"]):
        decision = decided.get(position, {})
        state = decision.get("decision", Decision.OPEN)
        if state == Decision.DISMISSED and not with_dismissed:
            continue
        sentence = (
            finding["sentence"]
            if language == "sv"
            else sentences.finding_sentence(finding, tested, language)
        )
        rows.append(
            FindingRow(
                position=position,
                certainty=finding["certainty"],
                certainty_word=sentences.CERTAINTY[finding["certainty"]][language],
                title=sentences.finding_title(finding, language),
                sentence=decision.get("wording") or sentence,
                source=finding["source"]["name"],
                decision=state,
                reason=decision.get("reason", ""),
                chart=lines[position] if position < len(lines) else None,
                method=PAGE_OF.get(finding["method"], "false-alarms"),
                since=_since(finding.get("since"), language),
            )
        )
    return rows


def _since(first_on: str | None, language: str) -> str:
    """Return since when a known deviation goes on, "" for a new one."""
    if first_on is None:
        return ""
    year, week, _ = date.fromisoformat(first_on).isocalendar()
    return {"sv": f"pågår sedan v. {week} {year}", "en": f"since week {week}, {year}"}[language]


def _serious(one: Mapping[str, Any], language: str) -> tuple[str, str]:
    day = date.fromisoformat(one["happened_on"])
    names = periods.MONTH_NAMES[language]
    where = {"sv": "i", "en": "in"}[language]
    return (
        f"{one['category']['label']} {where} {one['area']['name']}",
        f"{day.day} {names[day.month - 1]} · {one['source']['name']}",
    )


def _built_on(document: Mapping[str, Any], language: str) -> str:
    used = [c for c in document["coverage"] if c["kind"] == "reports"]
    if not used:
        return ""
    reporting = [c for c in used if c["method"] != "silent"]
    incidents = sum(c["bins"][-1]["count"] for c in used if c["bins"])
    unplaced = sum(c["unplaced"] for c in used)
    late = sum(c["late"] or 0 for c in used)
    n = sentences.number(incidents, language, 0)
    if language == "en":
        return (
            f"Built on {n} incidents from {len(reporting)} of {len(used)} sources; "
            f"{late} late, {unplaced} without a place."
        )
    return (
        f"Byggd på {n} händelser från {len(reporting)} av {len(used)} källor; "
        f"{late} sena, {unplaced} utan plats."
    )


def _compared(document: Mapping[str, Any], language: str) -> str:
    rungs = {c["method"] for c in document["coverage"] if c["kind"] == "reports"} - {"silent"}
    said = "; ".join(sentences.METHODS[rung][language] for rung in sorted(rungs))
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _bin_labels(document: Mapping[str, Any], language: str) -> list[str]:
    longest: list[Mapping[str, Any]] = max(
        (c["bins"] for c in document["coverage"]), key=len, default=[]
    )
    labels = []
    for one in longest:
        start = date.fromisoformat(one["starts_on"])
        if document["period"]["cadence"] == "week":
            labels.append(str(start.isocalendar().week))
        elif document["period"]["cadence"] == "month":
            labels.append(periods.MONTH_NAMES[language][start.month - 1][:3])
        else:
            labels.append(str(start.year))
    return labels


def _who(document: Mapping[str, Any], language: str, *, with_silence: bool) -> list[CoverageRow]:
    """Return who has reported. Where there was a roll-call, outsiders see only its count."""
    if document.get("reporters") and not with_silence:
        return []
    return [_coverage(one, language) for one in document["coverage"]]


def _coverage(one: Mapping[str, Any], language: str) -> CoverageRow:
    return CoverageRow(
        source=one["source"]["name"],
        invented=one["invented"],
        weeks=[(STATE_SIGNS[b["state"]], b["state"], b["count"]) for b in one["bins"]],
        incidents=one["incidents"],
        unplaced=one["unplaced"],
        outside=one["outside"],
        late=one["late"],
        method=(
            sentences.METHODS[one["method"]][language]
            if one["method"] in {"notices", "silent", "describe", "irregular"}
            else ""
        ),
        notes=_notes(one, language),
    )


def _notes(one: Mapping[str, Any], language: str) -> list[str]:
    """Return what else is to be said of a source's coverage."""
    notes = [f"{one[kind]} {word}" for kind, word in COVERAGE_NOTES[language].items() if one[kind]]
    if one["last_before"] and one["bins"] and one["bins"][-1]["state"] == "missing":
        last = date.fromisoformat(one["last_before"]) - timedelta(1)
        year, week, _ = last.isocalendar()
        word = {"sv": "tyst sedan vecka", "en": "silent since week"}[language]
        notes.append(f"{word} {week} {year}")
    return notes


def _place(one: Mapping[str, Any], language: str) -> PlaceRow:
    return PlaceRow(
        area=one["area"]["name"],
        cell=sentences.cell(one["cell"], CELL_M, language),
        source=one["source"]["name"],
        incidents=one["incidents"],
        categories=", ".join(
            f"{kind['label']} {sentences.number(kind['incidents'], language, 0)}"
            for kind in one["categories"]
        ),
    )


def _total(hours: Mapping[str, Any]) -> float:
    return sum(sum(row) for row in hours["counts"])


def _hours(document: Mapping[str, Any], one: Mapping[str, Any], language: str) -> HourTable:
    names = {c["source"]["code"]: c["source"]["name"] for c in document["coverage"]}
    counts = one["counts"]
    blocks = [
        [round(sum(counts[day][hour : hour + HOURS_PER_ROW])) for day in range(7)]
        for hour in range(0, 24, HOURS_PER_ROW)
    ]
    highest = max(max(row) for row in blocks)
    parts: dict[str, float] = defaultdict(float)
    for day in range(7):
        for hour in range(24):
            parts[daypart(day, hour).value] += counts[day][hour]
    return HourTable(
        source=names[one["source"]],
        weekdays=WEEKDAYS[language],
        rows=[
            (
                f"{i * HOURS_PER_ROW:02}–{(i + 1) * HOURS_PER_ROW:02}",
                [(n, -(-4 * n // highest) if highest else 0) for n in row],
            )
            for i, row in enumerate(blocks)
        ],
        without_hour=one["without_hour"],
        dayparts=sorted(
            ((part, round(number)) for part, number in parts.items()), key=lambda item: -item[1]
        ),
    )


def _table(
    document: Mapping[str, Any],
    areas: Sequence[tuple[str, str, int]],
    source: str,
    category: str,
    bins: int,
    language: str,
) -> list[TableRow]:
    names = {c["source"]["code"]: c["source"]["name"] for c in document["coverage"]}
    labels = category_labels(document)
    place = {code: (i, name, depth) for i, (code, name, depth) in enumerate(areas)}
    longest = bins or max((row["bins"] for row in document["table"]), default=1)
    chosen = [
        row
        for row in document["table"]
        if row["bins"] == longest
        and source in {"", row["source"]}
        and category in {"", row["category"]}
        and row["area"] in place
    ]
    rank = {"tydlig": 0, "möjlig": 1, "ingen": 2}
    chosen.sort(
        key=lambda r: (
            rank[r["certainty"]],
            r["q"] if r["q"] is not None else 2,
            place[r["area"]][0],
            -r["observed"],
            r["source"],
            r["category"],
        )
    )
    return [
        TableRow(
            area=place[row["area"]][1],
            depth=place[row["area"]][2],
            source=names[row["source"]],
            category=labels.get(row["category"], row["category"]),
            observed=row["observed"],
            expected=(
                "" if row["expected"] is None else sentences.number(row["expected"], language)
            ),
            interval=(
                ""
                if row["lower"] is None
                else f"{sentences.number(row['lower'], language, 0)}–"
                f"{sentences.number(row['upper'], language, 0)}"
            ),
            certainty=row["certainty"],
            certainty_word=(
                row["certainty"]
                if row["certainty"] != "ingen"
                else (
                    "–"
                    if row["p"] is not None
                    else {"sv": "prövas ej", "en": "not tested"}[language]
                )
            ),
        )
        for row in chosen
    ]


def category_labels(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the categories that occur, by code."""
    return dict(document["category_labels"])


def _how(document: Mapping[str, Any], language: str, *, with_silence: bool) -> list[str]:
    """Return how it was counted; each rung of the ladder said once, with who stands on it.

    Who was silent in a roll-call is not for outsiders.
    """
    unsaid = {"silent", "irregular"} if document.get("reporters") and not with_silence else set()
    weeks = {"sv": "veckor", "en": "weeks"}[language]
    by_method: dict[str, list[str]] = defaultdict(list)
    for one in document["coverage"]:
        if one["method"] in unsaid:
            continue
        name = one["source"]["name"]
        if one["method"] not in {"notices", "silent", "irregular"}:
            name += f" ({one['history_weeks']} {weeks})"
        by_method[one["method"]].append(name)
    how = []
    for method, names in sorted(by_method.items()):
        rule = sentences.METHODS[method][language]
        how.append(f"{rule[0].upper()}{rule[1:]}: {', '.join(names)}.")
    if document["areas_note"]:
        how.append(document["areas_note"])
    if document["tested"]["series"]:
        how.append(sentences.DISTRIBUTION[language])
    seed = {"sv": "Frö", "en": "Seed"}[language]
    how.append(f"{seed} {document['seed']}.")
    return how
