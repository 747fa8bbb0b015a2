"""What law 2023:196 asks for and no other room holds: its lägesbild, plan, reports, function."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField
from samlad.indicators.models import Indicator
from samlad.measures.models import Measure
from samlad.organisations.models import Municipality, Organisation


class StatutoryPicture(models.Model):
    """The lägesbild of 4 §: its mandatory parts, as a draft or as a version that was adopted.

    `violence` is of close-relation and honour-related violence, from aggregates only:
    `violence_figures` holds those the section rests on, as they were counted, in sentences.
    `sources` were used; `missing` should have been.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    extent = GuardedTextField(max_length=12000, blank=True)
    consequences = GuardedTextField(max_length=12000, blank=True)
    violence = GuardedTextField(max_length=8000, blank=True)
    violence_figures = GuardedJSONField(default=list)
    indicators = models.ManyToManyField(Indicator, related_name="+")
    other = GuardedTextField(max_length=12000, blank=True)
    analysis = GuardedTextField(max_length=12000, blank=True)
    sources = GuardedJSONField(default=list)
    missing = GuardedJSONField(default=list)
    adopted_on = models.DateField(null=True, blank=True)
    body = GuardedCharField(max_length=120, blank=True)
    diarienummer = GuardedCharField(max_length=60, blank=True)

    objects = AuthorizedQuerySet["StatutoryPicture"].as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "version"], name="law_one_picture_version"
            ),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True)
                | (
                    ~Q(extent="")
                    & ~Q(consequences="")
                    & ~Q(other="")
                    & ~Q(analysis="")
                    & ~Q(body="")
                ),
                name="law_adopted_picture_is_whole",
            ),
        ]

    PARTS = ("extent", "consequences", "violence", "other", "analysis")


class ActionPlan(models.Model):
    """The plan of 5 §: measures, on an adopted lägesbild; decided by a body on a day."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    picture = models.ForeignKey(StatutoryPicture, models.PROTECT, related_name="plans")
    name = GuardedCharField(max_length=160)
    text = GuardedTextField(max_length=12000, blank=True)
    measures = models.ManyToManyField(Measure, related_name="plans")
    decided_on = models.DateField(null=True, blank=True)
    body = GuardedCharField(max_length=120, blank=True)
    diarienummer = GuardedCharField(max_length=60, blank=True)

    objects = AuthorizedQuerySet["ActionPlan"].as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | (~Q(body="") & ~Q(diarienummer="")),
                name="law_decided_plan_has_body",
            ),
        ]


class PlanFollowUp(models.Model):
    """A follow-up of the plan (6 §). Never changed."""

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="follow_ups")
    on = models.DateField()
    text = GuardedTextField(max_length=4000)
    diarienummer = GuardedCharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]


class OtherPlan(models.Model):
    """A plan under another statute that the work is joined with, where suitable (7 §)."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=160)
    reference = GuardedCharField(max_length=200, blank=True)

    objects = AuthorizedQuerySet["OtherPlan"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]


class ReportToCouncil(models.Model):
    """A report to kommunfullmäktige (13 §). Never changed."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    on = models.DateField()
    what = GuardedCharField(max_length=300)
    diarienummer = GuardedCharField(max_length=60, blank=True)

    objects = AuthorizedQuerySet["ReportToCouncil"].as_manager()

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]


class Leads(models.TextChoices):
    """Who leads the work (13 §)."""

    BOARD = "ks", _("the municipal executive board")
    OTHER = "namnd", _("a board that fullmäktige has decided")


class CoordinatingFunction(models.Model):
    """The function of 11–12 §§: a unit by name, and how those outside reach it."""

    municipality = models.OneToOneField(
        Municipality, models.CASCADE, primary_key=True, related_name="coordinating_function"
    )
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    mailbox = models.EmailField(blank=True)
    switchboard = models.CharField(max_length=40, blank=True)
    information = GuardedCharField(max_length=200, blank=True)
    leads = models.CharField(max_length=6, choices=Leads.choices, default=Leads.BOARD)
    led_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
