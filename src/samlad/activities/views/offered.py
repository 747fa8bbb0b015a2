"""What the log's pages offer, and how a form that was sent twice is known."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404
from django.utils import timezone

from samlad.accounts.requests import SignedInRequest
from samlad.activities import queries
from samlad.activities.rules import NotAllowed
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place
from samlad.ui.fields import attempting

attempt = attempting(NotAllowed)


def here(organisations: list[Organisation]) -> dict[str, Any]:
    """Return what a form offers of areas and places where these organisations are."""
    inside = {one.municipality_id for one in organisations}
    areas = Area.objects.valid_on(timezone.localdate()).filter(municipality__in=inside)
    return {
        "organisation": organisations,
        "area": areas.defer("boundary"),
        "place": Place.objects.filter(municipality__in=inside),
    }


def logging_for(request: SignedInRequest) -> list[Organisation]:
    found = queries.organisations_logging(request.user)
    if not found:
        raise Http404
    return found


def key_of(request: SignedInRequest) -> UUID:
    """Return the form's key: sent twice it is logged once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()
