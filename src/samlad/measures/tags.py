"""Tags of a programme, and the other names the same thing goes by."""

from __future__ import annotations

from collections.abc import Iterable

# Getting It Right For Every Child: Bjuv writes GIREC, Scotland GIRFEC, others by its country.
ALIASES: tuple[frozenset[str], ...] = (
    frozenset({"girfec", "girec", "skottlandsmodellen", "getting it right for every child"}),
)
LONGEST, MOST = 40, 12


def cleaned(words: Iterable[str]) -> list[str]:
    """Return tags as they are kept: each once, as it was written first."""
    found: dict[str, str] = {}
    for word in words:
        text = word.strip()[:LONGEST]
        if text:
            found.setdefault(text.casefold(), text)
    return list(found.values())[:MOST]


def matches(tags: Iterable[str], asked: str) -> bool:
    """Tell whether a tag is the one asked for, by any of its names.

    >>> matches(["GIREC"], "girfec"), matches(["GIREC"], "sommar")
    (True, False)
    """
    key = asked.strip().casefold()
    names = next((group for group in ALIASES if key in group), frozenset({key}))
    return any(tag.casefold() in names for tag in tags)
