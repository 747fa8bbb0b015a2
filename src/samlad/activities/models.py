"""One log for everything that is done, and the areas of neighbourhood watch as a stock."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from samlad.activities.vocabulary import ShiftRole
from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField, GuardedJSONField
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area, Place


class ActivityKind(models.Model):
    """A kind of activity; without a municipality it is of the default list."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(max_length=40)
    label_sv = GuardedCharField(max_length=80)
    label_en = GuardedCharField(max_length=80)
    banded = models.BooleanField(default=False)
    is_shift = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["label_sv"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "code"], name="activities_one_kind", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.label_sv


class Activity(models.Model):
    """Something that was done. `owner` did it; `with_whom` took part. `taken_in` names its file.

    `participants_low` and `_high` are the ends of a band, or the same number; an open end has no
    high. What was removed stays, and counts nowhere.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="activities")
    key = models.UUIDField(unique=True)
    what = GuardedCharField(max_length=160, blank=True)
    on = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    watch_area = models.ForeignKey(
        "WatchArea", models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    with_whom = models.ManyToManyField(Organisation, related_name="+")
    audiences = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    themes = models.JSONField(default=list)
    orientations = models.JSONField(default=list)
    participants_low = models.PositiveIntegerField(null=True, blank=True)
    participants_high = models.PositiveIntegerField(null=True, blank=True)
    handed_out = models.PositiveIntegerField(null=True, blank=True)
    controls = models.PositiveIntegerField(null=True, blank=True)
    reports = models.PositiveIntegerField(null=True, blank=True)
    hours = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    evidence = GuardedCharField(max_length=200, blank=True)
    taken_in = models.UUIDField(null=True, blank=True, db_index=True)
    entered_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = AuthorizedQuerySet["Activity"].as_manager()

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
        verbose_name_plural = "activities"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(participants_high__isnull=True)
                | Q(participants_high__gte=F("participants_low")),
                name="activities_participants_are_a_band",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class ActivityVersion(models.Model):
    """An activity as it stood before it was changed. Never changed itself."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = GuardedJSONField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activity", "number"], name="activities_one_version"),
        ]


class Shift(models.Model):
    """What a team saw on a shift: in bands, and of nobody. It belongs to the team.

    `contacts`, `topics` and `referrals` map a code to the lower end of its band.
    """

    activity = models.OneToOneField(
        Activity, models.CASCADE, primary_key=True, related_name="shift"
    )
    role = models.CharField(max_length=14, choices=ShiftRole.choices)
    daypart = models.CharField(max_length=20)
    contacts = models.JSONField(default=dict)
    topics = models.JSONField(default=dict)
    referrals = models.JSONField(default=dict)


class Staffing(models.Model):
    """How many a team was to be in a month, and was; a row with a speciality is a part of it."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    month = models.DateField()
    speciality = GuardedCharField(max_length=80, blank=True)
    planned = models.PositiveSmallIntegerField()
    actual = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = AuthorizedQuerySet["Staffing"].as_manager()

    class Meta:
        ordering: ClassVar = ["-month", "speciality"]
        verbose_name_plural = "staffing"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "month", "speciality"], name="activities_one_staffing"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="activities_staffing_is_of_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.month:%Y-%m}"


class WatchArea(models.Model):
    """An area of neighbourhood watch: from a day, to before a day. No list of contacts."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    started_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    objects = AuthorizedQuerySet["WatchArea"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("started_on")),
                name="activities_watch_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name
