"""Every write on memberships."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Organisation


@recorder.atomic()
def add_member(
    *, user_id: int, organisation_id: int, role: str, by: User, now: datetime
) -> Membership:
    """Give a person a role in an organisation from today.

    Raises `PermissionDenied` if `by` may not manage users of that organisation.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require(by, Permission.USER_MANAGE, organisation)
    membership, made = Membership.objects.get_or_create(
        user_id=user_id,
        organisation=organisation,
        role=role,
        ends_before=None,
        defaults={"starts_on": timezone.localdate(now)},
    )
    if made:
        recorder.record(
            event="authorization.membership.added",
            target=membership,
            by=by,
            at=now,
            after={"user": user_id, "role": role},
        )
    return membership


@recorder.atomic()
def end_membership(*, membership_id: int, by: User, now: datetime) -> None:
    """End a role today; it stays in the history.

    Raises `PermissionDenied` if `by` may not manage users of that organisation.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=membership_id)
    )
    policy.require(by, Permission.USER_MANAGE, membership)
    if membership.ends_before is not None:
        return  # it has been ended, and keeps its day
    membership.ends_before = timezone.localdate(now)
    membership.save(update_fields=["ends_before"])
    recorder.record(
        event="authorization.membership.ended",
        target=membership,
        by=by,
        at=now,
        before={"user": membership.user_id, "role": membership.role},
    )
