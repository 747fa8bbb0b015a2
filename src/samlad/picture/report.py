"""The picture as an accessible PDF: the memo's rows into the Typst template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from samlad.picture import sentences
from samlad.picture.memo import FindingRow, Memo
from samlad.ui import charts, typesetting

TEMPLATE = Path(__file__).with_name("report.typ")
CHART_CAPTION = {
    "sv": "Antal per period; skuggat: väntat (95 %).",
    "en": "Number per period; shaded: expected (95%).",
}
WORDS = {
    "sv": {
        "hash": "Kontrollsumma",
        "page": "sida",
        "findings": "Det viktigaste",
        "serious": "Allvarlig enskild händelse, listas enskilt och prövas inte",
        "where": "Var",
        "when": "När",
        "places": "Platser med många rapporter",
        "places_caveat": "De senaste tolv månaderna. Beskrivs, prövas inte: sådana platser är också där många människor är.",
        "hour": "Tid",
        "who": "Vem har berättat",
        "signs": "Tal: antal händelser · 0: inget · –: tyst (saknas, är inte noll).",
        "notices": "Polisens publicerade händelser",
        "notices_caveat": "Publicerade notiser, inte statistik: ett redaktionellt urval utan exakt plats.",
        "how": "Så räknades det",
    },
    "en": {
        "hash": "Checksum",
        "page": "page",
        "findings": "What matters most",
        "serious": "Serious single incident, listed singly and not tested",
        "where": "Where",
        "when": "When",
        "places": "Places with many reports",
        "places_caveat": "The last twelve months. Described, not tested: such places are also where many people are.",
        "hour": "Time",
        "who": "Who has reported",
        "signs": "Numbers: incidents · 0: none · –: silent (missing, not zero).",
        "notices": "Published police notices",
        "notices_caveat": "Published notices, not statistics: an editorial choice without an exact place.",
        "how": "How it was counted",
    },
}
INVENTED = {
    "sv": "Påhittade lokala rapporter. Områden och polisens notiser är verkliga.",
    "en": "Invented local reports. Areas and the police's notices are real.",
}


def render(
    memo: Memo,
    *,
    state: str,
    author: str,
    charts_map: Mapping[str, str] | None,
    sections: Sequence[tuple[str, str]] = (),
    hash_: str = "",
    language: str = "sv",
) -> bytes:
    """Return the PDF. The same memo gives the same bytes.

    Raises `RuntimeError` if the result would not be accessible.
    """
    words = WORDS[language]
    data = {
        "lang": language,
        "region": "SE" if language == "sv" else "GB",
        "words": words,
        "title": memo.title,
        "author": author,
        "headline": memo.headline,
        "state": state,
        "built_on": " ".join(
            part for part in (memo.built_on, memo.beside.reporters, memo.beside.unreviewed) if part
        ),
        "compared": memo.compared,
        "invented": INVENTED[language] if memo.invented else "",
        "sections": [
            {"title": name, "paragraphs": [p for p in text.split("\n") if p.strip()]}
            for name, text in sections
            if text.strip()
        ],
        "serious": [{"title": name, "detail": detail} for name, detail in memo.serious],
        "findings": [_finding(row, language) for row in (*memo.findings, *memo.more_findings)],
        "tested": memo.tested,
        "budget": memo.budget,
        "map": None
        if charts_map is None
        else {
            "svg": charts.for_pdf(charts_map["svg"]),
            "alt": charts_map["alt"],
            "caption": charts_map["alt"].split(". ")[0] + ".",
        },
        "table": _areas(memo, language),
        "places": _places(memo, language),
        "hours": [
            {
                "caption": hours.source
                + {
                    "sv": f"; utan klockslag: {hours.without_hour}",
                    "en": f"; without an hour: {hours.without_hour}",
                }[language],
                "weekdays": list(hours.weekdays),
                "rows": [
                    {
                        "label": label,
                        "values": [str(n) for n, _ in cells],
                        "shades": [shade for _, shade in cells],
                    }
                    for label, cells in hours.rows
                ],
            }
            for hours in memo.hours
        ],
        "beside": _beside(memo, language),
        "coverage": _coverage(memo, language),
        "coverage_notes": " ".join(
            f"{row.source}: {', '.join(row.notes)}." for row in memo.coverage if row.notes
        ),
        "notices": _notices(memo, language),
        "how": list(memo.how),
        "hash": hash_ or memo.hash,
    }
    return typesetting.typeset(TEMPLATE, data)


def _finding(row: FindingRow, language: str) -> dict[str, str]:
    return {
        "title": row.title,
        "word": row.certainty_word + (f" · {row.since}" if row.since else ""),
        "sentence": row.sentence,
        "svg": "" if row.chart is None else charts.for_pdf(row.chart["svg"]),
        "alt": "" if row.chart is None else row.chart["alt"],
        "caption": CHART_CAPTION[language],
    }


def _beside(memo: Memo, language: str) -> list[dict[str, Any]]:
    """Return what stands beside the findings as titled lists; none that is empty."""
    titles = {
        "sv": ("Periodens fastställda lägesbilder", "Sagt vid bordet", "På gång"),
        "en": ("Adopted pictures of the period", "Said at the table", "Coming"),
    }[language]
    none = {"sv": "inga fynd", "en": "no findings"}[language]
    found = memo.beside
    lists = (
        [f"{one['label']}: {'; '.join(one['findings']) or none}" for one in found.adopted],
        [
            f"{one['organisation']}{', ' + one['area'] if one['area'] else ''}: {one['text']}"
            for one in found.notes
        ],
        [*found.events, *found.days],
    )
    return [
        {"title": title, "lines": list(lines)}
        for title, lines in zip(titles, lists, strict=True)
        if lines
    ]


def _columns(*columns: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "wide": "w" in kind, "numeric": "n" in kind} for name, kind in columns]


def _areas(memo: Memo, language: str) -> dict[str, Any]:
    names = {
        "sv": ("Område", "Källa", "Kategori", "Antal", "Väntat", "95 %", "Avvikelse"),
        "en": ("Area", "Source", "Category", "Number", "Expected", "95%", "Deviation"),
    }[language]
    shown = len(memo.table)
    total = sentences.number(memo.table_total, language, 0)
    caption = {
        "sv": f"Antal per område, källa och kategori: {shown} av {total} rader, tydligaste först.",
        "en": f"Number by area, source and category: {shown} of {total} rows, clearest first.",
    }[language]
    return {
        "caption": caption,
        "columns": _columns(*zip(names, ("w", "", "", "n", "n", "n", ""), strict=True)),
        "rows": [
            [
                row.area,
                row.source,
                row.category,
                sentences.number(row.observed, language, 0),
                row.expected,
                row.interval,
                row.certainty_word,
            ]
            for row in memo.table
        ],
    }


def _coverage(memo: Memo, language: str) -> dict[str, Any]:
    source = {"sv": "Källa", "en": "Source"}[language]
    caption = {
        "sv": "Händelser per källa och period.",
        "en": "Incidents by source and period.",
    }[language]
    width = len(memo.week_labels)
    return {
        "caption": caption,
        "columns": _columns((source, "w"), *((label, "n") for label in memo.week_labels)),
        "rows": [
            [
                row.source,
                *([""] * (width - len(row.weeks))),
                *(sign if state == "missing" else str(n) for sign, state, n in row.weeks),
            ]
            for row in memo.coverage
        ],
    }


def _places(memo: Memo, language: str) -> dict[str, Any]:
    names = {
        "sv": ("Område", "Ruta", "Källa", "Antal", "Vanligast"),
        "en": ("Area", "Cell", "Source", "Number", "Most common"),
    }[language]
    caption = {
        "sv": "Flest först; en ruta är 250 m och heter efter sitt sydvästra hörn i kilometer öst och nord.",
        "en": "Most first; a cell is 250 m, named by its south-western corner in kilometres east and north.",
    }[language]
    return {
        "caption": caption,
        "columns": _columns(*zip(names, ("w", "", "", "n", "w"), strict=True)),
        "rows": [
            [
                place.area,
                place.cell,
                place.source,
                sentences.number(place.incidents, language, 0),
                place.categories,
            ]
            for place in memo.places
        ],
    }


def _notices(memo: Memo, language: str) -> dict[str, Any]:
    names = {"sv": ("Dag", "Typ", "Område"), "en": ("Day", "Type", "Area")}[language]
    return {
        "caption": names[1],
        "columns": _columns((names[0], ""), (names[1], "w"), (names[2], "")),
        "rows": [
            [
                one["happened_on"],
                {"text": one["type"], "url": one["link"]} if one["link"] else one["type"],
                one["area"],
            ]
            for one in memo.notices
        ],
    }
