"""The residents' pages as finished bytes: made when something is released, not when it is read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from samlad import ui
from samlad.public import catalogue
from samlad.public.content import LANGUAGES
from samlad.public.models import Publication

Files = dict[str, tuple[str, bytes]]
HTML, CSV, JSON, CSS, ATOM, RDF = (
    "text/html; charset=utf-8",
    "text/csv; charset=utf-8",
    "application/json; charset=utf-8",
    "text/css; charset=utf-8",
    "application/atom+xml; charset=utf-8",
    "application/rdf+xml; charset=utf-8",
)
FONT, SVG = "font/woff2", "image/svg+xml"  # fmt: skip
ICON = Path(ui.__file__).parent / "static/ui/icon.svg"
FACE = Path(ui.__file__).parent / "static/vendor/fonts/source-sans-3-latin-wght-normal.woff2"
STYLE = Path(__file__).with_name("public.css")
PREFIX = {"sv": "", "en": "/en"}


def etag(body: bytes) -> str:
    """Return the entity tag of a file's bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def files(publications: Sequence[Publication]) -> Files:
    """Return every file of what is in force, by its address."""
    style = STYLE.read_bytes()
    look = f"/publikt/stil-{hashlib.sha256(style).hexdigest()[:12]}.css"
    made: Files = {look: (CSS, style), "/publikt/source-sans-3.woff2": (FONT, FACE.read_bytes())}
    made["/publikt/ikon.svg"] = (SVG, ICON.read_bytes())
    promises = [one for one in publications if one.kind == "promise"]
    tables = [one for one in publications if one.kind == "table"]
    for language in LANGUAGES:
        with translation.override(language):
            made |= _pages(language, look, promises, tables)
    for one in tables:
        made |= _table_files(one)
    made["/datasets/dcat"] = (RDF, catalogue.rdf(tables, base=_base()))
    return made


def _base() -> str:
    return str(settings.ENVIRONMENT.url).rstrip("/")


def _pages(
    language: str, look: str, promises: list[Publication], tables: list[Publication]
) -> Files:
    prefix, other = PREFIX[language], "en" if language == "sv" else "sv"
    made: Files = {}

    def page(path: str, template: str, **context: Any) -> None:
        shown = {
            "look": look, "language": language, "prefix": prefix, "other": other, "path": path,
            "here": f"{prefix}{path}", "there": f"{PREFIX[other]}{path}", **context,
        }  # fmt: skip
        body = render_to_string(f"public/{template}", shown)
        made[f"{prefix}{path}"] = (HTML, body.encode())

    by_place: dict[str, list[Publication]] = {}
    for one in promises:
        by_place.setdefault(one.slug, []).append(one)
    rows = [_shown(one, language) for one in promises]
    page("/loften/", "promises.html", rows=rows, changed=_changed(promises))
    for slug, own in by_place.items():
        page(
            f"/loften/{slug}/", "municipality.html", rows=[_shown(one, language) for one in own],
            municipality=own[0].municipality, publisher=own[0].publisher, changed=_changed(own),
        )  # fmt: skip
    page("/oppna-data/", "tables.html", catalogue="/datasets/dcat",
         rows=[_shown(one, language) for one in tables],
         changed=_changed(tables))  # fmt: skip
    for one in tables:
        page(f"/oppna-data/{one.slug}/{one.subject}/", "table.html", one=_shown(one, language),
             publisher=one.publisher, changed=one.published_at)  # fmt: skip
    if not promises and not tables:
        return made  # a feed needs a day on which something changed
    feed = render_to_string(
        "public/feed.xml",
        {
            "rows": [_shown(one, language) for one in [*promises, *tables]],
            "base": _base(),
            "prefix": prefix,
            "language": language,
            "changed": _changed([*promises, *tables]),
        },
    )
    made[f"{prefix}/flode.atom"] = (ATOM, feed.encode())
    return made


def _shown(one: Publication, language: str) -> dict[str, Any]:
    address = (
        f"/loften/{one.slug}/"
        if one.kind == "promise"
        else f"/oppna-data/{one.slug}/{one.subject}/"
    )
    return {
        **one.content[language], "kind": one.kind, "slug": one.slug, "address": address,
        "municipality": one.municipality, "published_at": one.published_at,
        "release": one.release, "digest": one.digest, "subject": one.subject,
        "publisher": one.publisher, "data": f"/data/{one.slug}/{one.subject}",
    }  # fmt: skip


def _plain(text: str) -> str:
    """Return a name no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


def _changed(rows: Sequence[Publication]) -> Any:
    return max((one.published_at for one in rows), default=None)


def _table_files(one: Publication) -> Files:
    """Return a released table as CSV and JSON, at addresses that stay."""
    content = one.content["sv"]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([content["row_name"], *content["columns"], "summa"])
    for row in content["rows"]:
        writer.writerow([_plain(row["name"]), *row["cells"], row["total"]])
    writer.writerow(["summa", *content["column_totals"], content["total"]])
    path = f"/data/{one.slug}/{one.subject}"
    whole = {
        **{key: content[key] for key in ("title", "description", "source", "rule", "row_name",
                                         "columns", "rows", "column_totals", "total")},
        "municipality": one.municipality, "publisher": one.publisher,
        "published_at": one.published_at.isoformat(), "sha256": one.digest,
    }  # fmt: skip
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return {
        f"{path}.csv": (CSV, ("\ufeff" + file.getvalue()).encode()),
        f"{path}.json": (JSON, text.encode()),
    }
