"""A text that a spreadsheet would take for a formula gets an apostrophe before it, and loses it."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"^'*[=+\-@\t\r]")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet could take a text for a formula."""
    return bool(_FORMULA.match(text))


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> safe("=2+2"), safe("vid kiosken")
    ("'=2+2", 'vid kiosken')
    """
    return f"'{text}" if is_formula(text) else text


def plain(text: str) -> str:
    """Return a text as it was before `safe`.

    >>> plain("'=2+2"), plain("'citat'")
    ('=2+2', "'citat'")
    """
    return text[1:] if text.startswith("'") and is_formula(text) else text
