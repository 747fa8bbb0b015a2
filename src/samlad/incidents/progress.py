"""How many rows of a file have been read: a small file beside the upload, gone when done."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from samlad.incidents.models import Batch


def _path(batch: Batch) -> Path:
    return Path(settings.ENVIRONMENT.data) / "uploads" / f"{batch.author_key}.rows"


def note(batch: Batch, rows: int) -> None:
    """Write down how far the reading has come."""
    _path(batch).write_text(str(rows))


def rows_read(batch: Batch) -> int:
    """Return how many rows have been read so far."""
    try:
        return int(_path(batch).read_text() or 0)
    except (OSError, ValueError):
        return 0


def forget(batch: Batch) -> None:
    """Remove the note."""
    _path(batch).unlink(missing_ok=True)
