"""The residents' pages as finished bytes: made when something is released, not when it is read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from samlad import ui
from samlad.public import catalogue
from samlad.public import content as contents
from samlad.public.content import LANGUAGES
from samlad.public.models import Publication

Files = dict[str, tuple[str, bytes]]
HTML, CSV, JSON, GEOJSON, CSS, ATOM, RDF = (
    "text/html; charset=utf-8",
    "text/csv; charset=utf-8",
    "application/json; charset=utf-8",
    "application/geo+json",
    "text/css; charset=utf-8",
    "application/atom+xml; charset=utf-8",
    "application/rdf+xml; charset=utf-8",
)
FONT, SVG = "font/woff2", "image/svg+xml"  # fmt: skip
ICON = Path(ui.__file__).parent / "static/ui/icon.svg"
FACE = Path(ui.__file__).parent / "static/vendor/fonts/source-sans-3-latin-wght-normal.woff2"
STYLE = Path(__file__).with_name("public.css")
PREFIX = {"sv": "", "en": "/en"}
FEED_LENGTH = 50


def etag(body: bytes) -> str:
    """Return the entity tag of a file's bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


SHELF_OF = {
    "promise": "loften", "picture": "laget", "advice": "goda-rad", "centre": "trygghetscenter",
    "activities": "media", "statement": "tillganglighet", "campaign": "tyck-till",
    "table": "oppna-data",
}  # fmt: skip


def files(publications: Sequence[Publication], *, today: date) -> Files:
    """Return every file of what is in force on a day, by its address."""
    style = STYLE.read_bytes()
    look = f"/publikt/stil-{hashlib.sha256(style).hexdigest()[:12]}.css"
    made: Files = {look: (CSS, style), "/publikt/source-sans-3.woff2": (FONT, FACE.read_bytes())}
    made["/publikt/ikon.svg"] = (SVG, ICON.read_bytes())
    for language in LANGUAGES:
        with translation.override(language):
            made |= _Edition(language, look, publications, today).pages()
    tables = [one for one in publications if one.kind == "table"]
    for one in tables:
        made |= _table_files(one)
    made["/datasets/dcat"] = (RDF, catalogue.rdf(tables, base=_base()))
    return made


def _base() -> str:
    return str(settings.ENVIRONMENT.url).rstrip("/")


class _Edition:
    """The pages in one language."""

    def __init__(
        self, language: str, look: str, publications: Sequence[Publication], today: date
    ) -> None:
        self._language, self._look, self._today = language, look, today
        self._prefix, self._other = PREFIX[language], "en" if language == "sv" else "sv"
        self._by_kind: dict[str, list[Publication]] = {kind: [] for kind in SHELF_OF}
        for one in publications:
            self._by_kind[one.kind].append(one)
        self._all = publications
        self._made: Files = {}

    def pages(self) -> Files:
        """Return the pages by their address."""
        promises, tables = self._by_kind["promise"], self._by_kind["table"]
        self._page("/loften/", "promises.html", promises, rows=self._rows(promises),
                   publishers=_publishers(promises))  # fmt: skip
        for slug, own in _by_slug(promises).items():
            self._page(
                f"/loften/{slug}/", "municipality.html", own, rows=self._rows(own),
                **_whose(own),
            )  # fmt: skip
        self._page("/oppna-data/", "tables.html", tables, catalogue="/datasets/dcat",
                   rows=self._rows(tables), publishers=_publishers(tables))  # fmt: skip
        for one in tables:
            self._page(f"/oppna-data/{one.slug}/{one.subject}/", "table.html", [one],
                       one=_shown(one, self._language), publisher=one.publisher)  # fmt: skip
        for kind in ("picture", "advice", "centre", "statement", "campaign"):
            for slug, own in _by_slug(self._by_kind[kind]).items():
                self._page(
                    f"/{SHELF_OF[kind]}/{slug}/", f"{kind}.html", own, rows=self._rows(own),
                    slug=slug, today=self._today.isoformat(), **_whose(own),
                )  # fmt: skip
        self._municipalities()
        self._page("/publikt/saknas/", "missing.html", ())
        if self._all:  # a feed needs a day on which something changed
            self._feed()
        return self._made

    def _municipalities(self) -> None:
        """Make a page for each municipality, one for the media, and the list of them all."""
        by_slug = _by_slug(self._all)
        named = [(slug, _newest(own).municipality) for slug, own in by_slug.items()]
        self._page("/trygghet/", "index.html", self._all, publishers=_publishers(self._all),
                   named=sorted(named, key=lambda pair: pair[1]))  # fmt: skip
        for slug, own in by_slug.items():
            rows = self._rows(sorted(own, key=lambda one: one.published_at, reverse=True))
            about = {
                **_whose(own),
                "slug": slug,
                "by_kind": {
                    kind: [row for row in rows if row["kind"] == kind] for kind in SHELF_OF
                },
            }  # fmt: skip
            self._page(f"/trygghet/{slug}/", "overview.html", own, **about)
            self._page(f"/media/{slug}/", "media.html", own, **about)

    def _rows(self, publications: Sequence[Publication]) -> list[dict[str, Any]]:
        return [_shown(one, self._language) for one in publications]

    def _page(self, path: str, template: str, of: Sequence[Publication], **context: Any) -> None:
        shown = {
            "look": self._look, "language": self._language, "prefix": self._prefix,
            "other": self._other, "path": path, "here": f"{self._prefix}{path}",
            "there": f"{PREFIX[self._other]}{path}", "changed": _changed(of),
            "statement": self._statement(of), **context,
        }  # fmt: skip
        body = render_to_string(f"public/{template}", shown)
        self._made[f"{self._prefix}{path}"] = (HTML, body.encode())

    def _statement(self, of: Sequence[Publication]) -> str:
        """Return where the accessibility statement of a page's municipality stands, or ""."""
        slugs = {one.slug for one in of}
        told = [one for one in self._by_kind["statement"] if {one.slug} == slugs]
        return address("statement", told[0].slug, told[0].subject) if told else ""

    def _feed(self) -> None:
        newest = sorted(self._all, key=lambda one: one.published_at, reverse=True)
        text = render_to_string(
            "public/feed.xml",
            {
                "title": _("Safety together: what has been released"),
                "rows": self._rows(newest[:FEED_LENGTH]),
                "base": _base(),
                "prefix": self._prefix,
                "language": self._language,
                "changed": _changed(newest),
            },
        )
        self._made[f"{self._prefix}/flode.atom"] = (ATOM, text.encode())


def _newest(publications: Sequence[Publication]) -> Publication:
    return max(publications, key=lambda one: one.published_at)


def _whose(own: Sequence[Publication]) -> dict[str, Any]:
    """Return whose the releases of one municipality are, as the newest says."""
    newest = _newest(own)
    return {"municipality": newest.municipality, "publisher": newest.publisher}


def _publishers(publications: Sequence[Publication]) -> list[dict[str, Any]]:
    """Return who answers for each municipality among publications, by name."""
    found = {slug: _newest(own).publisher for slug, own in _by_slug(publications).items()}
    return sorted(found.values(), key=lambda one: str(one["name"]))


def _by_slug(publications: Sequence[Publication]) -> dict[str, list[Publication]]:
    found: dict[str, list[Publication]] = {}
    for one in publications:
        found.setdefault(one.slug, []).append(one)
    return found


def address(kind: str, slug: str, subject: str) -> str:
    """Return where a release stands in Swedish: a page of its kind, a table one of its own.

    >>> address("promise", "bastad", "1"), address("table", "bjuv", "klotter")
    ('/loften/bastad/', '/oppna-data/bjuv/klotter/')
    """
    own = f"{subject}/" if kind == "table" else ""
    return f"/{SHELF_OF[kind]}/{slug}/{own}"


def _shown(one: Publication, language: str) -> dict[str, Any]:
    return {
        **one.content[language], "kind": one.kind, "slug": one.slug,
        "address": address(one.kind, one.slug, one.subject),
        "municipality": one.municipality, "published_at": one.published_at,
        "release": one.release, "digest": one.digest, "subject": one.subject,
        "publisher": one.publisher, "data": f"/data/{one.slug}/{one.subject}",
        "has_areas": bool(one.content["sv"].get("shapes")),
        "grid": contents.grid(one.content[language]) if one.kind == "table" else None,
    }  # fmt: skip


def _changed(rows: Sequence[Publication]) -> Any:
    return max((one.published_at for one in rows), default=None)


def _safe(text: str) -> str:
    """Return a name no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


def _table_files(one: Publication) -> Files:
    """Return a released table as CSV and JSON, at addresses that stay."""
    content = one.content["sv"]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([content["row_name"], *content["columns"], "summa"])
    for row in content["rows"]:
        writer.writerow([_safe(row["name"]), *row["cells"], row["total"]])
    writer.writerow(["summa", *content["column_totals"], content["total"]])
    path = f"/data/{one.slug}/{one.subject}"
    whole = {
        **{key: content[key] for key in ("title", "description", "source", "rule", "row_name",
                                         "columns", "rows", "column_totals", "total")},
        "municipality": one.municipality, "publisher": one.publisher,
        "published_at": one.published_at.isoformat(), "sha256": one.digest,
    }  # fmt: skip
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    made = {
        f"{path}.csv": (CSV, ("\ufeff" + file.getvalue()).encode()),
        f"{path}.json": (JSON, text.encode()),
    }
    if content.get("shapes"):
        made[f"{path}.geojson"] = (GEOJSON, _geojson(content).encode())
    return made


def _geojson(content: dict[str, Any]) -> str:
    """Return a released table with its areas: one feature a row, cells as they are shown."""
    features = [
        {
            "type": "Feature",
            "geometry": content["shapes"].get(row["name"]),
            "properties": {
                content["row_name"]: row["name"],
                **dict(zip(content["columns"], row["cells"], strict=True)),
                "summa": row["total"],
            },
        }
        for row in content["rows"]
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
