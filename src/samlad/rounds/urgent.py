"""Urgent reports: only while somebody reads them. 112 and 114 14 come first, always."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.rounds import tasks
from samlad.rounds.models import Duty, UrgentReport


def is_on(municipality_id: int) -> bool:
    """Tell whether a duty list exists: without one nothing can be urgent."""
    return Duty.objects.filter(municipality=municipality_id, user__is_active=True).exists()


def on_duty(municipality_id: int, *, now: datetime) -> list[User]:
    """Return who reads urgent reports now."""
    local = timezone.localtime(now)
    rows = Duty.objects.filter(municipality=municipality_id, user__is_active=True).select_related(
        "user"
    )
    found = {row.user for row in rows if _covers(row, local)}
    return sorted(found, key=lambda user: user.pk)


def _covers(row: Duty, local: datetime) -> bool:
    clock: time = local.time()
    if row.starts_at < row.ends_at:
        return row.weekday == local.weekday() and row.starts_at <= clock < row.ends_at
    began = row.weekday == local.weekday() and clock >= row.starts_at
    goes_on = row.weekday == (local - timedelta(days=1)).weekday() and clock < row.ends_at
    return began or goes_on


@recorder.atomic()
def add_duty(
    *,
    municipality_id: int,
    user_id: int,
    weekday: int,
    starts_at: time,
    ends_at: time,
    by: User,
    now: datetime,
) -> Duty:
    """Put a person on duty some hours of the week.

    Raises `PermissionDenied` unless `by` runs the rounds there.
    """
    policy.require_in(by, Permission.ROUND_RUN, municipality_id)
    user = User.objects.filter(memberships__organisation__municipality=municipality_id).distinct()
    duty = Duty.objects.create(
        municipality_id=municipality_id,
        user=user.get(pk=user_id),
        weekday=weekday,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    recorder.record(
        event="rounds.duty.added", target=duty, by=by, at=now, after={"weekday": weekday}
    )
    return duty


@recorder.atomic()
def remove_duty(*, duty_id: int, by: User, now: datetime) -> None:
    """Take hours off the duty list. Raises `PermissionDenied`."""
    duty = Duty.objects.select_for_update(of=("self",)).get(pk=duty_id)
    policy.require_in(by, Permission.ROUND_RUN, duty.municipality_id)
    recorder.record(event="rounds.duty.removed", target=duty, by=by, at=now)
    duty.delete()


@recorder.atomic()
def tell(*, incident: Incident, by: User, now: datetime) -> UrgentReport | None:
    """Tell those on duty of a report just made, once; None where there is no duty list.

    Raises `PermissionDenied` unless `by` may report for its organisation.
    """
    policy.require(by, Permission.INCIDENT_IMPORT, incident)
    if not is_on(incident.municipality_id):
        return None
    earlier = UrgentReport.objects.filter(incident=incident).first()
    if earlier is not None:
        return earlier
    told = on_duty(incident.municipality_id, now=now)
    made = UrgentReport.objects.create(
        incident=incident,
        municipality_id=incident.municipality_id,
        owner_id=incident.owner_id,
        at=now,
        told=len(told),
    )
    recorder.record(
        event="rounds.urgent.told",
        target=incident,
        at=now,
        municipality=incident.municipality_id,
        owner=incident.owner_id,
        counts={"told": len(told)},
    )
    for user in told:
        transaction.on_commit(partial(tasks.tell_on_duty.enqueue, user.pk))
    return made


@recorder.atomic()
def note_read(*, incident_id: int, by: User, now: datetime) -> None:
    """Say that an urgent report has been read. Raises `PermissionDenied`."""
    row = UrgentReport.objects.select_for_update(of=("self",)).get(pk=incident_id)
    policy.require(by, Permission.ROUND_REVIEW, row)
    if row.read_at is None:
        row.read_at = now
        row.save(update_fields=["read_at"])
        recorder.record(event="rounds.urgent.read", target=row.incident, by=by, at=now)


def unread(user: User) -> list[UrgentReport]:
    """Return the urgent reports nobody has read, the oldest first, for who reviews there."""
    readable = UrgentReport.objects.where_user_can(user, Permission.ROUND_REVIEW)
    return list(
        readable.filter(read_at=None)
        .select_related("incident__category", "incident__place", "incident__area", "owner")
        .order_by("at")
    )


def duties(municipality_id: int) -> list[Duty]:
    """Return the duty list."""
    return list(Duty.objects.filter(municipality=municipality_id).select_related("user"))
