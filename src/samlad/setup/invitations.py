"""An invitation: a signed address that lets a person choose a password, once.

Nothing is stored: the signature covers the account's present password and where it has roles,
so that the address is spent when a password has been chosen.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core import signing

from samlad.accounts import actions as account_actions
from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission

SALT = "samlad.setup.invitation"
DAYS_VALID = 14


def _state(user: User) -> str:
    """Return what an invitation is of: the password, and the municipalities one has a role in.

    A role in one more municipality closes the addresses the first one's administrator has seen.
    """
    where = sorted(
        set(
            user.memberships.filter(ends_before=None).values_list(
                "organisation__municipality", flat=True
            )
        )
    )
    return hashlib.sha256(f"{user.password}:{where}".encode()).hexdigest()[:16]


@recorder.atomic()
def invite(*, user: User, by: User | None, now: datetime) -> str:
    """Return the secret of a person's invitation address.

    `by` is None only on the command line. Raises `PermissionDenied` unless `by` may manage
    the person in every municipality they have a role in.
    """
    if by is not None:
        for membership in user.memberships.select_related("organisation").filter(ends_before=None):
            policy.require_in(by, Permission.USER_MANAGE, membership.municipality_id)
    recorder.record(event="accounts.invitation.made", target=user, by=by, at=now)
    return signing.dumps([user.pk, _state(user)], salt=SALT, compress=True)


def holder_of(secret: str) -> User | None:
    """Return whose invitation it is; None when it is spent, old, or no invitation."""
    try:
        pk, state = signing.loads(secret, salt=SALT, max_age=DAYS_VALID * 24 * 3600)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True, is_program=False).first()
    return user if user is not None and _state(user) == state else None


@recorder.atomic()
def accept(*, secret: str, password: str, now: datetime) -> User | None:
    """Choose the password; the address is spent. None when it was spent already."""
    user = holder_of(secret)
    if user is None:
        return None
    user = User.objects.select_for_update().get(pk=user.pk)
    if holder_of(secret) is None:
        return None
    account_actions.change_password(user=user, password=password, now=now)
    account_actions.prove_address(user=user, proved=False)  # an administrator may have read it
    return user
