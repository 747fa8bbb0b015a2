"""Which municipality a person works in: most have one; who has several says which."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality

KEY = "municipality"


def municipalities(user: User) -> list[Municipality]:
    """Return the municipalities a person has a role in, by name."""
    held = (one.organisation.municipality for one in policy.memberships(user))
    return sorted(set(held), key=lambda one: one.name)


def choose(request: HttpRequest, user: User, municipality_id: int) -> None:
    """Remember for the session which municipality the person works in.

    Raises `Http404` if they have no role there.
    """
    if municipality_id not in {one.pk for one in municipalities(user)}:
        raise Http404
    request.session[KEY] = municipality_id


def find(
    request: HttpRequest, user: User, permission: Permission, *, whole: bool = False
) -> Municipality | None:
    """Return the municipality the person works in and holds the permission in, or None.

    `whole` asks for the permission in the whole municipality. Where the one they chose does not
    do, it is the first that does.
    """
    held = {
        scope.municipality
        for scope in policy.scopes_where(user, permission)
        if not whole or scope.organisation is None
    }
    chosen = request.session.get(KEY)
    if chosen in held:
        return Municipality.objects.get(pk=chosen)
    return Municipality.objects.filter(pk__in=held).order_by("pk").first()


def require(
    request: HttpRequest, user: User, permission: Permission, *, whole: bool = False
) -> Municipality:
    """Return what `find` does, or answer 404."""
    found = find(request, user, permission, whole=whole)
    if found is None:
        raise Http404
    return found
