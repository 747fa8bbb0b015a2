"""The arithmetic of the chain: an event and the link before it give the next link."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

FIRST_LINK = "0" * 64


def link(previous_hash: str, **fields: Any) -> str:
    """Return the SHA-256 of the previous link and the event's fields, in one written form."""
    at: datetime = fields.pop("at")
    written = {**fields, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()
