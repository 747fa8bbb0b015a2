"""Who is what, where, and since when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from samlad.authorization.permissions import Role
from samlad.organisations.models import Organisation


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time."""

    def in_force(self, on: date) -> Self:
        """Return those that have begun and not ended on a day."""
        return self.filter(starts_on__lte=on).filter(
            Q(ends_before__isnull=True) | Q(ends_before__gt=on)
        )


class Membership(models.Model):
    """A person's role in an organisation, from a day until (not including) another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role.choices)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gte=F("starts_on")),
                name="authorization_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ends_before__isnull=True),
                name="authorization_one_open_membership",
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="authorization_known_role"
            ),
        ]

    @property
    def municipality_id(self) -> int:
        """Return the municipality of the organisation (which must be loaded)."""
        return self.organisation.municipality_id

    @property
    def owner_id(self) -> int:
        """Return the organisation: it owns its own memberships."""
        return self.organisation_id
