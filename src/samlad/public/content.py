"""What a release gives the public: checked here once more, whoever sends it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samlad.guard.detecting import find_certain

LANGUAGES = ("sv", "en")
LARGEST = 1_000_000
UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028\\u2029]")


class NotPublishable(ValueError):
    """The content is no content a resident may be shown."""


def checked(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content in both languages.

    Raises `NotPublishable` if a language is missing, it is too large, or a text has a certain hit
    of the personal-data guard.
    """
    if set(content) != set(LANGUAGES):
        raise NotPublishable("a release is in Swedish and in English")
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    if len(text) > LARGEST:
        raise NotPublishable("the content is too large")
    for part in texts(content):
        if find_certain(part):
            raise NotPublishable("a text holds personal data")
        if UNPRINTABLE.search(part):
            raise NotPublishable("a text holds a control character")
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Grid:
    """A released table as it is read: a line for each period, a column for each area."""

    corner: str
    heads: list[str]
    lines: list[tuple[str, list[str]]]
    sums: list[str]
    line_sums: bool


def grid(content: Mapping[str, Any]) -> Grid:
    """Return a table for the page: time downwards. One area alone has no sum beside it."""
    rows = content["rows"]
    lines = [
        (name, [row["cells"][j] for row in rows] + [content["column_totals"][j]])
        for j, name in enumerate(content["columns"])
    ]
    sums = [row["total"] for row in rows] + [content["total"]]
    if len(rows) == 1:
        lines, sums = [(name, cells[:1]) for name, cells in lines], sums[:1]
    return Grid(
        corner=content.get("column_name", ""),
        heads=[row["name"] for row in rows],
        lines=lines,
        sums=sums,
        line_sums=len(rows) > 1,
    )


def texts(value: Any) -> list[str]:
    """Return every text within a content."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return []
