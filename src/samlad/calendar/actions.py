"""Every write on coming events."""

from __future__ import annotations

from datetime import date, datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.models import ComingEvent
from samlad.organisations.models import Organisation
from samlad.places.models import Area


@recorder.atomic()
def add_event(
    *,
    organisation_id: int,
    name: str,
    area: Area | None,
    where: str,
    starts_on: date,
    ends_before: date,
    attendance: str,
    by: User,
    now: datetime,
) -> ComingEvent:
    """Say that something is coming. Raises `PermissionDenied`."""
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require(by, Permission.EVENT_EDIT, organisation)
    event = ComingEvent.objects.create(
        municipality_id=organisation.municipality_id,
        owner=organisation,
        name=name,
        area=area,
        where=where,
        starts_on=starts_on,
        ends_before=ends_before,
        attendance=attendance,
        entered_at=now,
    )
    recorder.record(
        event="calendar.event.added",
        target=event,
        by=by,
        at=now,
        after={"starts_on": starts_on.isoformat()},
    )
    return event


@recorder.atomic()
def withdraw_event(*, event_id: int, by: User, now: datetime) -> None:
    """Take an event away; once. Raises `PermissionDenied`."""
    event = ComingEvent.objects.select_for_update().get(pk=event_id)
    policy.require(by, Permission.EVENT_EDIT, event)
    if event.withdrawn_at is None:
        event.withdrawn_at = now
        event.save(update_fields=["withdrawn_at"])
        recorder.record(event="calendar.event.withdrawn", target=event, by=by, at=now)
