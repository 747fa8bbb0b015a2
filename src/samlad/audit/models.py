"""The record of who did what. Rows are chained by hash; the database refuses to change them.

No foreign keys: the record outlives what it speaks of. Free text, names, coordinates and
files never enter it, only which field changed, so that it never has to be erased.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEvent(models.Model):
    """One thing done: by whom, when, to what, and what coded fields were before and after."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    actor = models.CharField(max_length=60, blank=True)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    municipality = models.BigIntegerField(null=True)
    owner = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["sequence"]
        indexes: ClassVar = [
            models.Index(fields=["municipality", "-sequence"], name="audit_municipality"),
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
        ]


class AuditHead(models.Model):
    """The chain's last link: the one row every writer locks, last of all."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)
