"""Linking rows of several sources to one occurrence: by a person, or by a written rule."""

from __future__ import annotations

from datetime import datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import rules, twins
from samlad.incidents.models import Incident, LinkRule, Occurrence, Source, TwinRefusal


@recorder.atomic()
def link(*, first_id: int, second_id: int, by: User, now: datetime) -> Occurrence:
    """Say that two rows of different sources are one occurrence.

    A row that already belongs to one takes the other in. Raises `PermissionDenied` unless
    `by` may link in the municipality, or `NotAllowed`.
    """
    rows = _pair(first_id, second_id, by)
    held = [row.occurrence for row in rows if row.occurrence is not None]
    occurrence = held[0] if held else _made(rows[0], rule=None, now=now)
    if len(held) == 2 and held[1] != occurrence:
        Incident.objects.filter(occurrence=held[1]).update(occurrence=occurrence)
        held[1].delete()
    for row in rows:
        _join(row, occurrence)
    recorder.record(
        event="incidents.occurrence.linked",
        target=occurrence,
        by=by,
        at=now,
        after={"first": first_id, "second": second_id},
    )
    return occurrence


@recorder.atomic()
def unlink(*, incident_id: int, by: User, now: datetime) -> None:
    """Take a row out of its occurrence. Raises `PermissionDenied`."""
    row = Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
    policy.require(by, Permission.INCIDENT_LINK, row)
    occurrence = row.occurrence
    if occurrence is None:
        return
    row.occurrence = None
    row.save(update_fields=["occurrence"])
    recorder.record(
        event="incidents.occurrence.unlinked",
        target=occurrence,
        by=by,
        at=now,
        after={"incident": incident_id},
    )
    if occurrence.incidents.count() < 2:
        occurrence.incidents.update(occurrence=None)
        occurrence.delete()


@recorder.atomic()
def refuse(*, first_id: int, second_id: int, by: User, now: datetime) -> None:
    """Say that two rows are not the same thing: they are not shown as twins again.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    rows = _pair(first_id, second_id, by)
    first, second = sorted(rows, key=lambda row: row.pk)
    TwinRefusal.objects.get_or_create(first=first, second=second)
    recorder.record(
        event="incidents.occurrence.refused",
        target=first,
        by=by,
        at=now,
        after={"first": first.pk, "second": second.pk},
    )


@recorder.atomic()
def write_rule(
    *,
    first_id: int,
    second_id: int,
    within_m: int,
    within_hours: int,
    by: User,
    now: datetime,
) -> LinkRule:
    """Write a rule for two sources: rows near each other, and alone, are one occurrence.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    first, second = Source.objects.get(pk=first_id), Source.objects.get(pk=second_id)
    policy.require_in(by, Permission.INCIDENT_LINK, first.municipality_id)
    rules.check_rule(first, second)
    rule = LinkRule.objects.create(
        municipality=first.municipality,
        owner=first.municipality.process_authority or first.owner,
        first=first,
        second=second,
        within_m=within_m,
        within_hours=within_hours,
        written_at=now,
    )
    recorder.record(
        event="incidents.rule.written",
        target=rule,
        by=by,
        at=now,
        after={"within_m": within_m, "within_hours": within_hours},
    )
    return rule


@recorder.atomic()
def apply_rule(*, rule_id: int, by: User, now: datetime) -> int:
    """Link what a rule says; return how many pairs. Only pairs that have no other twin.

    Raises `PermissionDenied`.
    """
    rule = LinkRule.objects.select_related("municipality").get(pk=rule_id, ended_at=None)
    policy.require(by, Permission.INCIDENT_LINK, rule)
    pairs = twins.by_rule(rule)
    for first_id, second_id in pairs:
        first = Incident.objects.get(pk=first_id)
        occurrence = _made(first, rule=rule, now=now)
        Incident.objects.filter(pk__in=[first_id, second_id]).update(occurrence=occurrence)
    recorder.record(
        event="incidents.rule.applied",
        target=rule,
        by=by,
        at=now,
        counts={"linked": len(pairs)},
    )
    return len(pairs)


@recorder.atomic()
def end_rule(*, rule_id: int, by: User, now: datetime) -> None:
    """End a rule: what it has linked stays linked. Raises `PermissionDenied`."""
    rule = LinkRule.objects.select_for_update().get(pk=rule_id)
    policy.require(by, Permission.INCIDENT_LINK, rule)
    if rule.ended_at is None:
        rule.ended_at = now
        rule.save(update_fields=["ended_at"])
        recorder.record(event="incidents.rule.ended", target=rule, by=by, at=now)


def _pair(first_id: int, second_id: int, by: User) -> list[Incident]:
    rows = list(
        Incident.objects.accepted()
        .select_for_update(of=("self",))
        .filter(pk__in=[first_id, second_id])
        .order_by("pk")
    )
    for row in rows:
        policy.require(by, Permission.INCIDENT_LINK, row)
    rules.check_link(rows)
    return rows


def _made(row: Incident, *, rule: LinkRule | None, now: datetime) -> Occurrence:
    authority = row.municipality.process_authority
    return Occurrence.objects.create(
        municipality=row.municipality, owner=authority or row.owner, rule=rule, made_at=now
    )


def _join(row: Incident, occurrence: Occurrence) -> None:
    row.occurrence = occurrence
    row.save(update_fields=["occurrence"])
