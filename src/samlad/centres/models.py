"""Safety centres: where they are, when they are open, who has booked, what visits were about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField
from samlad.organisations.models import Municipality, Organisation


class Topic(models.TextChoices):
    """What a visit was about. No identities: there is no field for words."""

    UNSAFE = "otrygghet", _("feeling unsafe")
    CRIME = "brott", _("a crime, or being a victim")
    NEIGHBOURS = "grannsamverkan", _("neighbourhood watch")
    TRAFFIC = "trafik", _("traffic")
    PLACE = "plats", _("a place: light, vandalism, litter")
    SUPPORT = "stod", _("support and advice")
    OTHER = "annat", _("other")


class Weekday(models.IntegerChoices):
    """Monday is 0."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Centre(models.Model):
    """A centre: a place to turn to, and to meet in. `covers` is what it is for, in words."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=120)
    address = GuardedCharField(max_length=160)
    covers = GuardedCharField(max_length=160, blank=True)
    about = GuardedCharField(max_length=600, blank=True)

    objects = AuthorizedQuerySet["Centre"].as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "name"], name="centres_one_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Hours(models.Model):
    """When a centre is open on a weekday; a day may have two spans."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering: ClassVar = ["weekday", "opens"]
        verbose_name_plural = "hours"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="centres_closes_after_opening"
            ),
            models.UniqueConstraint(
                fields=["centre", "weekday", "opens"], name="centres_one_opening"
            ),
        ]


class Closure(models.Model):
    """Days a centre is closed although its hours say otherwise; both days are inside."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="closures")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = GuardedCharField(max_length=160)

    class Meta:
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="centres_closure_has_days"
            ),
        ]


class Booking(models.Model):
    """A room booked by an organisation; two bookings of a centre do not overlap."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="bookings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    what = GuardedCharField(max_length=120)
    called_off_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="centres_booking_has_length"
            ),
        ]


class Visits(models.Model):
    """How many visits of a day were about a topic: the ends of a band, an open end has no high."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="visits")
    on = models.DateField()
    topic = models.CharField(max_length=16, choices=Topic.choices)
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-on", "topic"]
        verbose_name_plural = "visits"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["centre", "on", "topic"], name="centres_visits_once_a_day"
            ),
        ]
