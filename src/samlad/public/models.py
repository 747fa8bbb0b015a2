"""What has been released, and the finished files it is served as. No key leads out of here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField


class Publication(models.Model):
    """A release as residents have it: its content in both languages, frozen, with its hash.

    `slug` is the municipality's place in addresses; `content` holds a document for each language
    (`sv`, `en`), `publisher` who answers for it. Never changed but for its withdrawal.
    """

    release = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=120)
    slug = models.CharField(max_length=60)
    municipality = GuardedCharField(max_length=80)
    publisher = models.JSONField()
    content = GuardedJSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    shown_from = models.DateField(null=True)
    shown_before = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    reason = GuardedCharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["municipality", "kind", "-published_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slug", "kind", "subject"],
                condition=Q(withdrawn_at__isnull=True),
                name="public_one_in_force",
            ),
        ]


class File(models.Model):
    """Finished bytes at an address."""

    path = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(max_length=80)
    body = models.BinaryField()
    etag = models.CharField(max_length=40)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["path"]


class Edition(models.Model):
    """One row: its number rises whenever a file is made, changed or taken away."""

    number = models.PositiveIntegerField(default=0)
    built_on = models.DateField(null=True)


class PageFeedback(models.Model):
    """How many on a day said that a page was of use, and how many that it was not."""

    path = models.CharField(max_length=200)
    on = models.DateField()
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["path", "on"], name="public_feedback_once_a_day"),
        ]


class Answer(models.Model):
    """How many on a day answered a question so. Fixed answers only; nothing about anybody."""

    release = models.PositiveIntegerField()
    on = models.DateField()
    place = GuardedCharField(max_length=80)
    feeling = models.CharField(max_length=8)
    reason = models.CharField(max_length=16)
    time = models.CharField(max_length=8)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "on", "place", "feeling", "reason", "time"],
                name="public_one_answer",
            ),
        ]


class Fault(models.TextChoices):
    """What of a page does not work for somebody."""

    SEE = "kontrast", _("hard to see or read")
    KEYBOARD = "tangentbord", _("cannot be used with the keyboard")
    READER = "skarmlasare", _("is read wrongly by a screen reader")
    WORDS = "sprak", _("hard to understand")
    SIZE = "storlek", _("breaks when it is enlarged or on a phone")
    OTHER = "annat", _("something else")


class Defect(models.Model):
    """A fault in a page's accessibility, as somebody told of it; never shown to residents."""

    slug = models.CharField(max_length=60)
    path = models.CharField(max_length=200)
    what = models.CharField(max_length=16, choices=Fault.choices)
    text = GuardedTextField(max_length=1000, blank=True)
    on = models.DateField()
    handled_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
