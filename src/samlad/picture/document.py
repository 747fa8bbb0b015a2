"""The compiled picture as a document: one written form, so that it can be hashed."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date
from typing import Any

SCHEMA = "samlad/picture/1"
SIGNIFICANT_DIGITS = 6


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it; floats to six significant digits, no NaN."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer() and abs(value) < 2**53:
            return int(value)
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return value


def canonical(document: dict[str, Any]) -> str:
    """Return the canonical JSON: sorted keys, no spaces, UTF-8 letters as they are."""
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def hash_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON without its own `hash`."""
    rest = {key: value for key, value in document.items() if key != "hash"}
    return hashlib.sha256(canonical(rest).encode()).hexdigest()


def sealed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the plain document with its hash."""
    whole = plain(document)
    return {**whole, "hash": hash_of(whole)}
