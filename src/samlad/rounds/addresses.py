"""Whose address a letter goes to."""

from __future__ import annotations

from django.utils import timezone

from samlad.authorization.models import Membership
from samlad.authorization.permissions import GRANTS, Permission


def readers_of(organisation_id: int) -> list[str]:
    """Return the addresses of those in an organisation who may read adopted pictures."""
    return _who_hold(Permission.PICTURE_READ_ADOPTED, organisation_id)


def reporters_of(organisation_id: int) -> list[str]:
    """Return the addresses of those who report for an organisation."""
    return _who_hold(Permission.INCIDENT_IMPORT, organisation_id)


def _who_hold(permission: Permission, organisation_id: int) -> list[str]:
    roles = [role for role, held in GRANTS.items() if permission in held]
    members = Membership.objects.in_force(timezone.localdate()).filter(
        organisation=organisation_id,
        role__in=roles,
        user__is_active=True,
        user__is_program=False,
    )
    return sorted(set(members.values_list("user__email", flat=True)))
