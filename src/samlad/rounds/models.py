"""The EST process and its rounds: who is expected, who has answered, what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField, GuardedTextField
from samlad.incidents.models import Category, Incident
from samlad.organisations.models import Municipality, Organisation
from samlad.picture.models import Picture
from samlad.places.models import Area
from samlad.rounds.clock import Cadence, HolidayWeeks
from samlad.rounds.workflow import (
    Answer,
    BreakReason,
    Level,
    Outcome,
    Question,
    RejectionReason,
    ReopenReason,
    Status,
)

SCORES = [(1, "1"), (2, "2"), (3, "3")]


class Process(models.Model):
    """One EST process: its cadence and clock. Several municipalities may share one.

    `clock` maps each moment to days after the period and a clock time (see `clock.py`).
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    with_municipalities = models.ManyToManyField(Municipality, related_name="+")
    name = GuardedCharField(max_length=120)
    cadence = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Cadence])
    first_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)
    clock = models.JSONField()
    holidays = models.CharField(
        max_length=8, choices=[(h.value, h.value) for h in HolidayWeeks], default="moved"
    )
    two_persons = models.BooleanField(default=False)
    keep_authors_weeks = models.PositiveSmallIntegerField(default=8)

    objects = AuthorizedQuerySet["Process"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "cadence"],
                condition=Q(ends_before__isnull=True),
                name="rounds_one_process_per_cadence",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExpectedReporter(models.Model):
    """An organisation the roll-call calls, from a day, for some areas and categories or all."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    voluntary = models.BooleanField(default=False)
    areas = models.ManyToManyField(Area, related_name="+")
    categories = models.ManyToManyField(Category, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "organisation"],
                condition=Q(ends_before__isnull=True),
                name="rounds_expected_once",
            ),
        ]


class SeriesBreak(models.Model):
    """A day from which an organisation's reports cannot be compared with those before."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    on = models.DateField()
    reason = models.CharField(max_length=16, choices=BreakReason.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "organisation", "on"], name="rounds_one_break_a_day"
            ),
        ]


class Round(models.Model):
    """One municipality's round of one period: its moments, its state, its picture."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="rounds")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_before = models.DateField()
    opens_at = models.DateTimeField()
    reminds_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    review_by = models.DateTimeField()
    adopt_by = models.DateTimeField()
    dispatch_by = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    reopened_for = models.CharField(max_length=16, choices=ReopenReason.choices, blank=True)
    reminded_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    picture = models.OneToOneField(
        Picture, models.PROTECT, null=True, blank=True, related_name="round"
    )
    authors_erased_at = models.DateTimeField(null=True)

    objects = AuthorizedQuerySet["Round"].as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["process", "municipality", "starts_on"], name="rounds_one_per_period"
            ),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")), name="rounds_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.READY, reviewed_at__isnull=False)
                | (~Q(status=Status.READY) & Q(reviewed_at__isnull=True)),
                name="rounds_ready_is_reviewed",
            ),
        ]


class RollCallAnswer(models.Model):
    """What an organisation said of its week. *Lämnad* is this row, and nothing else is."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="answers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    at = models.DateTimeField()
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "organisation"], name="rounds_one_answer_each"
            ),
        ]


class ReviewedReport(models.Model):
    """What the review of a round made of one report."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="reviewed")
    incident = models.OneToOneField(Incident, models.CASCADE, related_name="review")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    rejection = models.CharField(max_length=16, choices=RejectionReason.choices, blank=True)
    question = models.CharField(max_length=8, choices=Question.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(outcome=Outcome.REJECTED) & ~Q(rejection=""))
                | (~Q(outcome=Outcome.REJECTED) & Q(rejection="")),
                name="rounds_rejected_has_reason",
            ),
            models.CheckConstraint(
                condition=(Q(outcome=Outcome.ASKED) & ~Q(question=""))
                | (~Q(outcome=Outcome.ASKED) & Q(question="")),
                name="rounds_asked_has_question",
            ),
        ]


class OralNote(models.Model):
    """What was said at the table: no intelligence, no open investigations."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="notes")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    text = GuardedTextField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]


class Focus(models.Model):
    """What an organisation looks at in the coming period."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="focuses")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    what = GuardedCharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["organisation__name", "pk"]


class Priority(models.Model):
    """An area's place in the order: need × influence, each 1–3, with the reason recorded."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="priorities")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    need = models.PositiveSmallIntegerField(choices=SCORES)
    influence = models.PositiveSmallIntegerField(choices=SCORES)
    reason = GuardedCharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "area"], name="rounds_one_priority_per_area"),
            models.CheckConstraint(
                condition=Q(need__in=[1, 2, 3], influence__in=[1, 2, 3]),
                name="rounds_scores_are_one_to_three",
            ),
        ]


class PlannedPresence(models.Model):
    """One line of the deployment list: be here at this time of the coming period.

    `owner` is who is to be there; only the actors in the list see it. `moved_from` keeps where
    it was before it was moved, and when.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="presences")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    rank = models.PositiveSmallIntegerField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    spot = GuardedCharField(max_length=120, blank=True)
    daypart = models.CharField(max_length=20)
    finding = models.PositiveSmallIntegerField(null=True)
    because = GuardedCharField(max_length=200, blank=True)

    objects = AuthorizedQuerySet["PlannedPresence"].as_manager()

    class Meta:
        ordering: ClassVar = ["round", "rank"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "rank"], name="rounds_one_rank"),
        ]


class PresenceMove(models.Model):
    """Where a planned presence was before it was moved: the trace."""

    presence = models.ForeignKey(PlannedPresence, models.CASCADE, related_name="moves")
    from_area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    from_spot = GuardedCharField(max_length=120, blank=True)
    from_daypart = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]


class Recipient(models.Model):
    """Who the adopted picture is sent to, in which version, and whether with its PDF."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.GENERAL)
    with_pdf = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "organisation"], name="rounds_recipient_once"
            ),
        ]


class Dispatch(models.Model):
    """What was made available to whom and when: the dispatch log. It is never changed."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="dispatches")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices)
    with_pdf = models.BooleanField()
    addressees = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "organisation"], name="rounds_one_dispatch_each"
            ),
        ]


class CalendarFeed(models.Model):
    """A person's calendar address. Only a hash of it is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()


class Duty(models.Model):
    """Hours of a week when somebody reads urgent reports. Without any, nothing is urgent here.

    `ends_at` not after `starts_at` means the day after.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        ordering: ClassVar = ["weekday", "starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="rounds_duty_weekday"),
        ]


class UrgentReport(models.Model):
    """A report somebody on duty was told of at once, and when it was read."""

    incident = models.OneToOneField(
        Incident, models.CASCADE, primary_key=True, related_name="urgent"
    )
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told = models.PositiveSmallIntegerField()
    read_at = models.DateTimeField(null=True)

    objects = AuthorizedQuerySet["UrgentReport"].as_manager()
