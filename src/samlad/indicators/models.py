"""Indicators: series of measured values. Two pages that give different numbers both stay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Place


class GeographyType(models.TextChoices):
    """What sort of area a value is of. A local police area is never the municipality."""

    MUNICIPALITY = "kommun", _("municipality")
    DISTRICT = "kommundel", _("part of the municipality")
    SEWERS = "avlopp", _("what one wastewater plant takes in")
    POLICE_AREA = "lpo", _("local police area")
    POLICE_REGION = "polisregion", _("police region")
    PART_OF_COUNTY = "del_av_lan", _("part of a county")
    COUNTY = "lan", _("county")
    COUNTRY = "riket", _("Sweden")


class Unit(models.TextChoices):
    """What a value is counted in."""

    INDEX = "index", _("index")
    SHARE = "procent", _("percent")
    COUNT = "antal", _("number")
    RATE = "per_1000", _("per 1,000 inhabitants")
    KRONOR = "kronor", _("kronor")
    LOAD = "mg_1000", _("mg per 1,000 inhabitants and day")


class Direction(models.TextChoices):
    """Which way is good; a rise in reports may be neither."""

    LOW_IS_GOOD = "lag", _("low is good")
    HIGH_IS_GOOD = "hog", _("high is good")
    NEITHER = "ingen", _("neither")


class Dimension(models.TextChoices):
    """Incidents and perceived safety are kept apart and never added."""

    FACTUAL = "faktisk", _("what has happened (incidents, reports)")
    PERCEIVED = "upplevd", _("perceived safety (surveys)")


class Indicator(models.Model):
    """One series: what is measured, of which area, on which scale, and which way is good."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=160)
    geography_type = models.CharField(max_length=12, choices=GeographyType.choices)
    geography = GuardedCharField(max_length=120)
    unit = models.CharField(max_length=10, choices=Unit.choices)
    dimension = models.CharField(max_length=8, choices=Dimension.choices)
    direction = models.CharField(max_length=6, choices=Direction.choices, default=Direction.NEITHER)
    scale_min = models.FloatField(null=True, blank=True)
    scale_max = models.FloatField(null=True, blank=True)

    objects = AuthorizedQuerySet["Indicator"].as_manager()

    class Meta:
        ordering: ClassVar = ["name", "geography"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "name", "geography_type", "geography", "unit"],
                name="indicators_one_series",
            ),
            models.CheckConstraint(
                condition=Q(scale_min__isnull=True)
                | Q(scale_max__isnull=True)
                | Q(scale_max__gt=F("scale_min")),
                name="indicators_scale_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.geography}"


class Value(models.Model):
    """One value as a source gave it on a day. `n` answers and their share, of a survey."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    starts_on = models.DateField()
    ends_before = models.DateField()
    value = models.FloatField()
    n = models.PositiveIntegerField(null=True, blank=True)
    response_rate = models.FloatField(null=True, blank=True)
    is_preliminary = models.BooleanField(default=False)
    source = GuardedCharField(max_length=300)
    counted_as = GuardedCharField(max_length=80, blank=True)
    retrieved_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["starts_on", "ends_before", "retrieved_on", "source"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on", "ends_before", "source", "value"],
                name="indicators_value_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="indicators_period_has_length"
            ),
            models.CheckConstraint(
                condition=Q(response_rate__isnull=True)
                | Q(response_rate__gte=0, response_rate__lte=100),
                name="indicators_response_is_percent",
            ),
        ]


class SpeedMeasurement(models.Model):
    """Speeds at a place for some days: km/h, share over the limit [percent], n vehicles."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField()
    limit_kmh = models.PositiveSmallIntegerField()
    mean_kmh = models.FloatField()
    p85_kmh = models.FloatField(null=True, blank=True)
    share_over = models.FloatField()
    vehicles = models.PositiveIntegerField()

    objects = AuthorizedQuerySet["SpeedMeasurement"].as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "place__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "starts_on"], name="indicators_one_speed"),
            models.CheckConstraint(
                condition=Q(share_over__gte=0, share_over__lte=100),
                name="indicators_over_is_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.starts_on}"
