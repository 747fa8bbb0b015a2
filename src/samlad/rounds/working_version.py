"""What the working version of a picture says beside the general one: who does what."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.measures import queries as measures
from samlad.picture.models import Picture
from samlad.rounds import queries
from samlad.rounds.models import Dispatch, Round
from samlad.rounds.workflow import Level


def what_goes_on(user: User, picture: Picture) -> tuple[str, dict[str, Any]] | None:
    """Return the measures, order and focus of a picture's round, for who has that version."""
    round_ = Round.objects.filter(picture=picture).select_related("process").first()
    if round_ is None or not _has_working_version(user, picture, round_):
        return None
    rows = measures.of_picture(picture, user, today=timezone.localdate(), whole=True)
    priorities = queries.priorities(round_)
    focuses = list(round_.focuses.select_related("organisation", "area"))
    if not (rows or priorities or focuses):
        return None
    context = {"measures": rows, "priorities": priorities, "focuses": focuses}
    return "rounds/_what_goes_on.html", context


def _has_working_version(user: User, picture: Picture, round_: Round) -> bool:
    """Tell whether the reader is inside the authority, or was sent the working version."""
    if policy.can(user, Permission.PICTURE_READ_DRAFT, picture):
        return True
    own = {membership.organisation_id for membership in policy.memberships(user)}
    return Dispatch.objects.filter(round=round_, organisation__in=own, level=Level.WORKING).exists()
