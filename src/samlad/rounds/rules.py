"""What a round's state allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samlad.picture.models import ADOPTED
from samlad.picture.workflow import Status as PictureStatus
from samlad.rounds.models import Round
from samlad.rounds.workflow import NEXT, Status

ANSWERED_FROM = timedelta(days=3)  # Friday, in a week: not everybody works at the weekend


class Reason(StrEnum):
    """Why something is not allowed now."""

    NOT_OPEN_YET = "not_open_yet"
    NOT_CLOSED = "not_closed"
    NOT_IN_REVIEW = "not_in_review"
    NOT_REVIEWED = "not_reviewed"
    NOT_ADOPTED = "not_adopted"
    ALREADY_ADOPTED = "already_adopted"
    SAME_PERSON = "same_person"
    NOT_EXPECTED = "not_expected"
    HAS_REPORTED = "has_reported"
    NO_REASON = "no_reason"
    PERIOD_NOT_OVER = "period_not_over"
    BAD_CLOCK = "bad_clock"
    NO_TWIN = "no_twin"
    NO_SUCH_FINDING = "no_such_finding"
    TOO_EARLY = "too_early"


REASONS = {
    Reason.NOT_OPEN_YET: _("The round has not begun."),
    Reason.NOT_CLOSED: _("The round is still open."),
    Reason.NOT_IN_REVIEW: _("The round is not under review."),
    Reason.NOT_REVIEWED: _("Finish the review of the round first."),
    Reason.NOT_ADOPTED: _("The picture must be adopted before it is sent."),
    Reason.ALREADY_ADOPTED: _("The picture of the round has been adopted."),
    Reason.SAME_PERSON: _("Here somebody else than the one who reviewed adopts."),
    Reason.NOT_EXPECTED: _("The organisation is not in the roll-call."),
    Reason.HAS_REPORTED: _("There are reports from the week: say that it is done instead."),
    Reason.NO_REASON: _("Choose a reason."),
    Reason.PERIOD_NOT_OVER: _("The period is not over."),
    Reason.BAD_CLOCK: _("The clock's moments must come in their order."),
    Reason.NO_SUCH_FINDING: _("The picture has no such finding."),
    Reason.TOO_EARLY: _("The week is answered from its last days on."),
    Reason.NO_TWIN: _("Choose which report it is the same as."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def status_at(round_: Round, now: datetime) -> Status:
    """Return the state at a time: an open round is closed when its clock says so."""
    if round_.status == Status.OPEN and now >= round_.closes_at and not round_.reopened_for:
        return Status.CLOSED
    return Status(round_.status)


def may_answer(round_: Round, now: datetime) -> bool:
    """Tell whether the period's last days have come: said before, done is a guess."""
    return timezone.localdate(now) >= round_.ends_before - ANSWERED_FROM


def check_answer(round_: Round, now: datetime) -> None:
    """Raise `NotAllowed` before the period's last days. After closing an answer is only late."""
    if now < round_.opens_at:
        raise NotAllowed(Reason.NOT_OPEN_YET)
    if not may_answer(round_, now):
        raise NotAllowed(Reason.TOO_EARLY)


def check_review(round_: Round, now: datetime) -> None:
    """Raise `NotAllowed` unless reports may be reviewed: from closing until ready."""
    if status_at(round_, now) not in {Status.CLOSED, Status.REVIEW}:
        closed = status_at(round_, now) == Status.READY
        raise NotAllowed(Reason.NOT_IN_REVIEW if closed else Reason.NOT_CLOSED)


def check_finish(round_: Round, now: datetime) -> None:
    """Raise `NotAllowed` unless the review may be finished."""
    check_review(round_, now)


def check_again(round_: Round) -> None:
    """Raise `NotAllowed` unless a finished review may be taken up again."""
    if Status.REVIEW not in NEXT[Status(round_.status)]:
        raise NotAllowed(Reason.NOT_REVIEWED)
    if round_.picture is not None and round_.picture.status in ADOPTED:
        raise NotAllowed(Reason.ALREADY_ADOPTED)


def check_reopen(round_: Round, now: datetime) -> None:
    """Raise `NotAllowed` unless a closed round may be opened again."""
    if Status.OPEN not in NEXT[status_at(round_, now)]:
        raise NotAllowed(
            Reason.NOT_CLOSED if round_.status == Status.OPEN else Reason.ALREADY_ADOPTED
        )


def check_meeting(round_: Round) -> None:
    """Raise `NotAllowed` unless the round is reviewed."""
    if round_.status != Status.READY or round_.picture is None:
        raise NotAllowed(Reason.NOT_REVIEWED)


def check_unadopted(round_: Round) -> None:
    """Raise `NotAllowed` once the picture is adopted: what stands beside it then stays."""
    if round_.picture is not None and round_.picture.status in ADOPTED:
        raise NotAllowed(Reason.ALREADY_ADOPTED)


def check_dispatch(round_: Round) -> None:
    """Raise `NotAllowed` unless the round's picture is adopted, and not replaced since."""
    if round_.picture is None or round_.picture.status != PictureStatus.ADOPTED:
        raise NotAllowed(Reason.NOT_ADOPTED)
