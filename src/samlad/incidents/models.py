"""What happened: incidents, the batches they came in, their sources and categories.

No person is in here but the one who imported, and that one only through a random key.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.incidents.categories import Finest
from samlad.incidents.workflow import BatchStatus
from samlad.intake.errors import RowFault
from samlad.intake.rows import Precision
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area, Place

FINEST_LABELS = [
    (Finest.POINT.value, _("Point")),
    (Finest.CELL_250_M.value, _("250 m cell")),
    (Finest.MUNICIPALITY.value, _("Municipality only")),
]


class Category(models.Model):
    """A kind of incident, with a stable code and days between which it may be used."""

    code = models.SlugField(max_length=40, unique=True)
    label_sv = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    serious = models.BooleanField(default=False)
    finest = models.CharField(max_length=12, choices=FINEST_LABELS, default=Finest.POINT)
    valid_from = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["label_sv"]

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_sv

    def valid_on(self, day: date) -> bool:
        """Tell whether the category is in use on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.ends_before is None or day < self.ends_before)


class CategoryWord(models.Model):
    """A supplier's word for a category, in one municipality or (null) everywhere."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, null=True, blank=True)
    word = models.CharField(max_length=120)
    category = models.ForeignKey(Category, models.PROTECT, related_name="words")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "word"],
                name="incidents_one_category_per_word",
                nulls_distinct=False,
            ),
        ]


class SourceKind(models.TextChoices):
    """Reports are counted and tested; published notices are only listed."""

    REPORTS = "reports", _("Reports")
    NOTICES = "notices", _("Published police notices")


class Source(models.Model):
    """One stream of incidents. Counts are never added across sources."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="sources")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="sources")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=SourceKind.choices, default="reports")
    is_invented = models.BooleanField(default=False)

    objects = AuthorizedQuerySet["Source"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "code"], name="incidents_one_source_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One file taken in. Its counts add up: accepted + rejected + already known = rows."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    municipality = models.ForeignKey(Municipality, models.PROTECT)
    owner = models.ForeignKey(Organisation, models.PROTECT)
    importer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=BatchStatus.choices, default="waiting")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    reader = models.CharField(max_length=40)
    mapping = models.JSONField()
    author_key = models.UUIDField(default=uuid.uuid4, unique=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    already_known = models.PositiveIntegerField(default=0)
    unmapped = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)
    unplaced = models.PositiveIntegerField(default=0)
    fault = models.TextField(blank=True)

    objects = AuthorizedQuerySet["Batch"].as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(status=BatchStatus.STAGING),
                name="incidents_one_batch_staging_per_source",
            ),
            models.CheckConstraint(
                condition=~Q(status=BatchStatus.ACCEPTED)
                | Q(rows=F("accepted") + F("rejected") + F("already_known")),
                name="incidents_no_row_disappears",
            ),
            models.CheckConstraint(
                condition=Q(status=BatchStatus.ACCEPTED, accepted_at__isnull=False)
                | (~Q(status=BatchStatus.ACCEPTED) & Q(accepted_at__isnull=True)),
                name="incidents_accepted_has_time",
            ),
        ]


class BatchAuthor(models.Model):
    """Who imported: the one row that joins a key in the audit chain to a person."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)


class Position(models.TextChoices):
    """How well the place is known."""

    POINT = "point", _("Point")
    PLACE = "place", _("Named place")
    AREA = "area", _("Area")
    UNPLACED = "unplaced", _("Not placed")
    OUTSIDE = "outside", _("Outside the municipality")


class IncidentQuerySet(AuthorizedQuerySet["Incident"]):
    """Incidents by what may be seen."""

    def accepted(self) -> Self:
        """Return the rows of accepted batches: the only ones any page or count may see."""
        return self.filter(batch__status=BatchStatus.ACCEPTED)


class Incident(models.Model):
    """One row of one source: what, when (with its precision), where (as well as known)."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="incidents")
    source = models.ForeignKey(Source, models.PROTECT, db_index=False)
    municipality = models.ForeignKey(Municipality, models.PROTECT, db_index=False)
    owner = models.ForeignKey(Organisation, models.PROTECT, db_index=False)
    row_number = models.PositiveIntegerField()
    category = models.ForeignKey(Category, models.PROTECT, null=True, db_index=False)
    category_word = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    precision = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Precision])
    happened_on = models.DateField()
    week_starts_on = models.DateField()
    hour = models.PositiveSmallIntegerField(null=True)
    position = models.CharField(max_length=8, choices=Position.choices)
    x_m = models.FloatField(null=True)
    y_m = models.FloatField(null=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, db_index=False)
    quantity = models.PositiveIntegerField(default=1)
    police_reported = models.BooleanField(null=True)
    cost_kr = models.PositiveIntegerField(null=True)
    link = models.CharField(max_length=300, blank=True)
    area_name = models.CharField(max_length=80, blank=True)  # of published notices only
    external_id = models.CharField(max_length=120, blank=True)
    fingerprint = models.BinaryField(max_length=16)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["municipality", "source", "week_starts_on", "category", "area"],
                name="incidents_counting",
            ),
            models.Index(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="incidents_external_id",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(x_m__isnull=True, y_m__isnull=True)
                | Q(x_m__isnull=False, y_m__isnull=False),
                name="incidents_point_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(position=Position.OUTSIDE) | Q(area__isnull=True),
                name="incidents_outside_has_no_area",
            ),
        ]


class RowRejection(models.Model):
    """One rejected row of a batch: its number and why. Its content is not kept."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rejections")
    row_number = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=[(r.value, r.value) for r in RowFault])
