"""`samlad import`: a file from the command line into a source, as the page does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from samlad.incidents import actions, ending_actions, rejected_rows
from samlad.incidents.models import Batch, Source
from samlad.incidents.rules import NotAllowed
from samlad.incidents.staging import Tally
from samlad.intake import files
from samlad.intake import mapping as mappings
from samlad.intake.files import IncidentFile

UNUSABLE = (ValueError, NotAllowed)
SAY_EVERY = 20_000
Say = Callable[[str], None]
Draw = Callable[[int, int], None]


class NoSource(ValueError):
    """There is no such source."""


def read(
    *,
    path: Path,
    municipality: str,
    source: str,
    mapping: str | None,
    dry_run: bool,
    accept_outside: bool,
    rejected: Path | None,
    say: Say,
    tell: Say,
    draw: Draw | None,
) -> None:
    """Read a file into a source, or with `dry_run` only say what would become of its rows.

    `say` is for how far it has come, `tell` for the outcome. Raises one of `UNUSABLE`, whose
    text is one sentence; then nothing is stored.
    """
    into = (
        Source.objects.filter(municipality__code=municipality, code=source)
        .select_related("municipality", "owner")
        .first()
    )
    if into is None:
        raise NoSource(f"There is no source '{source}' in a municipality {municipality}.")
    ending_actions.resume_cut_off_batches(now=timezone.now())
    file = files.recognise(path)
    chosen = (
        actions.proposed_mapping(file, source_id=into.pk, by=None)
        if mapping is None
        else mappings.from_text(mapping)
    )
    progress = _progress(file, say, draw)
    if dry_run:
        tally = actions.try_reading(
            source=into, file=file, mapping=chosen, now=timezone.now, progress=progress
        )
        _end_line(draw)
        _tell(tally, tell)
        tell("nothing was written (--dry-run)")
        return
    batch = actions.open_batch(
        source_id=into.pk,
        file=file,
        mapping=chosen,
        accept_outside=accept_outside,
        by=None,
        now=timezone.now(),
    )
    batch = actions.read_batch(batch_id=batch.pk, file=file, now=timezone.now, progress=progress)
    _end_line(draw)
    _tell(batch, tell)
    if rejected is not None:
        _form, number = rejected_rows.write(batch, path, rejected)
        tell(f"{number} rejected rows written to {rejected}")


def _progress(file: IncidentFile, say: Say, draw: Draw | None) -> Callable[[int], None]:
    def tell(rows: int) -> None:
        if draw is not None:
            draw(min(99, 100 * rows // max(file.about_rows, 1)), rows)
        elif rows and rows % SAY_EVERY == 0:
            say(f"  {rows:,} of about {file.about_rows:,} rows")

    return tell


def _end_line(draw: Draw | None) -> None:
    if draw is not None:
        print()  # noqa: T201 - ends the progress bar's line


def _tell(found: Batch | Tally, tell: Say) -> None:
    tell(
        f"{found.rows} rows = {found.accepted} accepted + {found.rejected} rejected "
        f"+ {found.already_known} already known"
    )
    tell(
        f"of the accepted: {found.unmapped} without a category, {found.outside} outside, "
        f"{found.unplaced} without a place, {found.held} with a text held for review, "
        f"{found.removed} whose text was not stored"
    )
