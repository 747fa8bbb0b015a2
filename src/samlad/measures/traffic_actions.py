"""Every write on prioritised traffic places: ranked, and handed over."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.indicators import queries as indicators
from samlad.measures import traffic
from samlad.measures.models import TrafficHandover, TrafficList
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.traffic import Measured
from samlad.organisations.models import Municipality, Organisation


@recorder.atomic()
def rank_places(*, municipality_id: int, by: User, now: datetime) -> TrafficList:
    """Rank the places by their last measurements, and keep the list as it is.

    Raises `PermissionDenied`, or `NotAllowed` where nothing has been measured well enough.
    """
    policy.require_in(by, Permission.PROBLEM_EDIT, municipality_id)
    municipality = Municipality.objects.get(pk=municipality_id)
    today = timezone.localdate(now)
    measured = [
        Measured(
            one.place_id, one.place.name, one.starts_on, one.limit_kmh, one.mean_kmh,
            one.share_over, one.vehicles,
        )
        for one in indicators.latest_speeds(municipality)
    ]  # fmt: skip
    ranked = traffic.rank(measured, today=today)
    if not ranked or municipality.process_authority_id is None:
        raise NotAllowed(Reason.NOT_MEASURED)
    made = TrafficList.objects.create(
        municipality=municipality,
        owner_id=municipality.process_authority_id,
        made_on=today,
        rows=[one.as_json() for one in ranked],
    )
    recorder.record(
        event="measures.traffic.ranked", target=made, by=by, at=now, counts={"places": len(ranked)}
    )
    return made


@recorder.atomic()
def hand_over(
    *, list_id: int, organisation_id: int, reference: str, by: User, now: datetime
) -> TrafficHandover:
    """Hand a list to an organisation, as the police: it reads it from now on.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    made = TrafficList.objects.select_for_update(of=("self",)).get(pk=list_id)
    policy.require_in(by, Permission.PROBLEM_EDIT, made.municipality_id)
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    if organisation.municipality_id != made.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if made.shares.in_force().filter(organisation=organisation).exists():
        raise NotAllowed(Reason.ASKED_ALREADY)
    handed = TrafficHandover.objects.create(
        trafficlist=made, organisation=organisation, reference=reference, at=now
    )
    recorder.record(
        event="measures.traffic.handed_over",
        target=made,
        by=by,
        at=now,
        after={"organisation": organisation.pk},
    )
    return handed
