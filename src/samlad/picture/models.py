"""The situational picture: a compiled draft that people edit, then a frozen document."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from samlad.authorization.permissions import Permission
from samlad.authorization.policy import AuthorizedQuerySet, ShareQuerySet
from samlad.guard.storing import GuardedJSONField, GuardedTextField
from samlad.organisations.models import Municipality, Organisation
from samlad.picture.periods import Cadence
from samlad.picture.workflow import (
    Compilation,
    Decision,
    DismissalReason,
    SectionKind,
    Status,
)

ADOPTED = (Status.ADOPTED, Status.REPLACED)


class PictureQuerySet(AuthorizedQuerySet["Picture"]):
    """Pictures by state."""

    def adopted(self) -> Self:
        """Return those that are or were adopted."""
        return self.filter(status__in=ADOPTED)


class Picture(models.Model):
    """One municipality, one period. `compiled` is picture.json; adopted, `frozen` is all.

    `given` is what was passed in when it was compiled: the roll-call, what was left out;
    `notes` what was said at the table. A picture `in_round` is adopted at the round's meeting.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="pictures")
    owner = models.ForeignKey(Organisation, models.PROTECT)
    cadence = models.CharField(max_length=8, choices=[(c.value, c.value) for c in Cadence])
    starts_on = models.DateField()
    ends_before = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    compilation = models.CharField(
        max_length=8, choices=Compilation.choices, default=Compilation.WAITING
    )
    compiled = models.JSONField(default=dict)
    charts = models.JSONField(default=dict)
    tables = models.BinaryField(default=b"")
    batch_ids = models.JSONField(default=list)
    given = models.JSONField(default=dict)
    notes = GuardedJSONField(default=list)
    in_round = models.BooleanField(default=False)
    compiled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    number = models.PositiveIntegerField(null=True)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    frozen = models.JSONField(default=dict)
    frozen_hash = models.CharField(max_length=64, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-ends_before", "-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="picture_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=ADOPTED,
                    adopted_at__isnull=False,
                    adopted_by__isnull=False,
                    number__isnull=False,
                )
                & ~Q(frozen_hash="")
                | Q(
                    status__in=[Status.DRAFT, Status.REVIEWED],
                    adopted_at__isnull=True,
                    adopted_by__isnull=True,
                    number__isnull=True,
                    frozen_hash="",
                ),
                name="picture_adopted_is_whole",
            ),
            models.UniqueConstraint(fields=["municipality", "number"], name="picture_one_number"),
            models.UniqueConstraint(
                fields=["municipality", "cadence", "starts_on", "ends_before"],
                condition=Q(status__in=[Status.DRAFT, Status.REVIEWED]),
                name="picture_one_draft_per_period",
            ),
            models.UniqueConstraint(
                fields=["municipality", "cadence", "starts_on", "ends_before"],
                condition=Q(status=Status.ADOPTED),
                name="picture_one_adopted_per_period",
            ),
        ]


class Finding(models.Model):
    """What people say of one finding of `compiled`, by its position there."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    reason = models.CharField(max_length=16, choices=DismissalReason.choices, blank=True)
    wording = GuardedTextField(blank=True, max_length=600)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["picture", "position"], name="picture_one_decision_per_finding"
            ),
            models.CheckConstraint(
                condition=(Q(decision=Decision.DISMISSED) & ~Q(reason=""))
                | (~Q(decision=Decision.DISMISSED) & Q(reason="")),
                name="picture_dismissed_has_reason",
            ),
            models.CheckConstraint(
                condition=(Q(decision=Decision.REWORDED) & ~Q(wording=""))
                | (~Q(decision=Decision.REWORDED) & Q(wording="")),
                name="picture_reworded_has_wording",
            ),
        ]


class Section(models.Model):
    """One part of the picture that people write."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=8, choices=SectionKind.choices)
    text = GuardedTextField(blank=True, max_length=8000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["picture", "kind"], name="picture_one_section"),
        ]


class PictureShare(models.Model):
    """An adopted picture made available to an organisation, until ended."""

    GIVES: ClassVar = frozenset({Permission.PICTURE_READ_ADOPTED})

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet["PictureShare"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["picture", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="picture_one_open_share",
            ),
        ]
