"""Every write on a round's review: one decision a report, and undo."""

from __future__ import annotations

from datetime import datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import link_actions
from samlad.incidents.models import FORM, Incident
from samlad.rounds import rules
from samlad.rounds.models import ReviewedReport, Round
from samlad.rounds.rules import NotAllowed, Reason
from samlad.rounds.workflow import Outcome, Status


@recorder.atomic()
def decide(
    *,
    round_id: int,
    incident_id: int,
    outcome: Outcome,
    by: User,
    now: datetime,
    reason: str = "",
    twin_id: int | None = None,
) -> ReviewedReport:
    """Decide what becomes of a report; deciding anew replaces the decision.

    `reason` is the coded reason of a rejection or the coded question; `twin_id` the report it
    is linked to. Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = _locked(round_id, by, now)
    incident = Incident.objects.select_related("batch").get(
        pk=incident_id, municipality_id=round_.municipality_id, batch__reader=FORM
    )
    needs_reason = outcome in {Outcome.ASKED, Outcome.REJECTED}
    if needs_reason != bool(reason):
        raise NotAllowed(Reason.NO_REASON)
    earlier = ReviewedReport.objects.filter(incident=incident).first()
    if earlier is not None:
        _forget(earlier, by, now)
    if outcome == Outcome.LINKED:
        _link(incident, twin_id, by, now)
    decided = ReviewedReport.objects.create(
        round=round_,
        incident=incident,
        outcome=outcome,
        rejection=reason if outcome == Outcome.REJECTED else "",
        question=reason if outcome == Outcome.ASKED else "",
        at=now,
    )
    recorder.record(
        event="rounds.report.reviewed",
        target=incident,
        by=by,
        at=now,
        before={"outcome": earlier.outcome if earlier else ""},
        after={"outcome": outcome, "reason": reason, "round": round_.pk},
    )
    return decided


@recorder.atomic()
def include_rest(*, round_id: int, incident_ids: list[int], by: User, now: datetime) -> int:
    """Take the named reports that wait into the picture; return how many.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    _locked(round_id, by, now)
    waiting = Incident.objects.filter(pk__in=incident_ids, review__isnull=True)
    for pk in list(waiting.values_list("pk", flat=True)):
        decide(round_id=round_id, incident_id=pk, outcome=Outcome.INCLUDED, by=by, now=now)
    return len(incident_ids)


@recorder.atomic()
def undo(*, round_id: int, incident_id: int, by: User, now: datetime) -> None:
    """Take a decision back: the report waits again. Raises `PermissionDenied` or `NotAllowed`."""
    round_ = _locked(round_id, by, now)
    decided = ReviewedReport.objects.filter(round=round_, incident=incident_id).first()
    if decided is None:
        return
    _forget(decided, by, now)
    recorder.record(
        event="rounds.report.review_undone",
        target=decided.incident,
        by=by,
        at=now,
        before={"outcome": decided.outcome},
    )


def _link(incident: Incident, twin_id: int | None, by: User, now: datetime) -> None:
    """Link to a report of another source in the same municipality."""
    twin = Incident.objects.filter(
        pk=twin_id or 0, municipality_id=incident.municipality_id
    ).exclude(source=incident.source_id)
    if not twin.exists():
        raise NotAllowed(Reason.NO_TWIN)
    link_actions.link(first_id=incident.pk, second_id=twin_id or 0, by=by, now=now)


def _forget(decided: ReviewedReport, by: User, now: datetime) -> None:
    if decided.outcome == Outcome.LINKED:
        link_actions.unlink(incident_id=decided.incident_id, by=by, now=now)
    decided.delete()


def _locked(round_id: int, by: User, now: datetime) -> Round:
    """Return the round, under review from its first decision on."""
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    policy.require(by, Permission.ROUND_REVIEW, round_)
    rules.check_review(round_, now)
    if round_.status != Status.REVIEW:
        before, round_.status = round_.status, Status.REVIEW
        round_.save(update_fields=["status"])
        recorder.record(
            event="rounds.round.review_begun",
            target=round_,
            by=by,
            at=now,
            before={"status": before},
            after={"status": round_.status},
        )
    return round_
