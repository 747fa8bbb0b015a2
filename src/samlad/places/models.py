"""Where: versioned areas and named places. Geometry is WKB in the municipality's metric CRS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField
from samlad.organisations.models import Municipality, Organisation


class AreaKind(models.TextChoices):
    """What sort of area, from the whole to the part."""

    MUNICIPALITY = "kommun", _("Municipality")
    DISTRICT = "kommundel", _("District")
    LOCALITY = "tatort", _("Locality")
    REGSO = "regso", _("RegSO")
    DESO = "deso", _("DeSO")
    OWN = "eget", _("Own area")


class AreaQuerySet(AuthorizedQuerySet["Area"]):
    """Areas by time."""

    def valid_on(self, day: date) -> Self:
        """Return the versions in force on a day."""
        return self.filter(valid_from__lte=day).filter(
            Q(ends_before__isnull=True) | Q(ends_before__gt=day)
        )


class Area(models.Model):
    """One version of one area: borders change, and an incident keeps the one of its day."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="areas")
    kind = models.CharField(max_length=12, choices=AreaKind.choices)
    code = GuardedCharField(max_length=40)
    name = GuardedCharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    valid_from = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    boundary = models.BinaryField()
    provenance = GuardedCharField(max_length=200, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "code", "valid_from"],
                name="places_one_area_version",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("valid_from")),
                name="places_area_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True, population_year__isnull=True)
                | Q(population__isnull=False, population_year__isnull=False),
                name="places_population_has_year",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def within(codes: Sequence[str]) -> Q:
    """Return the condition of what has an `area` within areas: every version, and its parts."""
    return (
        Q(area__code__in=codes)
        | Q(area__parent__code__in=codes)
        | Q(area__parent__parent__code__in=codes)
    )


class PlaceKind(models.TextChoices):
    """What sort of place."""

    SCHOOL = "skola", _("School")
    PARK = "park", _("Park")
    CENTRE = "centrum", _("Centre")
    STATION = "station", _("Station")
    ACTIVITY = "aktivitetsplats", _("Activity place")
    YOUTH_CENTRE = "fritidsgard", _("Youth centre")
    ROAD = "vag", _("Road or path")
    PROPERTY = "fastighet", _("Property")
    OTHER = "annan", _("Other place")


class Access(models.TextChoices):
    """Who may be at the place."""

    PUBLIC = "offentlig", _("Public")
    SEMI_PUBLIC = "halvoffentlig", _("Semi-public")


class Place(models.Model):
    """A place people know by name. Never a dwelling."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="places")
    name = GuardedCharField(max_length=120)
    kind = models.CharField(max_length=20, choices=PlaceKind.choices)
    access = models.CharField(max_length=16, choices=Access.choices, default=Access.PUBLIC)
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    x_m = models.FloatField()
    y_m = models.FloatField()

    objects = AuthorizedQuerySet["Place"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="places_one_place_name"),
        ]

    def __str__(self) -> str:
        return self.name
