"""What waits for a person, from every room they may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Permission
from samlad.incidents import queries as incidents
from samlad.incidents import reviewing
from samlad.incidents.models import Batch
from samlad.law import lagkollen
from samlad.measures import queries as measures
from samlad.measures import year_queries
from samlad.picture import queries as pictures
from samlad.picture.queries import PictureRow
from samlad.releases import queries as releases
from samlad.rounds import queries as rounds
from samlad.rounds import rules, urgent


@dataclass(frozen=True)
class Waiting:
    """What waits: drafts to finish, the last adopted pictures, the last files read."""

    memberships: list[Membership]
    drafts: list[PictureRow]
    adopted: list[PictureRow]
    batches: list[Batch]
    unmapped: list[tuple[str, int]]
    held: int
    urgent: int
    rounds: list[tuple[int, str, str]]
    to_answer: list[str]
    overdue: int
    to_follow_up: int
    to_begin: list[tuple[str, date]]
    law_clocks: list[str]
    to_release: int
    may_start: bool
    may_import: bool
    may_manage_people: bool


def waiting_for(user: User) -> Waiting:
    """Return what waits for `user`."""
    drafts = pictures.drafts(user)
    may_import = policy.can_somewhere(user, Permission.INCIDENT_IMPORT)
    memberships = policy.memberships(user)
    now = timezone.now()
    unmapped: list[tuple[str, int]] = []
    for membership in memberships:
        municipality = membership.organisation.municipality
        if policy.can_in(user, Permission.CATEGORY_MANAGE, municipality.pk):
            unmapped = incidents.unmapped_words(municipality, user)[:5]
            break
    return Waiting(
        memberships=memberships,
        drafts=drafts,
        adopted=pictures.adopted(user)[:3],
        batches=incidents.batches(user)[:3] if may_import else [],
        unmapped=unmapped,
        held=reviewing.count_held(user),
        urgent=len(urgent.unread(user)),
        rounds=[
            (one.pk, rounds.label(one), str(rules.status_at(one, now).label))
            for one in rounds.current(user, now=now)
        ],
        to_answer=list(
            dict.fromkeys(rounds.label(one) for one, _ in rounds.to_answer(user, now=now))
        ),
        overdue=measures.count_overdue(user, today=timezone.localdate(now)),
        to_follow_up=measures.count_to_follow_up(user, today=timezone.localdate(now)),
        to_begin=[
            (entry.what, day)
            for entry, day in year_queries.reminders(user, today=timezone.localdate(now))
        ]
        + [
            (_("Report the state grant: %(what)s") % {"what": one.what}, one.grant_report_on)
            for one in year_queries.grants_to_report(user, today=timezone.localdate(now))
            if one.grant_report_on is not None
        ],
        to_release=releases.waiting_for(user),
        law_clocks=lagkollen.warnings(user, today=timezone.localdate(now)),
        may_start=bool(pictures.municipalities_to_edit(user)),
        may_import=may_import,
        may_manage_people=policy.can_somewhere(user, Permission.USER_MANAGE),
    )
