"""Measures: what is to be done where, by whom, until when, because of what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField
from samlad.incidents.models import Incident
from samlad.measures.workflow import NotDoneReason, Status
from samlad.organisations.models import Municipality, Organisation
from samlad.picture.models import Picture
from samlad.places.models import Area, Place


class Measure(models.Model):
    """One measure. `owner` is the responsible organisation.

    It follows from a finding (of `picture`, at `finding`), from a single observation, or from
    neither, which is then seen. `because` is the finding's title as it was when it was decided.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="measures")
    what = GuardedCharField(max_length=200)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PLANNED)
    reason = models.CharField(max_length=12, choices=NotDoneReason.choices, blank=True)
    closed_on = models.DateField(null=True)
    picture = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="measures"
    )
    finding = models.PositiveSmallIntegerField(null=True, blank=True)
    because = GuardedCharField(max_length=250, blank=True)
    incident = models.ForeignKey(
        Incident, models.SET_NULL, null=True, blank=True, related_name="measures"
    )
    decided_at = models.DateTimeField()

    objects = AuthorizedQuerySet["Measure"].as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=Status.PLANNED, closed_on__isnull=True)
                | (~Q(status=Status.PLANNED) & Q(closed_on__isnull=False)),
                name="measures_closed_has_day",
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.NOT_DONE) & ~Q(reason=""))
                | (~Q(status=Status.NOT_DONE) & Q(reason="")),
                name="measures_not_done_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(finding__isnull=True) | Q(picture__isnull=False),
                name="measures_finding_has_picture",
            ),
        ]

    def __str__(self) -> str:
        return self.what
