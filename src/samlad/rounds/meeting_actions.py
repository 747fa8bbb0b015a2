"""Every write at the adoption meeting: notes, focus, priorities, presence, immediate actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.dayparts import Daypart
from samlad.incidents.models import Incident
from samlad.measures import actions as measure_actions
from samlad.measures.models import Measure
from samlad.measures.vocabulary import Kind
from samlad.organisations.models import Organisation
from samlad.picture import actions as picture_actions
from samlad.places.models import Area
from samlad.rounds import rules
from samlad.rounds.models import (
    Focus,
    OralNote,
    PlannedPresence,
    PresenceMove,
    Priority,
    Round,
)
from samlad.rounds.rules import NotAllowed, Reason

DAYS_FOR_IMMEDIATE = 7


@recorder.atomic()
def write_note(
    *,
    round_id: int,
    organisation_id: int,
    area: Area | None,
    text: str,
    by: User,
    now: datetime,
) -> OralNote:
    """Write down what was said at the table. Raises `PermissionDenied` or `NotAllowed`."""
    round_ = _locked(round_id, by)
    _check_here(round_, organisation_id, area)
    rules.check_unadopted(round_)
    note = OralNote.objects.create(
        round=round_, organisation_id=organisation_id, area=area, text=text, at=now
    )
    recorder.record(
        event="rounds.note.written",
        target=round_,
        by=by,
        at=now,
        after={"organisation": organisation_id},
        changed=["text"],
    )
    _keep_notes(round_, by, now)
    return note


@recorder.atomic()
def remove_note(*, round_id: int, note_id: int, by: User, now: datetime) -> None:
    """Take a note away before the picture is adopted. Raises `PermissionDenied`."""
    round_ = _locked(round_id, by)
    rules.check_unadopted(round_)
    if round_.notes.filter(pk=note_id).delete()[0]:
        recorder.record(event="rounds.note.removed", target=round_, by=by, at=now)
        _keep_notes(round_, by, now)


def _keep_notes(round_: Round, by: User, now: datetime) -> None:
    """Keep what was said with the round's picture, which freezes it when it is adopted."""
    if round_.picture_id is None:
        return
    notes = [
        {
            "organisation": note.organisation.name,
            "area": note.area.name if note.area else "",
            "text": note.text,
        }
        for note in round_.notes.select_related("organisation", "area")
    ]
    picture_actions.keep_notes(picture_id=round_.picture_id, notes=notes, by=by, now=now)


@recorder.atomic()
def set_focus(
    *,
    round_id: int,
    organisation_id: int,
    area: Area | None,
    what: str,
    by: User,
    now: datetime,
) -> Focus:
    """Say what an organisation looks at in the coming period.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = _locked(round_id, by)
    rules.check_unadopted(round_)
    _check_here(round_, organisation_id, area)
    focus = Focus.objects.create(
        round=round_, organisation_id=organisation_id, area=area, what=what
    )
    recorder.record(
        event="rounds.focus.set",
        target=round_,
        by=by,
        at=now,
        after={"organisation": organisation_id},
        changed=["what"],
    )
    return focus


@recorder.atomic()
def remove_focus(*, round_id: int, focus_id: int, by: User, now: datetime) -> None:
    """Take a focus away. Raises `PermissionDenied`."""
    round_ = _locked(round_id, by)
    rules.check_unadopted(round_)
    if round_.focuses.filter(pk=focus_id).delete()[0]:
        recorder.record(event="rounds.focus.removed", target=round_, by=by, at=now)


@recorder.atomic()
def prioritise(
    *,
    round_id: int,
    area: Area,
    need: int,
    influence: int,
    reason: str,
    by: User,
    now: datetime,
) -> Priority:
    """Give an area its place in the order: need × influence, with the reason.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = _locked(round_id, by)
    rules.check_unadopted(round_)
    _check_here(round_, None, area)
    earlier = Priority.objects.filter(round=round_, area=area).first()
    priority, _ = Priority.objects.update_or_create(
        round=round_,
        area=area,
        defaults={"need": need, "influence": influence, "reason": reason},
    )
    recorder.record(
        event="rounds.priority.set",
        target=round_,
        by=by,
        at=now,
        before={"need": earlier.need, "influence": earlier.influence} if earlier else None,
        after={"area": area.pk, "need": need, "influence": influence},
        changed=["reason"],
    )
    return priority


@recorder.atomic()
def assign_presence(
    *, presence_id: int, organisation_id: int | None, by: User, now: datetime
) -> PlannedPresence:
    """Say who is to be there. Raises `PermissionDenied` unless `by` runs the round."""
    presence = PlannedPresence.objects.select_for_update(of=("self",)).get(pk=presence_id)
    round_ = _locked(presence.round_id, by)
    if organisation_id is not None:
        _check_here(round_, organisation_id, None)
    before, presence.owner_id = presence.owner_id, organisation_id
    presence.save(update_fields=["owner"])
    recorder.record(
        event="rounds.presence.assigned",
        target=presence,
        by=by,
        at=now,
        before={"organisation": before},
        after={"organisation": organisation_id},
    )
    return presence


@recorder.atomic()
def move_presence(
    *,
    presence_id: int,
    area: Area,
    spot: str,
    daypart: Daypart,
    by: User,
    now: datetime,
) -> PlannedPresence:
    """Move a planned presence to another place or time; where it was is kept.

    Raises `PermissionDenied` unless `by` is of the organisation that is to be there, or runs
    the round.
    """
    presence = (
        PlannedPresence.objects.select_for_update(of=("self",))
        .select_related("round", "owner")
        .get(pk=presence_id)
    )
    policy.require(by, Permission.PRESENCE_MOVE, presence)
    _check_here(presence.round, None, area)
    mover = presence.owner_id or presence.round.owner_id
    PresenceMove.objects.create(
        presence=presence,
        from_area_id=presence.area_id,
        from_spot=presence.spot,
        from_daypart=presence.daypart,
        organisation_id=mover,
        at=now,
    )
    before = presence.area_id
    presence.area, presence.spot, presence.daypart = area, spot, daypart.value
    presence.save(update_fields=["area", "spot", "daypart"])
    recorder.record(
        event="rounds.presence.moved",
        target=presence,
        by=by,
        at=now,
        before={"area": before},
        after={"area": area.pk},
        changed=["spot", "daypart"],
    )
    return presence


@recorder.atomic()
def act_now(
    *,
    round_id: int,
    incident_id: int | None,
    finding: int | None,
    organisation_id: int,
    what: str,
    kind: Kind,
    by: User,
    now: datetime,
    due_on: date | None = None,
) -> Measure:
    """Decide a measure at once because of an observation or a finding.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = _locked(round_id, by)
    incident = None
    if incident_id is not None:
        incident = Incident.objects.get(pk=incident_id, municipality_id=round_.municipality_id)
    area = incident.area if incident is not None else None
    if finding is not None and round_.picture is not None:
        findings = round_.picture.compiled["findings"]
        if finding >= len(findings):
            raise NotAllowed(Reason.NO_SUCH_FINDING)
        code = findings[finding]["area"]["code"]
        area = (
            Area.objects.valid_on(round_.starts_on)
            .filter(municipality=round_.municipality_id, code=code)
            .first()
        )
    return measure_actions.decide_measure(
        organisation_id=organisation_id,
        what=what,
        due_on=due_on or timezone.localdate(now) + timedelta(DAYS_FOR_IMMEDIATE),
        area=area,
        place=incident.place if incident is not None else None,
        picture=round_.picture if finding is not None else None,
        finding=finding,
        incident=incident,
        described=measure_actions.Description(kind=kind),
        by=by,
        now=now,
    )


def _locked(round_id: int, by: User) -> Round:
    round_ = (
        Round.objects.select_for_update(of=("self",))
        .select_related("picture", "municipality")
        .get(pk=round_id)
    )
    policy.require(by, Permission.ROUND_RUN, round_)
    return round_


def _check_here(round_: Round, organisation_id: int | None, area: Area | None) -> None:
    """Raise `NotAllowed` unless both belong to the round's municipality."""
    if area is not None and area.municipality_id != round_.municipality_id:
        raise NotAllowed(Reason.NOT_EXPECTED)
    if organisation_id is not None:
        here = Organisation.objects.filter(
            pk=organisation_id, municipality=round_.municipality_id, active=True
        )
        if not here.exists():
            raise NotAllowed(Reason.NOT_EXPECTED)
