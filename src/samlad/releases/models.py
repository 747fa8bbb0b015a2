"""Releases with what was checked; tables with the cells that were hidden, for every later check."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from samlad.authorization.policy import AuthorizedQuerySet
from samlad.guard.storing import GuardedCharField, GuardedJSONField
from samlad.incidents.models import Category, Source
from samlad.organisations.models import Municipality, Organisation
from samlad.promises.models import Promise
from samlad.releases.workflow import ByArea, ByTime, Compliance, Kind, Status


class Publisher(models.Model):
    """Who answers for a municipality's public pages: a unit and a function, never a person."""

    municipality = models.OneToOneField(
        Municipality, models.CASCADE, primary_key=True, related_name="publisher"
    )
    slug = models.SlugField(max_length=60, unique=True)
    editor = GuardedCharField(max_length=120)
    mailbox = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)


class Release(models.Model):
    """A release: what residents are to see, frozen when it was drafted.

    `content` holds a document in each language; `check` what the disclosure check said. Who
    drafted it does not release it.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = GuardedCharField(max_length=160)
    subject = models.CharField(max_length=120)
    promise = models.ForeignKey(
        Promise, models.PROTECT, null=True, blank=True, related_name="releases"
    )
    content = GuardedJSONField()
    checked = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = GuardedCharField(max_length=300, blank=True)
    shown_from = models.DateField(null=True, blank=True)
    shown_before = models.DateField(null=True, blank=True)

    objects = AuthorizedQuerySet["Release"].as_manager()

    class Meta:
        ordering: ClassVar = ["-drafted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=models.F("drafted_by")),
                name="releases_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.WITHDRAWN) | ~Q(reason=""),
                name="releases_withdrawn_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReleasedTable(models.Model):
    """The definition of a released table and what of it was shown: kept after withdrawal too.

    `shown` lists what was shown: {atoms, value}; `grid` every atom with its count as it was then:
    [area, month, count], or a quarter in tables from before there were months. An atom is one
    kommundel (or the rest of the municipality) in one month. The grid never leaves this room: it
    says what must stay hidden for ever, below `below`.
    """

    release = models.OneToOneField(Release, models.PROTECT, primary_key=True, related_name="table")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    by_area = models.CharField(max_length=12, choices=ByArea.choices, default=ByArea.DISTRICT)
    by_time = models.CharField(max_length=8, choices=ByTime.choices, default=ByTime.QUARTER)
    below = models.PositiveSmallIntegerField(default=5)
    starts_on = models.DateField()
    ends_before = models.DateField()
    shown = models.JSONField()
    grid = models.JSONField()


class AccessibilityTest(models.Model):
    """A manual test of the public pages: by which method, with which faults, as a record."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    on = models.DateField()
    method = GuardedCharField(max_length=300)
    result = models.CharField(max_length=8, choices=Compliance.choices)
    faults = GuardedJSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(result=Compliance.FULL) | Q(faults=[]),
                name="releases_fully_compliant_has_no_fault",
            ),
        ]
