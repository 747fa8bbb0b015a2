"""The register: municipalities, their boards and departments, police, companies, associations."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samlad.guard.storing import GuardedCharField


class ActorClass(models.TextChoices):
    """The six classes of actors that meet in EST work, each with its own access."""

    OFFICE = "office", _("The municipality's departments")
    POLICE = "police", _("The police")
    RESCUE = "rescue", _("The rescue services")
    HOUSING = "housing", _("Housing companies")
    GUARD = "guard", _("Security companies")
    ASSOCIATION = "association", _("Associations")


class OrganisationKind(models.Model):
    """A kind of organisation. The list is data: a new kind needs no code."""

    code = models.SlugField(max_length=40, unique=True)
    label_sv = GuardedCharField(max_length=80)
    label_en = GuardedCharField(max_length=80)
    actor_class = models.CharField(max_length=12, choices=ActorClass.choices)

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_sv


class Municipality(models.Model):
    """A municipality and the authority in it that runs the process and answers for the data."""

    code = models.CharField(max_length=4, unique=True, validators=[RegexValidator(r"^[0-9]{4}$")])
    name = GuardedCharField(max_length=80)
    metric_crs = models.CharField(max_length=20, default="EPSG:3006")
    process_authority = models.ForeignKey(
        "Organisation", models.PROTECT, null=True, blank=True, related_name="runs"
    )
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """One board, department, company, police area, association or group."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="organisations")
    kind = models.ForeignKey(OrganisationKind, models.PROTECT)
    name = GuardedCharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="organisations_one_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """Return itself: an organisation answers for its own row."""
        return self.pk
