"""What a picture's state allows."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.picture.models import Picture
from samlad.picture.workflow import NEXT, Compilation, Decision, Status


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_COMPILED = "not_compiled"
    NOT_A_DRAFT = "not_a_draft"
    NOT_REVIEWED = "not_reviewed"
    UNDECIDED = "undecided"
    NOT_ADOPTED = "not_adopted"
    NO_SUMMARY = "no_summary"
    PERIOD_NOT_OVER = "period_not_over"
    ALREADY_DRAFT = "already_draft"
    NO_AUTHORITY = "no_authority"
    NO_LONGER_COUNTED = "no_longer_counted"
    IN_A_ROUND = "in_a_round"


REASONS = {
    Reason.NOT_COMPILED: _("The picture has not been compiled yet."),
    Reason.NOT_A_DRAFT: _("Only a draft can be changed."),
    Reason.NOT_REVIEWED: _("The picture must be reviewed before it is adopted."),
    Reason.UNDECIDED: _("Keep, reword or dismiss every finding first."),
    Reason.NOT_ADOPTED: _("Only an adopted picture can be shared."),
    Reason.NO_SUMMARY: _("Write a summary first: one sentence is enough."),
    Reason.PERIOD_NOT_OVER: _("The period is not over."),
    Reason.ALREADY_DRAFT: _("There is already a draft for this period."),
    Reason.NO_LONGER_COUNTED: _(
        "A file the picture was counted from has been undone: have it counted again first."
    ),
    Reason.IN_A_ROUND: _("The picture belongs to a round: it is adopted at the round's meeting."),
    Reason.NO_AUTHORITY: _("The municipality has no authority that runs the process."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_edit(picture: Picture) -> None:
    """Raise `NotAllowed` unless the picture is a compiled draft."""
    if picture.status != Status.DRAFT:
        raise NotAllowed(Reason.NOT_A_DRAFT)
    if picture.compilation != Compilation.DONE:
        raise NotAllowed(Reason.NOT_COMPILED)


def check_compile(picture: Picture) -> None:
    """Raise `NotAllowed` unless the picture is a draft: recompiling never touches another."""
    if picture.status != Status.DRAFT:
        raise NotAllowed(Reason.NOT_A_DRAFT)


def check_review(picture: Picture, *, decisions: list[str], summary: str) -> None:
    """Raise `NotAllowed` unless every finding is decided and there is a summary."""
    check_edit(picture)
    if Decision.OPEN in decisions:
        raise NotAllowed(Reason.UNDECIDED)
    if not summary.strip():
        raise NotAllowed(Reason.NO_SUMMARY)


def check_adopt(picture: Picture) -> None:
    """Raise `NotAllowed` unless the picture is reviewed."""
    if Status.ADOPTED not in NEXT[Status(picture.status)]:
        raise NotAllowed(Reason.NOT_REVIEWED)


def check_reopen(picture: Picture) -> None:
    """Raise `NotAllowed` unless the picture is reviewed and not yet adopted."""
    if Status.DRAFT not in NEXT[Status(picture.status)]:
        raise NotAllowed(Reason.NOT_REVIEWED)


def check_share(picture: Picture) -> None:
    """Raise `NotAllowed` unless the picture is adopted."""
    if picture.status not in {Status.ADOPTED, Status.REPLACED}:
        raise NotAllowed(Reason.NOT_ADOPTED)
