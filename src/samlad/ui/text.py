"""What may be printed."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """Return text without control characters, which neither XML nor PDF can hold.

    >>> printable("ett\\x00 två\\ntre")
    'ett två\\ntre'
    """
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")
