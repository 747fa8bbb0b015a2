"""What is coming: events that units expect to matter to safety, entered by themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area


class Attendance(models.TextChoices):
    """How many are expected, roughly."""

    UNKNOWN = "unknown", _("Do not know")
    TENS = "tens", _("Fewer than 100")
    HUNDREDS = "hundreds", _("100–999")
    THOUSANDS = "thousands", _("1,000 or more")


class ComingEvent(models.Model):
    """An arrangemang: what, where, from which day to which, and roughly how many."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    where = GuardedCharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_before = models.DateField()
    attendance = models.CharField(
        max_length=10, choices=Attendance.choices, default=Attendance.UNKNOWN
    )
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = AuthorizedQuerySet["ComingEvent"].as_manager()

    class Meta:
        ordering: ClassVar = ["starts_on", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="calendar_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolBreakKind(models.TextChoices):
    """The breaks a school year has."""

    AUTUMN = "hostlov", _("autumn break")
    CHRISTMAS = "jullov", _("Christmas break")
    WINTER = "sportlov", _("winter break")
    EASTER = "pasklov", _("Easter break")
    SUMMER = "sommarlov", _("summer break")


class SchoolBreak(models.Model):
    """A school break of one municipality and year, as its school board has decided it."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="school_breaks")
    kind = models.CharField(max_length=12, choices=SchoolBreakKind.choices)
    starts_on = models.DateField()
    ends_before = models.DateField()

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "starts_on"], name="calendar_one_break"
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="calendar_break_ends_after_start"
            ),
        ]
