"""What a batch's state allows."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.incidents.models import Batch
from samlad.incidents.workflow import NEXT, BatchStatus


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_WAITING = "not_waiting"


REASONS = {Reason.NOT_WAITING: _("The file has already been read.")}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


def check_stage(batch: Batch) -> None:
    """Raise `NotAllowed` unless the batch waits to be read."""
    if BatchStatus.STAGING not in NEXT[BatchStatus(batch.status)]:
        raise NotAllowed(Reason.NOT_WAITING)
