"""What a measure's state allows."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.measures.models import Measure
from samlad.measures.workflow import NEXT, Status


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_NOW = "not_now"
    NO_REASON = "no_reason"
    ELSEWHERE = "elsewhere"
    NO_SUCH_FINDING = "no_such_finding"


REASONS = {
    Reason.NOT_NOW: _("The measure already is what you want to make it."),
    Reason.NO_REASON: _("Say why it was not done."),
    Reason.ELSEWHERE: _("The measure and what it follows from are of one municipality."),
    Reason.NO_SUCH_FINDING: _("The picture has no such finding."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_close(measure: Measure, after: Status, reason: str) -> None:
    """Raise `NotAllowed` unless the measure may become so, with a reason where one is due."""
    if after not in NEXT[Status(measure.status)]:
        raise NotAllowed(Reason.NOT_NOW)
    if (after == Status.NOT_DONE) != bool(reason):
        raise NotAllowed(Reason.NO_REASON)
