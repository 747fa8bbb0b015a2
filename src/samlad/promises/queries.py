"""Every read on promises: starts at who may see them, and computes how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.activities import queries as activities
from samlad.activities.models import Activity, ActivityKind, WatchArea
from samlad.activities.vocabulary import Audience, Theme
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.measures.models import Problem
from samlad.organisations.models import Organisation
from samlad.places.models import Area
from samlad.promises import counting
from samlad.promises.counting import Evidence, Period, Result, Rule
from samlad.promises.models import Commitment, CommitmentVersion, Judgement, Promise
from samlad.promises.workflow import COUNTED, Status, Type, Unit


@dataclass(frozen=True)
class Progress:
    """A commitment as it stands: its words, what is computed, and what people say of it.

    `result` is None without a period, and of what is not computed; `status` is None where nothing
    can be said. `judgement` is a deviation where something is computed too. `hides_count` of a
    count of individuals: its number is for who edits promises.
    """

    commitment: Commitment
    version: CommitmentVersion
    result: Result | None
    judgement: Judgement | None
    status: Status | None
    area_names: dict[str, str]

    @property
    def type(self) -> Type:
        """Return what sort of commitment it is."""
        return Type(self.version.type)

    @property
    def is_deviation(self) -> bool:
        """Tell whether people say otherwise than what is computed."""
        return self.judgement is not None and self.result is not None

    @property
    def hides_count(self) -> bool:
        """Tell whether the number is shown as begun or not begun alone."""
        return self.type == Type.INDIVIDUALS


def promises(user: User) -> list[Promise]:
    """Return the promises `user` may read, the newest first."""
    readable = Promise.objects.where_user_can(user, Permission.PROMISE_READ)
    return list(readable.select_related("municipality").prefetch_related("parties"))


def find(user: User, pk: int) -> Promise | None:
    """Return a promise `user` may read, or None."""
    found: Promise | None = (
        Promise.objects.where_user_can(user, Permission.PROMISE_READ)
        .select_related("municipality", "owner", "agreement")
        .prefetch_related("parties", "goals__indicators", "dialogues__kind", "problems")
        .filter(pk=pk)
        .first()
    )
    return found


def came_from(user: User, promise: Promise) -> tuple[list[Activity], list[Problem]]:
    """Return the dialogues and problems a promise came from, as `user` may read them."""
    dialogues = Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
    problems = Problem.objects.where_user_can(user, Permission.MEASURE_READ)
    return (
        list(dialogues.filter(promises=promise, removed_at=None).select_related("kind")),
        list(problems.filter(promises=promise)),
    )


def may_edit(user: User, promise: Promise) -> bool:
    """Tell whether `user` may change a promise, and see its count of individuals."""
    return policy.can(user, Permission.PROMISE_EDIT, promise)


def rule_of(version: CommitmentVersion) -> Rule:
    """Return what a version counts."""
    return Rule(
        type=Type(version.type),
        target=version.target,
        unit=Unit(version.unit),
        kinds=tuple(version.kinds),
        audiences=tuple(version.audiences),
        areas=tuple(version.areas),
        partners=tuple(version.partners),
        themes=tuple(version.themes),
        must_rise=version.must_rise,
    )


def period_of(promise: Promise) -> Period | None:
    """Return a promise's period, or None where none is said."""
    if promise.starts_on is None or promise.ends_on is None:
        return None
    return Period(promise.starts_on, promise.ends_on)


def progress(promise: Promise, *, today: date) -> list[Progress]:
    """Return how far each commitment has come, computed from the whole log of the municipality."""
    period = period_of(promise)
    evidence = _evidence(promise) if period is not None else []
    names = dict(
        Area.objects.filter(municipality=promise.municipality_id).values_list("code", "name")
    )
    rows = promise.commitments.prefetch_related("versions", "judgements")
    return [_progress(one, promise, period, evidence, names, today) for one in rows]


def _progress(
    one: Commitment,
    promise: Promise,
    period: Period | None,
    evidence: list[Evidence],
    names: dict[str, str],
    today: date,
) -> Progress:
    version = one.versions.all()[0]
    rule = rule_of(version)
    judgement = next((row for row in one.judgements.all() if row.ended_at is None), None)
    result = None
    if period is not None:
        if rule.type in COUNTED:
            result = counting.count(rule, period, evidence, today=today)
        elif rule.type == Type.STOCK:
            spans = activities.stock(promise.municipality)
            result = counting.stock(spans, period, today=today, target=rule.target)
        elif rule.type == Type.INDIVIDUALS:
            result = counting.individuals(one.individuals, rule.target or 1, period, today=today)
    status = None
    if period is not None:
        computed = result.status if result is not None else Status.NOT_BEGUN
        status = Status(judgement.status) if judgement is not None else computed
        if rule.type == Type.INDIVIDUALS and judgement is None:
            status = Status.ONGOING if one.individuals else Status.NOT_BEGUN
    return Progress(
        commitment=one,
        version=version,
        result=result,
        judgement=judgement,
        status=status,
        area_names={code: names.get(code, code) for code in rule.areas},
    )


def _evidence(promise: Promise) -> list[Evidence]:
    """Return the municipality's log as the engine reads it, with every area each lies in."""
    above = _above(promise.municipality_id)
    rows = (
        Activity.objects.filter(municipality=promise.municipality_id, removed_at=None)
        .select_related("kind")
        .prefetch_related("with_whom")
        .defer("area__boundary")
    )
    return [
        Evidence(
            pk=one.pk,
            on=one.on,
            kind=one.kind.code,
            audiences=tuple(one.audiences),
            themes=tuple(one.themes),
            areas=above.get(one.area_id, ()) if one.area_id else (),
            organisations=(one.owner_id, *(other.pk for other in one.with_whom.all())),
            amounts=_amounts(one),
        )
        for one in rows
    ]


def _amounts(one: Activity) -> tuple[tuple[Unit, Decimal], ...]:
    found = {
        Unit.REPORTS: one.reports,
        Unit.CONTROLS: one.controls,
        Unit.HANDED_OUT: one.handed_out,
        Unit.HOURS: one.hours,
    }
    return tuple((unit, Decimal(n)) for unit, n in found.items() if n is not None)


def _above(municipality_id: int) -> dict[int, tuple[str, ...]]:
    """Return the codes of each area and those it is part of, by its key."""
    rows = {
        pk: (code, parent)
        for pk, code, parent in Area.objects.filter(municipality=municipality_id).values_list(
            "pk", "code", "parent"
        )
    }
    found = {}
    for pk in rows:
        codes: list[str] = []
        at: int | None = pk
        while at is not None and at in rows and rows[at][0] not in codes:
            codes.append(rows[at][0])
            at = rows[at][1]
        found[pk] = tuple(codes)
    return found


def stock(one: Progress, promise: Promise) -> list[WatchArea]:
    """Return the areas of neighbourhood watch a stock counts, by the day they began."""
    if one.type != Type.STOCK:
        return []
    return list(WatchArea.objects.filter(municipality=promise.municipality).order_by("started_on"))


def versions(commitment: Commitment) -> list[tuple[CommitmentVersion, list[str]]]:
    """Return a commitment's versions, the newest first, each with its whole rule in words."""
    kinds = dict(ActivityKind.objects.values_list("code", "label_sv"))
    areas = dict(
        Area.objects.filter(municipality=commitment.promise.municipality_id).values_list(
            "code", "name"
        )
    )
    names = dict(Organisation.objects.values_list("pk", "name"))
    found = []
    for one in commitment.versions.select_related("responsible"):
        words: list[Any] = [one.get_type_display()]
        if one.target:
            words.append(_("at least %(n)s") % {"n": one.target})
        words.append(one.get_unit_display())
        words += [kinds.get(code, code) for code in one.kinds]
        words += [Audience(code).label for code in one.audiences if code in Audience.values]
        words += [Theme(code).label for code in one.themes if code in Theme.values]
        words += [areas.get(code, code) for code in one.areas]
        words += [names[key] for key in one.partners if key in names]
        if one.must_rise:
            words.append(_("more in the last year than in the first"))
        if one.responsible is not None:
            words.append(one.responsible.name)
        found.append((one, [str(word) for word in words]))
    return found


def what_counts(
    one: Progress, user: User | None = None
) -> tuple[list[Activity], list[tuple[Activity, str]]]:
    """Return the activities that count towards a commitment, and those of its kind that do not.

    Each of the latter with why; with `user` those they may read alone.
    """
    if one.result is None:
        return [], []
    keys = [*one.result.counted, *(pk for pk, _why in one.result.missed)]
    found = Activity.objects.filter(pk__in=keys).select_related("kind", "area", "owner")
    if user is not None:
        readable = Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
        found = found.filter(pk__in=readable.values("pk"))
    rows = {row.pk: row for row in found.defer("area__boundary")}
    counted = [rows[pk] for pk in one.result.counted if pk in rows]
    return counted, [(rows[pk], why.value) for pk, why in one.result.missed if pk in rows]
