"""A request as views behind sign-in get it: for types only."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from samlad.accounts.models import User


class SignedInRequest(HttpRequest):
    """`ui.middleware.SignInFirst` has seen to it that somebody is signed in."""

    user: User
    htmx: HtmxDetails
