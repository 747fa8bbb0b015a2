"""Every write on the law's documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.indicators.models import Indicator
from samlad.law import rules, violence
from samlad.law.models import (
    ActionPlan,
    CoordinatingFunction,
    OtherPlan,
    PlanFollowUp,
    ReportToCouncil,
    StatutoryPicture,
)
from samlad.law.rules import NotAllowed, Reason
from samlad.measures.models import Measure
from samlad.organisations.models import Municipality, Organisation


def _held(municipality_id: int, by: User) -> tuple[Municipality, Organisation]:
    """Return the municipality, locked, and its authority; raise `PermissionDenied`."""
    policy.require_in(by, Permission.LAW_EDIT, municipality_id)
    municipality = Municipality.objects.select_for_update(of=("self",)).get(pk=municipality_id)
    authority = municipality.process_authority
    if authority is None:
        raise NotAllowed(Reason.NO_BODY)
    return municipality, authority


@recorder.atomic()
def draft_picture(*, municipality_id: int, by: User, now: datetime) -> StatutoryPicture:
    """Return the draft of the statutory lägesbild, begun from the last version if need be.

    Raises `PermissionDenied`.
    """
    municipality, authority = _held(municipality_id, by)
    versions = StatutoryPicture.objects.filter(municipality=municipality)
    draft = versions.filter(adopted_on=None).first()
    if draft is not None:
        return draft
    last = versions.first()
    number = (versions.aggregate(n=Max("version"))["n"] or 0) + 1
    kept = ("extent", "consequences", "violence", "other", "analysis", "sources", "missing")
    made = StatutoryPicture.objects.create(
        municipality=municipality,
        owner=authority,
        version=number,
        **({name: getattr(last, name) for name in kept} if last is not None else {}),
    )
    if last is not None:
        made.indicators.set(last.indicators.all())
    recorder.record(
        event="law.picture.begun", target=made, by=by, at=now, after={"version": number}
    )
    return made


@recorder.atomic()
def write_picture(
    *,
    picture_id: int,
    texts: Mapping[str, str],
    sources: Sequence[str],
    missing: Sequence[str],
    indicators: Sequence[Indicator] = (),
    by: User,
    now: datetime,
) -> StatutoryPicture:
    """Write the parts of the draft; the figures on violence are counted anew.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    picture = StatutoryPicture.objects.select_for_update().get(pk=picture_id)
    policy.require(by, Permission.LAW_EDIT, picture)
    rules.check_draft(picture)
    for name in StatutoryPicture.PARTS:
        setattr(picture, name, texts.get(name, getattr(picture, name)))
    picture.sources, picture.missing = list(sources), list(missing)
    readable = Indicator.objects.where_user_can(by, Permission.INDICATOR_READ)
    chosen = list(readable.filter(pk__in=[one.pk for one in indicators]))
    picture.violence_figures = violence.figures(
        picture.municipality, chosen, by, today=timezone.localdate(now)
    )
    picture.save(update_fields=[*StatutoryPicture.PARTS, "violence_figures", "sources", "missing"])
    picture.indicators.set(chosen)
    recorder.record(event="law.picture.written", target=picture, by=by, at=now)
    return picture


@recorder.atomic()
def adopt_picture(
    *, picture_id: int, on: date, body: str, diarienummer: str, by: User, now: datetime
) -> StatutoryPicture:
    """Note that a body has adopted the lägesbild. Raises `PermissionDenied` or `NotAllowed`."""
    picture = StatutoryPicture.objects.select_for_update().get(pk=picture_id)
    policy.require(by, Permission.LAW_EDIT, picture)
    rules.check_adopt(picture, body)
    rules.check_day(on, now)
    picture.adopted_on, picture.body, picture.diarienummer = on, body, diarienummer
    picture.save(update_fields=["adopted_on", "body", "diarienummer"])
    recorder.record(
        event="law.picture.adopted", target=picture, by=by, at=now, after={"on": on.isoformat()}
    )
    return picture


@recorder.atomic()
def save_plan(
    *,
    plan_id: int | None,
    picture_id: int,
    name: str,
    text: str,
    measures: Sequence[Measure],
    by: User,
    now: datetime,
) -> ActionPlan:
    """Write a plan on a version of the lägesbild. Raises `PermissionDenied` or `NotAllowed`."""
    picture = StatutoryPicture.objects.get(pk=picture_id)
    municipality, authority = _held(picture.municipality_id, by)
    if any(one.municipality_id != municipality.pk for one in measures):
        raise NotAllowed(Reason.ELSEWHERE)
    if plan_id is None:
        plan = ActionPlan(municipality=municipality, owner=authority)
    else:
        plan = ActionPlan.objects.select_for_update(of=("self",)).get(
            pk=plan_id, municipality=municipality
        )
        if plan.decided_on is not None:
            raise NotAllowed(Reason.ALREADY)
    plan.picture, plan.name, plan.text = picture, name, text
    plan.save()
    plan.measures.set(measures)
    recorder.record(
        event="law.plan.written", target=plan, by=by, at=now, counts={"measures": len(measures)}
    )
    return plan


@recorder.atomic()
def decide_plan(
    *, plan_id: int, on: date, body: str, diarienummer: str, by: User, now: datetime
) -> ActionPlan:
    """Note that a body has decided the plan. Raises `PermissionDenied` or `NotAllowed`."""
    plan = (
        ActionPlan.objects.select_for_update(of=("self",)).select_related("picture").get(pk=plan_id)
    )
    policy.require(by, Permission.LAW_EDIT, plan)
    rules.check_decide(plan, body, diarienummer)
    rules.check_day(on, now, after=plan.picture.adopted_on)
    plan.decided_on, plan.body, plan.diarienummer = on, body, diarienummer
    plan.save(update_fields=["decided_on", "body", "diarienummer"])
    recorder.record(
        event="law.plan.decided", target=plan, by=by, at=now, after={"on": on.isoformat()}
    )
    return plan


@recorder.atomic()
def follow_up_plan(
    *, plan_id: int, on: date, text: str, diarienummer: str, by: User, now: datetime
) -> PlanFollowUp:
    """Note a follow-up of the plan. Raises `PermissionDenied` or `NotAllowed`."""
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    policy.require(by, Permission.LAW_EDIT, plan)
    if plan.decided_on is None:
        raise NotAllowed(Reason.NOT_DECIDED)
    rules.check_day(on, now, after=plan.decided_on)
    made = PlanFollowUp.objects.create(plan=plan, on=on, text=text, diarienummer=diarienummer)
    recorder.record(
        event="law.plan.followed_up", target=plan, by=by, at=now, after={"on": on.isoformat()}
    )
    return made


@recorder.atomic()
def link_plan(
    *, municipality_id: int, name: str, reference: str, by: User, now: datetime
) -> OtherPlan:
    """Note a plan under another statute (7 §). Raises `PermissionDenied`."""
    municipality, authority = _held(municipality_id, by)
    made = OtherPlan.objects.create(
        municipality=municipality, owner=authority, name=name, reference=reference
    )
    recorder.record(event="law.otherplan.linked", target=made, by=by, at=now)
    return made


@recorder.atomic()
def unlink_plan(*, plan_id: int, by: User, now: datetime) -> None:
    """Take a plan under another statute away again. Raises `PermissionDenied`."""
    plan = OtherPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    policy.require(by, Permission.LAW_EDIT, plan)
    recorder.record(event="law.otherplan.unlinked", target=plan, by=by, at=now)
    plan.delete()


@recorder.atomic()
def report(
    *, municipality_id: int, on: date, what: str, diarienummer: str, by: User, now: datetime
) -> ReportToCouncil:
    """Note a report to kommunfullmäktige (13 §). Raises `PermissionDenied` or `NotAllowed`."""
    rules.check_day(on, now)
    municipality, authority = _held(municipality_id, by)
    made = ReportToCouncil.objects.create(
        municipality=municipality, owner=authority, on=on, what=what, diarienummer=diarienummer
    )
    recorder.record(
        event="law.report.noted", target=made, by=by, at=now, after={"on": on.isoformat()}
    )
    return made


@recorder.atomic()
def name_function(
    *,
    municipality_id: int,
    unit: Organisation,
    name: str,
    mailbox: str,
    switchboard: str,
    information: str,
    leads: str,
    led_by: Organisation | None,
    by: User,
    now: datetime,
) -> CoordinatingFunction:
    """Name the coordinating function and who leads the work (11–13 §§).

    Raises `PermissionDenied` or `NotAllowed`.
    """
    municipality, _authority = _held(municipality_id, by)
    if any(one is not None and one.municipality_id != municipality.pk for one in (unit, led_by)):
        raise NotAllowed(Reason.ELSEWHERE)
    function, _made = CoordinatingFunction.objects.update_or_create(
        municipality=municipality,
        defaults={
            "unit": unit,
            "name": name,
            "mailbox": mailbox,
            "switchboard": switchboard,
            "information": information,
            "leads": leads,
            "led_by": led_by,
        },
    )
    recorder.record(
        event="law.function.named",
        target=municipality,
        by=by,
        at=now,
        after={"unit": unit.pk},
    )
    return function
