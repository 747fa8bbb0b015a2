"""How allauth's sign-in behaves here: nobody signs up alone, failures lock, all is recorded."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts import actions
from samlad.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Samlad's rules around sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: an administrator invites."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an address that has failed too often, before the password is looked at."""
        self._login_failed_rl_usage = None  # allauth's own limit is off: settings
        email = credentials.get("email") or ""
        if actions.is_locked(email=email, now=timezone.now()):
            raise ValidationError(
                _("Too many failed attempts. Wait 15 minutes and try again."), code="locked"
            )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure."""
        actions.note_failed_sign_in(email=credentials.get("email") or "", now=timezone.now())

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Keep the demonstration's known passwords out of a real installation."""
        user: User | None = super().authenticate(request, **credentials)
        if user and user.is_demo and not settings.ENVIRONMENT.demo:
            raise ValidationError(_("Demonstration accounts are closed here."), code="demo")
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in and record it."""
        super().login(request, user)
        actions.note_sign_in(user=user, now=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out, then sign out."""
        if isinstance(request.user, User):
            actions.note_sign_out(user=request.user, now=timezone.now())
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Change the password and record that it was changed."""
        actions.change_password(user=user, password=password, now=timezone.now())
