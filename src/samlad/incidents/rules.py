"""What a batch's state allows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.incidents.models import Batch, Incident, IncidentText, Source
from samlad.incidents.workflow import NEXT, NEXT_TEXT, BatchStatus, TextState


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_WAITING = "not_waiting"
    NOT_STAGING = "not_staging"
    SOURCE_BUSY = "source_busy"
    SHARED_CATEGORIES = "shared_categories"
    NOT_ACCEPTED = "not_accepted"
    NO_LONGER_COUNTED = "no_longer_counted"
    NOT_HELD = "not_held"
    ONE_SOURCE = "one_source"
    SOURCE_OF_ANOTHER = "source_of_another"


REASONS = {
    Reason.NOT_WAITING: _("The file has already been read."),
    Reason.NOT_ACCEPTED: _("Only a file that was read can be undone, and only once."),
    Reason.NO_LONGER_COUNTED: _(
        "A file the picture was counted from has been undone: have it counted again first."
    ),
    Reason.NOT_HELD: _("The text has been reviewed."),
    Reason.SOURCE_OF_ANOTHER: _("Another organisation has a source of that name."),
    Reason.ONE_SOURCE: _("Only rows of different sources can be the same occurrence."),
    Reason.NOT_STAGING: _("The reading of the file was ended elsewhere."),
    Reason.SOURCE_BUSY: _("Another file is being read into the source. Try again in a while."),
    Reason.SHARED_CATEGORIES: _(
        "Several municipalities share the categories here: none of them changes the list alone."
    ),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_stage(batch: Batch) -> None:
    """Raise `NotAllowed` unless the batch waits to be read."""
    if BatchStatus.STAGING not in NEXT[BatchStatus(batch.status)]:
        raise NotAllowed(Reason.NOT_WAITING)


def check_accept(batch: Batch, *, reader: str) -> None:
    """Raise `NotAllowed` unless the batch is being read, by this reader."""
    mine = batch.reader_process == reader
    if not mine or BatchStatus.ACCEPTED not in NEXT[BatchStatus(batch.status)]:
        raise NotAllowed(Reason.NOT_STAGING)


def ending_of(batch: Batch) -> BatchStatus:
    """Return what ending a batch makes of it: undone, or withdrawn once it has been used.

    Raises `NotAllowed` unless it is accepted.
    """
    if batch.status != BatchStatus.ACCEPTED:
        raise NotAllowed(Reason.NOT_ACCEPTED)
    return BatchStatus.UNDONE if batch.used_at is None else BatchStatus.WITHDRAWN


def check_use(batches: Sequence[Batch], *, expected: int) -> None:
    """Raise `NotAllowed` unless every batch a picture was counted from still counts."""
    accepted = [batch for batch in batches if batch.status == BatchStatus.ACCEPTED]
    if len(accepted) != expected:
        raise NotAllowed(Reason.NO_LONGER_COUNTED)


def check_text(text: IncidentText, after: TextState) -> None:
    """Raise `NotAllowed` unless the text may be decided so now."""
    if after not in NEXT_TEXT[TextState(text.state)]:
        raise NotAllowed(Reason.NOT_HELD)


def check_link(rows: Sequence[Incident]) -> None:
    """Raise `NotAllowed` unless there are two rows of different sources."""
    if len({row.source_id for row in rows}) < 2:
        raise NotAllowed(Reason.ONE_SOURCE)


def check_rule(first: Source, second: Source) -> None:
    """Raise `NotAllowed` unless the rule is of two sources of one municipality."""
    if first.pk == second.pk or first.municipality_id != second.municipality_id:
        raise NotAllowed(Reason.ONE_SOURCE)


def check_edit_category(*, municipalities: int) -> None:
    """Raise `NotAllowed` where several municipalities share the list."""
    if municipalities > 1:
        raise NotAllowed(Reason.SHARED_CATEGORIES)
