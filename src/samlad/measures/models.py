"""From problem to effect: what is to change, what is done about it, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from samlad.activities.models import Activity
from samlad.authorization.permissions import Permission
from samlad.authorization.policy import AuthorizedQuerySet, ShareQuerySet
from samlad.calendar.models import SchoolBreakKind
from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField
from samlad.incidents.models import Category, Incident, Source
from samlad.indicators.models import Indicator
from samlad.measures.vocabulary import (
    Answer,
    Approach,
    Bone,
    EveryTime,
    Field,
    Funding,
    Kind,
    Level,
    Mechanism,
    Unit,
)
from samlad.measures.workflow import NotDoneReason, Reading, Status
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
    problem = models.ForeignKey(
        "Problem", models.PROTECT, null=True, blank=True, related_name="measures"
    )
    cause = models.ForeignKey(
        "Cause", models.SET_NULL, null=True, blank=True, related_name="measures"
    )
    goal = models.ForeignKey(
        "Goal", models.SET_NULL, null=True, blank=True, related_name="measures"
    )
    programme = models.ForeignKey(
        "Programme", models.PROTECT, null=True, blank=True, related_name="measures"
    )
    existing = models.ForeignKey(
        "ExistingActivity", models.PROTECT, null=True, blank=True, related_name="measures"
    )
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    approach = models.CharField(max_length=12, choices=Approach.choices, blank=True)
    mechanism = models.CharField(max_length=18, choices=Mechanism.choices, blank=True)
    field = models.CharField(max_length=16, choices=Field.choices, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.OPERATIVE)
    purposes = models.JSONField(default=list)
    work_areas = models.JSONField(default=list)
    target_groups = models.JSONField(default=list)
    orientations = models.JSONField(default=list)
    dayparts = models.JSONField(default=list)
    is_priority = models.BooleanField(default=False)
    is_early = models.BooleanField(default=False)
    is_extra = models.BooleanField(default=False)
    expected_effect = GuardedCharField(max_length=300, blank=True)
    hours = models.PositiveIntegerField(null=True, blank=True)
    cost_kr = models.PositiveIntegerField(null=True, blank=True)
    funding = models.CharField(max_length=12, choices=Funding.choices, default=Funding.OWN)
    grant_applied_on = models.DateField(null=True, blank=True)
    grant_report_on = models.DateField(null=True, blank=True)
    grant_reported_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)

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
                | Q(status=Status.PARTLY)
                | Q(status__in=[Status.PLANNED, Status.DONE], reason=""),
                name="measures_not_done_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(finding__isnull=True) | Q(picture__isnull=False),
                name="measures_finding_has_picture",
            ),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_before__gt=F("starts_on")),
                name="measures_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Problem(models.Model):
    """A crime or safety problem at places in a period: what measures are meant to change.

    About places and situations; the guard reads every text.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    description = GuardedTextField(max_length=2000, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    areas = models.ManyToManyField(Area, related_name="+")
    places = models.ManyToManyField(Place, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_before = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    stated_at = models.DateTimeField()

    objects = AuthorizedQuerySet["Problem"].as_manager()

    class Meta:
        ordering: ClassVar = ["closed_on", "-stated_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_before__gt=F("starts_on")),
                name="measures_problem_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProblemFinding(models.Model):
    """A finding of an adopted picture that shows the problem: as it was frozen there."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="findings")
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="+")
    finding = models.PositiveSmallIntegerField()
    title = GuardedCharField(max_length=250)
    source = GuardedCharField(max_length=120)
    incidents = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "picture", "finding"], name="measures_finding_once"
            ),
        ]


class Cause(models.Model):
    """A likely cause, on its bone; a step of a chain of events has its place in the order."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="causes")
    bone = models.CharField(max_length=16, choices=Bone.choices)
    text = GuardedCharField(max_length=160)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["bone", "order", "pk"]


class Goal(models.Model):
    """What is to be reached, by when, and how it is seen: owned by an organisation or a group.

    Measured by a series of incidents (of `source` and `category`) or by an indicator.
    """

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="goals")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    what = GuardedCharField(max_length=200)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+"
    )
    baseline = models.FloatField(null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    target = models.FloatField()
    target_year = models.PositiveSmallIntegerField()
    is_accepted = models.BooleanField(default=False)
    is_realistic = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["target_year", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source__isnull=True) | Q(indicator__isnull=True),
                name="measures_goal_has_one_measure",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Programme(models.Model):
    """A satsning: problems, measures, groups and resources under one purpose and period."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    purpose = GuardedTextField(max_length=2000, blank=True)
    tags = GuardedJSONField(default=list)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    problems = models.ManyToManyField(Problem, related_name="programmes")
    groups = models.ManyToManyField(Organisation, related_name="programmes")

    objects = AuthorizedQuerySet["Programme"].as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="measures_one_programme"),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceLine(models.Model):
    """What a programme is given: hours, full-time equivalents or kronor, and from whom."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="resources")
    what = GuardedCharField(max_length=120)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    funding = models.CharField(max_length=12, choices=Funding.choices, default=Funding.OWN)

    class Meta:
        ordering: ClassVar = ["unit", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="measures_resource_positive"),
        ]


class ExistingActivity(models.Model):
    """An ordinary activity that already goes on: a measure may use it at no extra cost."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    description = GuardedCharField(max_length=400, blank=True)
    target_groups = models.JSONField(default=list)
    ended_on = models.DateField(null=True, blank=True)

    objects = AuthorizedQuerySet["ExistingActivity"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="measures_one_activity"),
        ]

    def __str__(self) -> str:
        return self.name


class MeasurePartner(models.Model):
    """An organisation asked to take part; it reads the measure from then until it is ended."""

    GIVES: ClassVar = frozenset({Permission.MEASURE_READ})

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.ASKED)
    reason = GuardedCharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ShareQuerySet["MeasurePartner"].as_manager()

    class Meta:
        ordering: ClassVar = ["organisation__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["measure", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="measures_partner_once",
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.DECLINED) | ~Q(reason=""),
                name="measures_declined_has_reason",
            ),
        ]


class Handover(models.Model):
    """Who was responsible before, who after, and why: both stay in the history."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="handovers")
    from_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = GuardedCharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]


class FollowUp(models.Model):
    """What was found at a follow-up: of the process, apart from the effect. Never changed."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="follow_ups")
    on = models.DateField()
    every_time = models.CharField(max_length=8, choices=EveryTime.choices)
    note = GuardedTextField(max_length=1000, blank=True)
    hours_used = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]


class Evaluation(models.Model):
    """How a measure's effect is to be read: proposed when planned, frozen at its start.

    `design` is what `assessing.Design` holds; `areas` lists codes by what they are: treated,
    comparison, buffer. With `dayparts` only incidents whose hour is known to lie in one are read.
    """

    measure = models.OneToOneField(
        Measure, models.CASCADE, primary_key=True, related_name="evaluation"
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField()
    areas = models.JSONField()
    dayparts = models.JSONField(default=list)
    design = models.JSONField()
    proposed_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="measures_evaluation_has_weeks"
            ),
        ]


class EffectReading(models.Model):
    """One reading of a measure's effect, as it was read then. Never changed."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="readings")
    reading = models.CharField(max_length=10, choices=Reading.choices)
    result = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]


class MeasureActivity(models.Model):
    """An activity of the log that was done for a measure."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="activities")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-activity__on"]
        verbose_name_plural = "measure activities"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "activity"], name="measures_activity_once"),
        ]


class WheelEntry(models.Model):
    """Something that comes every year: in which month, and how many weeks before to begin."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    what = GuardedCharField(max_length=160)
    month = models.PositiveSmallIntegerField()
    before_break = models.CharField(max_length=12, choices=SchoolBreakKind.choices, blank=True)
    weeks_before = models.PositiveSmallIntegerField(default=4)
    done_for = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = AuthorizedQuerySet["WheelEntry"].as_manager()

    class Meta:
        ordering: ClassVar = ["month", "what"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12, weeks_before__lte=26),
                name="measures_wheel_month",
            ),
        ]


class Camera(models.Model):
    """A place under camera surveillance (14 § lag 2023:196): in use only with its weighing."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    purpose = GuardedCharField(max_length=200)
    weighing = GuardedCharField(max_length=200, blank=True)
    impact_assessment = GuardedCharField(max_length=200, blank=True)
    alternatives = GuardedTextField(max_length=1000, blank=True)
    sign_posted = models.BooleanField(default=False)
    in_register = models.BooleanField(default=False)
    started_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = AuthorizedQuerySet["Camera"].as_manager()

    class Meta:
        ordering: ClassVar = ["place__name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | (
                    ~Q(weighing="")
                    & ~Q(impact_assessment="")
                    & ~Q(alternatives="")
                    & Q(sign_posted=True, in_register=True, review_on__isnull=False)
                ),
                name="measures_camera_in_use_is_weighed",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(started_on__isnull=False),
                name="measures_camera_ends_after_start",
            ),
        ]


class TrafficList(models.Model):
    """Prioritised places for traffic controls, frozen as they were ranked (`traffic.Ranked`)."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    made_on = models.DateField()
    rows = GuardedJSONField()

    objects = AuthorizedQuerySet["TrafficList"].as_manager()

    class Meta:
        ordering: ClassVar = ["-made_on", "-pk"]

    def __str__(self) -> str:
        return str(self.made_on)


class TrafficHandover(models.Model):
    """A list handed to an organisation, which reads it from then on."""

    GIVES = frozenset({Permission.MEASURE_READ})

    trafficlist = models.ForeignKey(TrafficList, models.PROTECT, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = GuardedCharField(max_length=120, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ShareQuerySet["TrafficHandover"].as_manager()
