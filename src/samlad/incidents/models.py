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
from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField
from samlad.incidents import naming
from samlad.incidents.categories import Finest
from samlad.incidents.faults import PlaceFault
from samlad.incidents.workflow import BatchStatus, ClearReason, TextState
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
    """A kind of incident, with a stable code and days between which it may be used.

    What is near persons is counted to residents under the rule of small numbers; what happens to
    things is told as it is, of coarse areas alone.
    """

    code = models.SlugField(max_length=40, unique=True)
    label_sv = GuardedCharField(max_length=80)
    label_en = GuardedCharField(max_length=80)
    serious = models.BooleanField(default=False)
    person_near = models.BooleanField(default=True)
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
    word = GuardedCharField(max_length=120)
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
    name = GuardedCharField(max_length=120)
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


ENDED = (BatchStatus.UNDONE, BatchStatus.WITHDRAWN)
WAS_ACCEPTED = (BatchStatus.ACCEPTED, *ENDED)
FORM = "form 1"  # the reader of a report made on a page: a batch of one row


class Batch(models.Model):
    """One file taken in. Its counts add up: accepted + rejected + already known = rows."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    municipality = models.ForeignKey(Municipality, models.PROTECT)
    owner = models.ForeignKey(Organisation, models.PROTECT)
    importer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    also_into = models.ManyToManyField(Source, related_name="+")
    status = models.CharField(max_length=12, choices=BatchStatus.choices, default="waiting")
    file_name = GuardedCharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    reader = models.CharField(max_length=40)
    mapping = GuardedJSONField()
    author_key = models.UUIDField(default=uuid.uuid4, unique=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    reader_process = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    accept_outside = models.BooleanField(default=False)
    about_rows = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    already_known = models.PositiveIntegerField(default=0)
    unmapped = models.PositiveIntegerField(default=0)
    outside = models.PositiveIntegerField(default=0)
    unplaced = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=dict)
    fault = GuardedTextField(blank=True)

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
                condition=Q(status__in=WAS_ACCEPTED, accepted_at__isnull=False)
                | (~Q(status__in=WAS_ACCEPTED) & Q(accepted_at__isnull=True)),
                name="incidents_accepted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at__isnull=True)),
                name="incidents_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=BatchStatus.UNDONE) | Q(used_at__isnull=True),
                name="incidents_used_is_not_undone",
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


class PropertyOwner(models.TextChoices):
    """Who owns what was damaged."""

    MUNICIPALITY = "kommun", _("The municipality")
    HOUSING = "bostadsbolag", _("Municipal housing company")
    REGION = "region", _("The region")
    STATE = "stat", _("The state")
    PRIVATE = "privat", _("Company, association or private")


class Occurrence(models.Model):
    """One thing that happened, told by several sources: only linked rows may be summed."""

    municipality = models.ForeignKey(Municipality, models.PROTECT)
    owner = models.ForeignKey(Organisation, models.PROTECT)
    rule = models.ForeignKey("LinkRule", models.PROTECT, null=True, related_name="occurrences")
    made_at = models.DateTimeField()

    objects = AuthorizedQuerySet["Occurrence"].as_manager()


class LinkRule(models.Model):
    """A written rule: rows of two sources that near each other, alone, are one occurrence."""

    municipality = models.ForeignKey(Municipality, models.PROTECT)
    owner = models.ForeignKey(Organisation, models.PROTECT)
    first = models.ForeignKey(Source, models.PROTECT, related_name="+")
    second = models.ForeignKey(Source, models.PROTECT, related_name="+")
    within_m = models.PositiveIntegerField()
    within_hours = models.PositiveIntegerField()
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = AuthorizedQuerySet["LinkRule"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(first=F("second")), name="incidents_rule_of_two_sources"
            ),
        ]


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
    category_word = GuardedCharField(max_length=120)
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
    place_fault = models.CharField(max_length=14, choices=PlaceFault.choices, blank=True)
    occurrence = models.ForeignKey(
        Occurrence, models.SET_NULL, null=True, related_name="incidents", db_index=False
    )
    quantity = models.PositiveIntegerField(default=1)
    police_reported = models.BooleanField(null=True)
    cost_kr = models.PositiveIntegerField(null=True)
    property_owner = models.CharField(max_length=12, choices=PropertyOwner.choices, blank=True)
    link = GuardedCharField(max_length=300, blank=True)
    area_name = GuardedCharField(max_length=80, blank=True)  # of published notices only
    external_id = GuardedCharField(max_length=120, blank=True)
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
            models.Index(
                fields=["occurrence"],
                condition=Q(occurrence__isnull=False),
                name="incidents_of_occurrence",
            ),
            models.Index(
                fields=["source", "-happened_on", "-starts_at", "-id"], name="incidents_newest"
            ),
            models.Index(  # the list's table and the map are counted from it alone
                fields=["source", "municipality", "batch", "category", "x_m", "y_m"],
                name="incidents_browsing",
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

    @property
    def shown_word(self) -> str:
        """Return the supplier's word as people other than reviewers may see it, or ""."""
        return naming.shown(self.category_word) if self.category_word else ""


class RowRejection(models.Model):
    """One rejected row of a batch: its number and why. Its content is not kept."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rejections")
    row_number = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=[(r.value, r.value) for r in RowFault])


class IncidentText(models.Model):
    """What somebody wrote of an incident, and who may see it yet.

    Words with a certain hit are not stored (`lost`; `removed` where no other words are left).
    To everybody but a reviewer the words are as good as empty while `held`. `kinds` is what
    was hit.
    """

    incident = models.OneToOneField(
        Incident, models.CASCADE, primary_key=True, related_name="written"
    )
    state = models.CharField(max_length=8, choices=TextState.choices)
    text = GuardedTextField(blank=True, max_length=2000)
    place_text = GuardedCharField(blank=True, max_length=200)
    kinds = models.CharField(max_length=120, blank=True)
    lost = models.BooleanField(default=False)
    reason = models.CharField(max_length=16, choices=ClearReason.choices, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["incident"],
                condition=Q(state=TextState.HELD),
                name="incidents_text_held",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=TextState.REMOVED) | Q(text="", place_text="", lost=True),
                name="incidents_removed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(state=TextState.CLEARED) & ~Q(reason="")
                | ~Q(state=TextState.CLEARED) & Q(reason=""),
                name="incidents_cleared_has_reason",
            ),
        ]


class TwinRefusal(models.Model):
    """Two rows a person has said are not the same thing."""

    first = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    second = models.ForeignKey(Incident, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="incidents_one_refusal"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="incidents_refusal_in_order"
            ),
        ]


class PlaceWord(models.Model):
    """What a supplier calls a place or an area we know, in one municipality."""

    municipality = models.ForeignKey(Municipality, models.CASCADE)
    word = GuardedCharField(max_length=200)
    place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="+")
    area = models.ForeignKey(Area, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "word"], name="incidents_one_place_per_word"
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True, area__isnull=False)
                | Q(place__isnull=False, area__isnull=True),
                name="incidents_word_means_one",
            ),
        ]


class SavedMapping(models.Model):
    """How an organisation reads files of one shape: the reader and the header."""

    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    shape = models.CharField(max_length=64)
    mapping = GuardedJSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "shape"], name="incidents_one_mapping"),
        ]


class SavedFilter(models.Model):
    """A choice of incidents a person comes back to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = GuardedCharField(max_length=60)
    chosen = models.JSONField()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="incidents_one_filter_name"),
        ]
