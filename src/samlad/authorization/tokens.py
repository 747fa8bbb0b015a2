"""Programs' keys: made once, shown once, kept as a hash, checked at every call."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.models import ApiToken, Membership, TokenScope
from samlad.authorization.permissions import Permission, Role
from samlad.organisations.models import Organisation

PREFIX = "samlad_"  # so that a key that has leaked can be searched for
CALLS_A_MINUTE = 300
CALLS_A_DAY = 20_000
WINDOW = timedelta(minutes=1)
LONGEST = timedelta(days=730)  # a key's life; a later day asked for becomes this


def digest(secret: str) -> str:
    """Return what is kept of a key: 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


@recorder.atomic()
def make_token(
    *,
    organisation_id: int,
    name: str,
    scope: TokenScope,
    expires_on: date,
    by: User,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a program's key; return it with the secret, which is not kept.

    Raises `PermissionDenied` unless `by` may manage users of the organisation.
    """
    organisation = Organisation.objects.select_related("municipality").get(
        pk=organisation_id, active=True
    )
    policy.require(by, Permission.USER_MANAGE, organisation)
    expires_on = min(expires_on, timezone.localdate(now) + LONGEST)
    secret = PREFIX + secrets.token_urlsafe(32)
    user = User.objects.create_user(
        email=f"program-{secrets.token_hex(8)}@program.invalid",
        password=None,
        name=name,
        is_program=True,
        is_demo=organisation.municipality.is_demo,
    )
    Membership.objects.create(
        user=user,
        organisation=organisation,
        role=Role.REPORTER,
        starts_on=timezone.localdate(now),
    )
    token = ApiToken.objects.create(
        organisation=organisation,
        user=user,
        name=name,
        scope=scope,
        digest=digest(secret),
        made_at=now,
        expires_on=expires_on,
    )
    recorder.record(
        event="authorization.token.made",
        target=token,
        by=by,
        at=now,
        after={"scope": scope, "expires_on": expires_on.isoformat()},
    )
    return token, secret


@recorder.atomic()
def revoke_token(*, token_id: int, by: User, now: datetime) -> None:
    """Close a program's key at once, for good. Raises `PermissionDenied`."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("organisation", "user")
    found = token.get(pk=token_id)
    policy.require(by, Permission.USER_MANAGE, found)
    if found.revoked_at is None:
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
        found.user.is_active = False
        found.user.save(update_fields=["is_active"])
        recorder.record(event="authorization.token.revoked", target=found, by=by, at=now)


def holder_of(secret: str, *, now: datetime) -> ApiToken | None:
    """Return the key a program shows, if it is in force; None for any other words."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    return (
        ApiToken.objects.filter(
            digest=digest(secret), revoked_at=None, expires_on__gt=timezone.localdate(now)
        )
        .filter(user__is_active=True, organisation__active=True)
        .select_related("user", "organisation__municipality")
        .first()
    )


def seconds_to_wait(token: ApiToken, *, now: datetime) -> int:
    """Count a call; return 0, or how long to wait where there have been too many.

    Two limits: calls a minute, and calls a day of the municipality's calendar.
    """
    own = ApiToken.objects.filter(pk=token.pk)
    today = timezone.localdate(now)
    if token.day != today:
        own.filter(day=token.day).update(day=today, day_calls=0)
    if not own.filter(day=today, day_calls__lt=CALLS_A_DAY).update(day_calls=F("day_calls") + 1):
        midnight = timezone.make_aware(datetime.combine(today + timedelta(1), time(0)))
        return int((midnight - now).total_seconds()) + 1
    began = token.window_at
    if began is None or began + WINDOW <= now:
        own.filter(window_at=began).update(window_at=now, window_calls=1)
        return 0
    counted = own.filter(window_calls__lt=CALLS_A_MINUTE).update(window_calls=F("window_calls") + 1)
    return 0 if counted else int((began + WINDOW - now).total_seconds()) + 1
