"""The one decision: who may do what to which thing. The default is no.

`scopes_where` answers it; the single check `can` and the list filter `where_user_can` are
both derived from it. Things say where they belong (`municipality_id`, `owner_id`) and, where
they can be shared, to whom (`shares`, whose model says in `GIVES` what a share gives), so
that this room knows no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone

from samlad.accounts.models import User
from samlad.authorization.models import Membership
from samlad.authorization.permissions import (
    GRANTS,
    WHOLE_MUNICIPALITY,
    Permission,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

T = TypeVar("T", bound=models.Model)


@dataclass(frozen=True)
class Scope:
    """A municipality, and one organisation's things in it or (None) everybody's."""

    municipality: int
    organisation: int | None


def scopes_where(user: User | AnonymousUser | None, permission: Permission) -> set[Scope]:
    """Return where `user` holds `permission`. Nobody, or no longer active: nowhere."""
    scopes: set[Scope] = set()
    for membership in memberships(user):
        if permission not in GRANTS[membership.role]:
            continue
        organisation = membership.organisation
        authority = organisation.municipality.process_authority_id
        inside = authority in {organisation.pk, organisation.parent_id} - {None}
        whole = inside and membership.role in WHOLE_MUNICIPALITY
        scopes.add(Scope(organisation.municipality_id, None if whole else organisation.pk))
    return scopes


def memberships(user: User | AnonymousUser | None) -> list[Membership]:
    """Return the memberships in force today, read once per user object."""
    if not isinstance(user, User) or not user.is_active:
        return []
    today = timezone.localdate()
    held: tuple[date, list[Membership]] | None = getattr(user, "_memberships_held", None)
    if held is None or held[0] != today:
        found = (
            Membership.objects.in_force(today)
            .filter(user=user, organisation__active=True)
            .select_related("organisation__municipality", "organisation__kind")
        )
        held = (today, list(found))
        user._memberships_held = held  # type: ignore[attr-defined]
    return held[1]


def can(user: User | AnonymousUser | None, permission: Permission, thing: Any) -> bool:
    """Tell whether `user` may do this to `thing`."""
    scopes = scopes_where(user, permission)
    if not scopes:
        return False
    if Scope(thing.municipality_id, None) in scopes:
        return True
    if Scope(thing.municipality_id, thing.owner_id) in scopes:
        return True
    if not hasattr(thing, "shares") or permission not in thing.shares.model.GIVES:
        return False
    organisations = {scope.organisation for scope in scopes} - {None}
    return bool(thing.shares.in_force().filter(organisation_id__in=organisations).exists())


def can_somewhere(user: User | AnonymousUser | None, permission: Permission) -> bool:
    """Tell whether `user` holds the permission anywhere: for menus, never for things."""
    return bool(scopes_where(user, permission))


def reads_others(user: User | AnonymousUser | None) -> bool:
    """Tell whether `user` sees more than their own organisation's: then sessions are short."""
    return can_somewhere(user, Permission.PICTURE_READ_DRAFT) or can_somewhere(
        user, Permission.USER_MANAGE
    )


def can_in(user: User | AnonymousUser | None, permission: Permission, municipality: int) -> bool:
    """Tell whether `user` holds the permission over a whole municipality."""
    return Scope(municipality, None) in scopes_where(user, permission)


def require(user: User | AnonymousUser | None, permission: Permission, thing: Any) -> None:
    """Raise `PermissionDenied` unless `user` may do this to `thing`."""
    if not can(user, permission, thing):
        raise PermissionDenied(permission)


def require_in(
    user: User | AnonymousUser | None, permission: Permission, municipality: int
) -> None:
    """Raise `PermissionDenied` unless `user` may do this in the whole municipality."""
    if not can_in(user, permission, municipality):
        raise PermissionDenied(permission)


def scope_filter(
    scopes: set[Scope], *, municipality: str = "municipality", owner: str = "owner"
) -> Q:
    """Return the scopes as a database filter; no scope matches nothing."""
    condition = Q(pk__in=[])
    for scope in scopes:
        here = Q(**{municipality: scope.municipality})
        if scope.organisation is not None:
            here &= Q(**{owner: scope.organisation})
        condition |= here
    return condition


class AuthorizedQuerySet(models.QuerySet[T], Generic[T]):
    """A list that knows who is asking."""

    def where_user_can(self, user: User | AnonymousUser | None, permission: Permission) -> Any:
        """Return the things `user` may do this to, each once."""
        scopes = scopes_where(user, permission)
        condition = scope_filter(scopes)
        shareable = any(field.name == "shares" for field in self.model._meta.related_objects)
        shares: Any = self.model._meta.get_field("shares").related_model if shareable else None
        if shareable and permission in shares.GIVES:
            organisations = {s.organisation for s in scopes if s.organisation is not None}
            shared = shares._default_manager.in_force().filter(organisation_id__in=organisations)
            condition |= Q(pk__in=shared.values(self.model._meta.model_name))
        return self.filter(condition)


class ShareQuerySet(models.QuerySet[T], Generic[T]):
    """Shares that have not been ended."""

    def in_force(self) -> Any:
        """Return the shares in force now."""
        return self.filter(ended_at__isnull=True)
