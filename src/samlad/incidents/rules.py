"""What a batch's state allows."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.incidents.models import Batch
from samlad.incidents.workflow import NEXT, BatchStatus


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_WAITING = "not_waiting"
    NOT_STAGING = "not_staging"
    SOURCE_BUSY = "source_busy"
    SHARED_CATEGORIES = "shared_categories"


REASONS = {
    Reason.NOT_WAITING: _("The file has already been read."),
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


def check_accept(batch: Batch) -> None:
    """Raise `NotAllowed` unless the batch is being read."""
    if BatchStatus.ACCEPTED not in NEXT[BatchStatus(batch.status)]:
        raise NotAllowed(Reason.NOT_STAGING)


def check_edit_category(*, municipalities: int) -> None:
    """Raise `NotAllowed` where several municipalities share the list."""
    if municipalities > 1:
        raise NotAllowed(Reason.SHARED_CATEGORIES)
