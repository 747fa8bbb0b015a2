"""Every write on memberships."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Organisation


class NotProved(Exception):
    """An account another administrator may hold: its owner proves the address first."""

    def __str__(self) -> str:
        return _(
            "The address has an account in another municipality, and nobody has proved that the "
            "address is theirs. Ask the person to choose a new password with Forgotten password "
            "at the sign-in page, and try again."
        )


def _is_known(user: User, by: User) -> bool:
    """Tell whether `by` manages every municipality the account has, or has had, a role in."""
    where = set(user.memberships.values_list("organisation__municipality", flat=True))
    managed = {scope.municipality for scope in policy.scopes_where(by, Permission.USER_MANAGE)}
    return where <= managed


@recorder.atomic()
def add_member(
    *,
    user_id: int,
    organisation_id: int,
    role: str,
    by: User,
    now: datetime,
    is_deputy: bool = False,
) -> Membership:
    """Give a person a role in an organisation from today, or as a deputy of who has it.

    Raises `PermissionDenied` if `by` may not manage users of that organisation, `NotProved`
    if the account was opened elsewhere and its address has not been proved by letter.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require(by, Permission.USER_MANAGE, organisation)
    user = User.objects.select_for_update().get(pk=user_id)
    if user.has_usable_password() and not user.address_proved and not _is_known(user, by):
        raise NotProved
    membership, made = Membership.objects.get_or_create(
        user_id=user_id,
        organisation=organisation,
        role=role,
        ends_before=None,
        defaults={"starts_on": timezone.localdate(now), "is_deputy": is_deputy},
    )
    if made:
        recorder.record(
            event="authorization.membership.added",
            target=membership,
            by=by,
            at=now,
            after={"user": user_id, "role": role, "deputy": is_deputy},
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
