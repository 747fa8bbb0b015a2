"""Every write on promises: what is promised, in versions; what people say of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities.models import Activity
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.councils.models import Agreement
from samlad.indicators.models import Indicator
from samlad.measures.models import Problem
from samlad.organisations.models import Municipality, Organisation
from samlad.promises import rules
from samlad.promises.counting import Rule
from samlad.promises.models import (
    Commitment,
    CommitmentVersion,
    Judgement,
    Promise,
    PromiseGoal,
)
from samlad.promises.rules import NotAllowed, Reason
from samlad.promises.workflow import Status, Type


@recorder.atomic()
def save_promise(
    *,
    municipality_id: int,
    promise_id: int | None = None,
    name: str,
    text: str,
    remark: str,
    agreement: Agreement | None,
    parties: Sequence[Organisation],
    signatories: Sequence[str],
    starts_on: date | None,
    ends_on: date | None,
    signed_on: date | None,
    dialogues: Sequence[Activity] = (),
    problems: Sequence[Problem] = (),
    by: User,
    now: datetime,
) -> Promise:
    """Enter a promise, or change it. Signed it keeps its parties; a period once said stays.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    policy.require_in(by, Permission.PROMISE_EDIT, municipality_id)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    if (starts_on is None) != (ends_on is None) or (
        starts_on is not None and ends_on is not None and ends_on < starts_on
    ):
        raise NotAllowed(Reason.PERIOD)
    here = [agreement, *parties, *dialogues, *problems]
    if any(one is not None and one.municipality_id != municipality_id for one in here):
        raise NotAllowed(Reason.ELSEWHERE)
    if promise_id is None:
        promise = Promise(municipality=municipality)
    else:
        promise = Promise.objects.select_for_update(of=("self",)).get(
            pk=promise_id, municipality=municipality
        )
        _check_signed(promise, parties, starts_on, ends_on)
        if promise.signed_on is not None and signed_on != promise.signed_on:
            raise NotAllowed(Reason.SIGNED)
    promise.owner_id = municipality.process_authority_id or parties[0].pk
    promise.name, promise.text, promise.remark = name, text, remark
    promise.agreement = agreement
    promise.signatories = [one.strip() for one in signatories if one.strip()]
    promise.starts_on, promise.ends_on, promise.signed_on = starts_on, ends_on, signed_on
    promise.save()
    promise.parties.set(parties)
    promise.dialogues.set(dialogues)
    promise.problems.set(problems)
    recorder.record(
        event="promises.promise.saved",
        target=promise,
        by=by,
        at=now,
        after={
            "starts_on": starts_on and starts_on.isoformat(),
            "ends_on": ends_on and ends_on.isoformat(),
            "signed": signed_on is not None,
        },
    )
    return promise


def _check_signed(
    promise: Promise, parties: Sequence[Organisation], starts_on: date | None, ends_on: date | None
) -> None:
    if promise.signed_on is None:
        return
    if promise.starts_on is not None and (promise.starts_on, promise.ends_on) != (
        starts_on, ends_on
    ):  # fmt: skip
        raise NotAllowed(Reason.SIGNED)
    if {one.pk for one in promise.parties.all()} != {one.pk for one in parties}:
        raise NotAllowed(Reason.SIGNED)


def _locked(promise_id: int, by: User) -> Promise:
    promise = Promise.objects.select_for_update(of=("self",)).get(pk=promise_id)
    policy.require(by, Permission.PROMISE_EDIT, promise)
    return promise


@recorder.atomic()
def set_goal(
    *,
    promise_id: int,
    goal_id: int | None = None,
    text: str,
    indicators: Sequence[Indicator],
    by: User,
    now: datetime,
) -> PromiseGoal:
    """Say what a promise is for, and by which indicators that is seen; or change one.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    promise = _locked(promise_id, by)
    if any(one.municipality_id != promise.municipality_id for one in indicators):
        raise NotAllowed(Reason.ELSEWHERE)
    goal = PromiseGoal(promise=promise) if goal_id is None else promise.goals.get(pk=goal_id)
    goal.text = text
    goal.save()
    goal.indicators.set(indicators)
    recorder.record(event="promises.goal.set", target=promise, by=by, at=now)
    return goal


@recorder.atomic()
def commit(
    *,
    promise_id: int,
    commitment_id: int | None = None,
    text: str,
    rule: Rule,
    responsible: Organisation | None,
    reason: str = "",
    by: User,
    now: datetime,
) -> CommitmentVersion:
    """Add a commitment, or say it anew; once the promise is signed the older words are kept.

    Raises `PermissionDenied`, or `NotAllowed`: a change after signing needs its reason.
    """
    promise = _locked(promise_id, by)
    rules.check_rule(rule)
    if responsible is not None and responsible.municipality_id != promise.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if commitment_id is None:
        if promise.signed_on is not None and not reason:
            raise NotAllowed(Reason.NO_REASON)
        last = promise.commitments.order_by("-position").first()
        commitment = Commitment.objects.create(
            promise=promise, position=last.position + 1 if last else 1
        )
        version = CommitmentVersion(commitment=commitment, number=1)
    else:
        commitment = promise.commitments.get(pk=commitment_id)
        newest = commitment.versions.all()[0]
        if promise.signed_on is None:
            version = newest
        else:
            if not reason:
                raise NotAllowed(Reason.NO_REASON)
            version = CommitmentVersion(commitment=commitment, number=newest.number + 1)
    if rule.type == Type.INDIVIDUALS and commitment.individuals > (rule.target or 0):
        raise NotAllowed(Reason.INDIVIDUALS)
    version.text, version.type, version.unit = text, rule.type, rule.unit
    version.target, version.kinds = rule.target, list(rule.kinds)
    version.audiences, version.areas = list(rule.audiences), list(rule.areas)
    version.partners, version.responsible = list(rule.partners), responsible
    version.themes, version.must_rise = list(rule.themes), rule.must_rise
    version.decided_on = timezone.localdate(now)
    version.reason = reason
    version.save()
    recorder.record(
        event="promises.commitment.said",
        target=promise,
        by=by,
        at=now,
        after={
            "position": commitment.position, "version": version.number, "type": rule.type,
            "target": rule.target,
        },
    )  # fmt: skip
    return version


@recorder.atomic()
def judge(
    *, promise_id: int, commitment_id: int, status: Status, reason: str, by: User, now: datetime
) -> Judgement:
    """Say how a commitment stands, with the reason: it is shown as what people say.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    promise = _locked(promise_id, by)
    commitment = promise.commitments.get(pk=commitment_id)
    if not reason:
        raise NotAllowed(Reason.NO_REASON)
    if commitment.versions.all()[0].type == Type.INDIVIDUALS and status not in {
        Status.ONGOING, Status.NOT_BEGUN
    }:  # fmt: skip
        raise NotAllowed(Reason.BEGUN_OR_NOT)
    commitment.judgements.filter(ended_at=None).update(ended_at=now)
    made = Judgement.objects.create(
        commitment=commitment, status=status, reason=reason, on=timezone.localdate(now)
    )
    recorder.record(
        event="promises.commitment.judged",
        target=promise,
        by=by,
        at=now,
        after={"position": commitment.position, "status": status},
    )
    return made


@recorder.atomic()
def end_judgement(*, promise_id: int, commitment_id: int, by: User, now: datetime) -> None:
    """Let what is computed hold again. Raises `PermissionDenied`."""
    promise = _locked(promise_id, by)
    commitment = promise.commitments.get(pk=commitment_id)
    if commitment.judgements.filter(ended_at=None).update(ended_at=now):
        recorder.record(
            event="promises.commitment.computed",
            target=promise,
            by=by,
            at=now,
            after={"position": commitment.position},
        )


@recorder.atomic()
def count_individuals(
    *, promise_id: int, commitment_id: int, number: int, by: User, now: datetime
) -> None:
    """Say with how many individuals work has begun: 0 to 2, and nothing else of them.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    promise = _locked(promise_id, by)
    commitment = promise.commitments.select_for_update().get(pk=commitment_id)
    version = commitment.versions.all()[0]
    if version.type != Type.INDIVIDUALS or not 0 <= number <= (version.target or 0):
        raise NotAllowed(Reason.INDIVIDUALS)
    had, commitment.individuals = commitment.individuals, number
    commitment.save(update_fields=["individuals"])
    if (had > 0) != (number > 0):  # a second event would tell that one has become two
        recorder.record(
            event="promises.individuals.counted",
            target=promise,
            by=by,
            at=now,
            after={"position": commitment.position, "begun": number > 0},
        )
