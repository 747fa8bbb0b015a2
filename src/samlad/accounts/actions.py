"""Every write on people and their sign-in, but who may do what: that is authorization's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from samlad.accounts.models import SignInFailure, User
from samlad.audit import recorder

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


def _key(email: str) -> str:
    return salted_hmac("samlad.accounts.lockout", email.strip().lower()).hexdigest()


def is_locked(*, email: str, now: datetime) -> bool:
    """Tell whether the address has failed too often of late, whether it exists or not."""
    recent = SignInFailure.objects.filter(key=_key(email), at__gt=now - LOCKED_FOR)
    return recent.count() >= FAILURES_ALLOWED


@recorder.atomic()
def note_failed_sign_in(*, email: str, now: datetime) -> None:
    """Count a failed sign-in towards the lockout."""
    SignInFailure.objects.filter(at__lte=now - LOCKED_FOR).delete()
    SignInFailure.objects.create(key=_key(email), at=now)
    user = User.objects.filter(email__iexact=email.strip()).first()
    event = "accounts.sign_in.failed"
    recorder.record(event=event, target=user, at=now)  # by whom is not known
    if is_locked(email=email, now=now):
        recorder.record(event="accounts.sign_in.locked", target=user, at=now)


@recorder.atomic()
def note_sign_in(*, user: User, now: datetime) -> None:
    """Record a sign-in and forget the failures before it."""
    SignInFailure.objects.filter(key=_key(user.email)).delete()
    recorder.record(event="accounts.sign_in.succeeded", target=user, by=user, at=now)


@recorder.atomic()
def note_sign_out(*, user: User, now: datetime) -> None:
    """Record that a person signed out."""
    recorder.record(event="accounts.sign_out.done", target=user, by=user, at=now)


@recorder.atomic()
def change_password(*, user: User, password: str, now: datetime) -> None:
    """Change a person's password and record that it was changed; never the password."""
    user.set_password(password)
    user.save(update_fields=["password"])
    recorder.record(
        event="accounts.password.changed",
        target=user,
        by=user,
        at=now,
        changed=["password"],
    )


def prove_address(*, user: User, proved: bool = True) -> None:
    """Note whether whoever chose the password had opened a letter to the account's address."""
    User.objects.filter(pk=user.pk).update(address_proved=proved)
