"""Who is what, where, and since when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samlad.authorization.permissions import Role
from samlad.guard.storing import GuardedCharField
from samlad.organisations.models import Organisation


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time."""

    def in_force(self, on: date) -> Self:
        """Return those that have begun and not ended on a day."""
        return self.filter(starts_on__lte=on).filter(
            Q(ends_before__isnull=True) | Q(ends_before__gt=on)
        )


class Membership(models.Model):
    """A person's role in an organisation, from a day until (not including) another.

    A deputy may do the same as the one they stand in for: the work waits for no single person.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role.choices)
    is_deputy = models.BooleanField(default=False)
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
    def told(self) -> str:
        """Return the role in words, and whether it is held as a deputy."""
        role = str(self.get_role_display())
        return str(_("%(role)s (deputy)") % {"role": role}) if self.is_deputy else role

    @property
    def owner_id(self) -> int:
        """Return the organisation: it owns its own memberships."""
        return self.organisation_id


class TokenScope(models.TextChoices):
    """What a program may do with its token."""

    REPORT = "report", _("Report")
    READ = "read", _("Report, and read its own reports")


class ApiToken(models.Model):
    """A program's key to report for one organisation. Only a hash of it is kept.

    `user` is the program's own account, which nobody can sign in with: what it may do follows
    from its membership like everybody's.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="token")
    name = GuardedCharField(max_length=80)
    scope = models.CharField(max_length=8, choices=TokenScope.choices, default=TokenScope.READ)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    window_at = models.DateTimeField(null=True)
    window_calls = models.PositiveIntegerField(default=0)
    day = models.DateField(null=True)
    day_calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    @property
    def municipality_id(self) -> int:
        """Return the municipality of the organisation (which must be loaded)."""
        return self.organisation.municipality_id

    @property
    def owner_id(self) -> int:
        """Return the organisation: its programs are its own."""
        return self.organisation_id
