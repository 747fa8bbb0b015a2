"""PDF/UA from Typst templates of our own: data in, accessible bytes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samlad.ui.text import printable

FONTS = Path(__file__).parent / "fonts"
DOCUMENT = Path(__file__).with_name("document.typ")


@dataclass(frozen=True)
class Part:
    """A part of a document: its heading, paragraphs, then a list."""

    title: str
    paragraphs: Sequence[str] = ()
    points: Sequence[str] = ()


def document(
    *, title: str, author: str, state: str, parts: Sequence[Part], language: str = "sv"
) -> bytes:
    """Return a document of headed parts as PDF/UA; the same data gives the same bytes.

    Raises `RuntimeError` if the result would not be accessible.
    """
    data = {
        "lang": language,
        "region": "SE" if language == "sv" else "GB",
        "title": title,
        "author": author,
        "state": state,
        "page": {"sv": "sida", "en": "page"}[language],
        "parts": [asdict(part) for part in parts if any(part.paragraphs) or any(part.points)],
    }
    return typeset(DOCUMENT, data)


def typeset(template: Path, data: Mapping[str, Any]) -> bytes:
    """Return a template filled with data as PDF/UA-1; the same data gives the same bytes.

    Raises `RuntimeError` if the result would not be accessible.
    """
    import typst

    pdf, warnings = typst.compile_with_warnings(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=0,
        sys_inputs={"data": json.dumps(_showable(data), ensure_ascii=False, sort_keys=True)},
    )
    if warnings:
        raise RuntimeError("; ".join(warning.message for warning in warnings))
    return bytes(pdf)


@cache
def _fonts() -> Any:
    """Return our own fonts only: neither the machine's nor those inside the wheel."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


@cache
def _letters() -> frozenset[int]:
    """Return the characters the font has: anything else would stop the compilation."""
    return frozenset(
        int(start) + i
        for line in (FONTS / "characters.txt").read_text().splitlines()
        for start, _, length in [line.partition(" ")]
        for i in range(int(length))
    )


def _showable(value: Any) -> Any:
    """Return the data with every character the font lacks shown as □."""
    if isinstance(value, str):
        known = _letters()
        return "".join(c if c == "\n" or ord(c) in known else "□" for c in printable(value))
    if isinstance(value, Mapping):
        return {key: _showable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_showable(item) for item in value]
    return value
