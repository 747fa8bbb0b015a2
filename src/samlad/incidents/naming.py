"""Which category a supplier's word means. Pure: words in, category or nothing out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from samlad.guard.detecting import find_hits
from samlad.incidents.categories import DEFAULT_CATEGORIES, DefaultCategory

UNCATEGORISED = "Okategoriserad"


def word_key(word: str) -> str:
    """Return a word as it is compared: case and spacing do not matter.

    >>> word_key(" Klotter /  Graffiti")
    'klotter / graffiti'
    """
    return " ".join(word.split()).casefold()


def shown(word: str) -> str:
    """Return a supplier's word as people other than reviewers may see it.

    >>> shown("Kevin Andersson"), shown("Lekplats")
    ('Okategoriserad', 'Lekplats')
    """
    return UNCATEGORISED if not word or find_hits(word) else word


def default_words() -> Mapping[str, DefaultCategory]:
    """Return the default list's words, labels and codes, by key."""
    found: dict[str, DefaultCategory] = {}
    for category in DEFAULT_CATEGORIES:
        words: Iterable[str] = (category.code, category.label_sv, *category.words)
        for word in words:
            found.setdefault(word_key(word), category)
    return found
