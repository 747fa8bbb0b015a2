"""What a reviewer reads: held texts, decided ones, and what is linked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.guard import refusing
from samlad.guard.refusing import Piece
from samlad.incidents.models import Incident, IncidentText, LinkRule
from samlad.incidents.workflow import BatchStatus, TextState

HELD_SHOWN = 25


@dataclass(frozen=True)
class HeldText:
    """A text that waits: its pieces with the marked words, and its incident."""

    incident: Incident
    pieces: list[Piece]
    place_pieces: list[Piece]
    text: str
    place_text: str


def held_texts(user: User) -> tuple[list[HeldText], int]:
    """Return the texts `user` reviews that wait, the oldest first, and how many there are."""
    waiting = _reviewed_by(user).filter(state=TextState.HELD)
    rows = waiting.order_by("incident_id")[:HELD_SHOWN]
    return [_held(row) for row in rows], waiting.count()


def decided_texts(user: User) -> list[HeldText]:
    """Return the texts last decided on, newest first: to look at a decision again."""
    decided = _reviewed_by(user).filter(decided_at__isnull=False)
    return [_held(row) for row in decided.order_by("-decided_at")[:5]]


def count_held(user: User) -> int:
    """Return how many texts wait for `user`."""
    return _reviewed_by(user).filter(state=TextState.HELD).count()


def _reviewed_by(user: User) -> QuerySet[IncidentText]:
    scopes = policy.scopes_where(user, Permission.TEXT_REVIEW)
    mine = policy.scope_filter(
        scopes, municipality="incident__municipality", owner="incident__owner"
    )
    return IncidentText.objects.filter(
        mine, incident__batch__status=BatchStatus.ACCEPTED
    ).select_related("incident__source", "incident__category", "incident__area", "incident__place")


def _held(row: IncidentText) -> HeldText:
    return HeldText(
        row.incident,
        refusing.pieces(row.text),
        refusing.pieces(row.place_text),
        row.text,
        row.place_text,
    )


@dataclass(frozen=True)
class LinkedRows:
    """One occurrence and the rows that tell of it."""

    pk: int
    rows: list[Incident]


def occurrences(user: User, *, starts_on: date, ends_before: date) -> list[LinkedRows]:
    """Return the occurrences told by several sources: the only rows that may be summed."""
    rows = (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_READ)
        .filter(occurrence__isnull=False, happened_on__gte=starts_on, happened_on__lt=ends_before)
        .select_related("source", "category", "area", "place")
        .order_by("occurrence_id", "pk")
    )
    found: dict[int, list[Incident]] = {}
    for row in rows:
        found.setdefault(row.occurrence_id or 0, []).append(row)
    return [
        LinkedRows(pk, linked)
        for pk, linked in found.items()
        if len({row.source_id for row in linked}) > 1
    ]


def link_rules(user: User) -> list[LinkRule]:
    """Return the rules in force that `user` may write."""
    rules = LinkRule.objects.where_user_can(user, Permission.INCIDENT_LINK)
    return list(rules.filter(ended_at=None).select_related("first", "second"))
