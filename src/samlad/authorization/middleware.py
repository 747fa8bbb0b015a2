"""Long sessions are for those who see only what is their own."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from samlad.accounts.models import User
from samlad.authorization import policy


class ShortSessions:
    """Whoever reads others' reports, or manages people, signs in each day: also when the role
    came after the phone was made one's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Shorten a session that is longer than its person may have."""
        user = request.user
        if (
            isinstance(user, User)
            and request.session.get("_session_expiry")
            and request.session.get_expiry_age() > settings.SESSION_COOKIE_AGE
            and policy.reads_others(user)
        ):
            request.session.set_expiry(settings.SESSION_COOKIE_AGE)
        return self.get_response(request)
