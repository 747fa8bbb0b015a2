"""Promises with their commitments; a commitment's words are kept in versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from samlad.activities.models import Activity
from samlad.authorization.policy import AuthorizedQuerySet
from samlad.councils.models import Agreement
from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField
from samlad.indicators.models import Indicator
from samlad.measures.models import Problem
from samlad.organisations.models import Municipality, Organisation
from samlad.promises.workflow import Status, Type, Unit


class Promise(models.Model):
    """A medborgarlöfte: parties, signed by roles, for a period with both its days inside.

    Without a period it has no progress. `remark` stands wherever it is shown.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=160)
    text = GuardedTextField(max_length=2000, blank=True)
    remark = GuardedCharField(max_length=300, blank=True)
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="promises"
    )
    parties = models.ManyToManyField(Organisation, related_name="+")
    signatories = GuardedJSONField(default=list)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    dialogues = models.ManyToManyField(Activity, related_name="promises")
    problems = models.ManyToManyField(Problem, related_name="promises")

    objects = AuthorizedQuerySet["Promise"].as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="promises_period_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PromiseGoal(models.Model):
    """What a promise is for, and the indicators it is seen by."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="goals")
    text = GuardedCharField(max_length=200)
    indicators = models.ManyToManyField(Indicator, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]


class Commitment(models.Model):
    """One thing that is promised; its newest version says what, the older stay readable.

    `individuals` is for a count of individuals alone, and seen by who edits promises alone.
    """

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="commitments")
    position = models.PositiveSmallIntegerField()
    individuals = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["promise", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promise", "position"], name="promises_one_position"),
            models.CheckConstraint(
                condition=Q(individuals__lte=2), name="promises_at_most_two_individuals"
            ),
        ]


class CommitmentVersion(models.Model):
    """A commitment's words and rule from a day on; its lists hold codes, `partners` keys."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = GuardedCharField(max_length=300)
    type = models.CharField(max_length=12, choices=Type.choices)
    unit = models.CharField(max_length=12, choices=Unit.choices, default=Unit.ACTIVITIES)
    target = models.PositiveIntegerField(null=True, blank=True)
    kinds = models.JSONField(default=list)
    audiences = models.JSONField(default=list)
    areas = models.JSONField(default=list)
    partners = models.JSONField(default=list)
    themes = models.JSONField(default=list)
    must_rise = models.BooleanField(default=False)
    responsible = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField()
    reason = GuardedCharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["commitment", "number"], name="promises_one_commitment_version"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="promises_new_version_has_reason"
            ),
        ]


class Judgement(models.Model):
    """What people say of a commitment: the status of a qualitative one, or a deviation from what
    is computed. It has its reason, and is shown as such; the newest holds.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="judgements")
    status = models.CharField(max_length=12, choices=Status.choices)
    reason = GuardedTextField(max_length=600)
    on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="promises_judgement_has_reason"),
        ]
