"""Every write on measures."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.measures import rules
from samlad.measures.models import Measure
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.workflow import Status
from samlad.organisations.models import Organisation
from samlad.picture import sentences
from samlad.picture.models import Picture
from samlad.places.models import Area, Place


@recorder.atomic()
def decide_measure(
    *,
    organisation_id: int,
    what: str,
    due_on: date,
    by: User,
    now: datetime,
    area: Area | None = None,
    place: Place | None = None,
    picture: Picture | None = None,
    finding: int | None = None,
    incident: Incident | None = None,
) -> Measure:
    """Decide that an organisation does something until a day.

    Raises `PermissionDenied` unless `by` may decide measures of the organisation and read what
    the measure follows from, and `NotAllowed` if that is of another municipality.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.MEASURE_EDIT, organisation)
    if picture is not None:
        policy.require(by, Permission.PICTURE_READ_ADOPTED, picture)
    if incident is not None:
        policy.require(by, Permission.INCIDENT_READ, incident)
    for thing in (area, place, picture, incident):
        if thing is not None and thing.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    if finding is not None and (
        picture is None or finding >= len(picture.compiled.get("findings", []))
    ):
        raise NotAllowed(Reason.NO_SUCH_FINDING)
    measure = Measure.objects.create(
        municipality_id=organisation.municipality_id,
        owner=organisation,
        what=what,
        area=area,
        place=place,
        due_on=due_on,
        picture=picture,
        finding=finding,
        because=""
        if picture is None or finding is None
        else sentences.finding_title(picture.compiled["findings"][finding]),
        incident=incident,
        decided_at=now,
    )
    recorder.record(
        event="measures.measure.decided",
        target=measure,
        by=by,
        at=now,
        after={"due_on": due_on.isoformat(), "organisation": organisation.pk},
    )
    return measure


@recorder.atomic()
def set_status(
    *, measure_id: int, status: Status, by: User, now: datetime, reason: str = ""
) -> Measure:
    """Say what became of a measure, or open it again.

    Raises `PermissionDenied` or `NotAllowed`; not done needs its coded reason.
    """
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    rules.check_close(measure, status, reason)
    before, measure.status = measure.status, status
    measure.reason = reason
    measure.closed_on = None if status == Status.PLANNED else timezone.localdate(now)
    measure.save(update_fields=["status", "reason", "closed_on"])
    recorder.record(
        event="measures.measure.status_set",
        target=measure,
        by=by,
        at=now,
        before={"status": before},
        after={"status": status, "reason": reason},
    )
    return measure
