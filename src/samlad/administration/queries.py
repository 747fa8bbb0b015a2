"""Reads for administration: people, organisations, and the record of who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Prefetch, Q
from django.utils import timezone

from samlad.accounts.models import User
from samlad.administration.labels import EVENTS, TARGETS
from samlad.audit.models import AuditEvent
from samlad.authorization import policy
from samlad.authorization.models import ApiToken, Membership
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality, Organisation

# Which permission lets a person see events on a thing, by the event's first word. An event
# whose word is not here is seen by nobody.
READABLE_WITH = {
    "incidents": Permission.INCIDENT_READ,
    "calendar": Permission.EVENT_EDIT,
    "indicators": Permission.INDICATOR_READ,
    "councils": Permission.COUNCIL_READ,
    "activities": Permission.ACTIVITY_READ,
    "centres": Permission.ACTIVITY_READ,
    "promises": Permission.PROMISE_READ,
    "public": Permission.RELEASE_READ,
    "releases": Permission.RELEASE_READ,
    "law": Permission.LAW_READ,
    "measures": Permission.MEASURE_READ,
    "picture": Permission.PICTURE_READ_DRAFT,
    "rounds": Permission.ROUND_READ,
    "places": Permission.AREA_MANAGE,
    "accounts": Permission.USER_MANAGE,
    "authorization": Permission.USER_MANAGE,
    "administration": Permission.USER_MANAGE,
    "organisations": Permission.ORGANISATION_MANAGE,
    "audit": Permission.AUDIT_SEARCH,
}
EVENTS_SHOWN = 200


@dataclass(frozen=True)
class EventRow:
    """One event as shown."""

    sequence: int
    at: datetime
    event: str
    label: str
    actor: str
    target: str
    details: dict[str, Any]


def municipality_with(user: User, permission: Permission) -> Municipality | None:
    """Return the municipality where `user` holds the permission as a whole, or None."""
    for scope in policy.scopes_where(user, permission):
        if scope.organisation is None:
            return Municipality.objects.get(pk=scope.municipality)
    return None


def people(municipality: Municipality) -> list[User]:
    """Return the people with a role in a municipality, with their open memberships."""
    today = timezone.localdate()
    open_now = (
        Membership.objects.in_force(today)
        .filter(organisation__municipality=municipality)
        .select_related("organisation")
    )
    return list(
        User.objects.filter(memberships__organisation__municipality=municipality, is_program=False)
        .distinct()
        .order_by("name")
        .prefetch_related(Prefetch("memberships", open_now, to_attr="open_memberships"))
    )


def tokens(municipality: Municipality) -> list[ApiToken]:
    """Return the programs' keys of a municipality, those in force first."""
    rows = ApiToken.objects.filter(organisation__municipality=municipality)
    return list(
        rows.select_related("organisation").order_by(F("revoked_at").asc(nulls_first=True), "name")
    )


def find_person(municipality: Municipality, pk: int) -> User | None:
    """Return a person with a role in a municipality, or None."""
    return next((person for person in people(municipality) if person.pk == pk), None)


def organisations(municipality: Municipality) -> list[Organisation]:
    """Return a municipality's organisations, by name."""
    return list(
        Organisation.objects.filter(municipality=municipality)
        .select_related("kind", "parent")
        .order_by("name")
    )


def events(
    user: User,
    *,
    text: str = "",
    since: date | None = None,
    until: date | None = None,
) -> list[EventRow]:
    """Return the events `user` may see, newest first."""
    condition = Q(pk__in=[])
    for word, permission in READABLE_WITH.items():
        scopes = policy.scopes_where(user, permission)
        if not scopes:
            continue
        seen = policy.scope_filter(scopes)
        if permission is Permission.USER_MANAGE:
            seen |= Q(municipality__isnull=True, target_id__in=_known_people(user))
        condition |= Q(event__startswith=f"{word}.") & seen
    rows = AuditEvent.objects.filter(condition)
    if text:
        named = [code for code, label in EVENTS.items() if text.lower() in str(label).lower()]
        rows = rows.filter(
            Q(event__in=named) | Q(event__icontains=text) | Q(target_id=text) | Q(actor=text)
        )
    if since is not None:
        rows = rows.filter(at__date__gte=since)
    if until is not None:
        rows = rows.filter(at__date__lte=until)
    chosen = list(rows.order_by("-sequence")[:EVENTS_SHOWN])
    names = _names(chosen)
    return [
        EventRow(
            sequence=row.sequence,
            at=row.at,
            event=row.event,
            label=str(EVENTS.get(row.event, row.event)),
            actor=names.get(row.actor, row.actor),
            target=f"{TARGETS.get(row.target_type, row.target_type)} {row.target_id}".strip(),
            details=row.details,
        )
        for row in chosen
    ]


def _known_people(user: User) -> list[str]:
    found: set[int] = set()
    for scope in policy.scopes_where(user, Permission.USER_MANAGE):
        members = Membership.objects.filter(organisation__municipality=scope.municipality)
        found.update(members.values_list("user_id", flat=True))
    return [str(pk) for pk in found]


def _names(events: list[AuditEvent]) -> dict[str, str]:
    """Return readable names: of a person, or of the organisation a report came from."""
    keys = {event.actor for event in events}
    users = [int(key[5:]) for key in keys if key.startswith("user:")]
    orgs = {int(key.split(":")[1]) for key in keys if key.startswith("org:")}
    names = {f"user:{u.pk}": u.name for u in User.objects.filter(pk__in=users)}
    by_pk = {o.pk: o.name for o in Organisation.objects.filter(pk__in=orgs)}
    for key in keys:
        if key.startswith("org:"):
            names[key] = by_pk.get(int(key.split(":")[1]), key)
    return names
