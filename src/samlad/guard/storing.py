"""Model fields that cannot store a certain hit, however the text comes to them.

The check stands where a value goes into the database (`get_db_prep_save`), so that forms,
an API, `update()` and `bulk_create()` all pass it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from samlad.guard import refusing
from samlad.guard.detecting import clean


class GuardedCharField(models.CharField):
    """A short text without personal identity numbers, phone numbers and e-mail addresses."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuse a certain hit. Raises `PersonalData`."""
        return super().get_db_prep_save(_checked(value), connection)


class GuardedTextField(models.TextField):
    """A text without personal identity numbers, phone numbers and e-mail addresses."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuse a certain hit. Raises `PersonalData`."""
        return super().get_db_prep_save(_checked(value), connection)


class GuardedJSONField(models.JSONField):
    """Structured text: every string in it is checked."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuse a certain hit. Raises `PersonalData`."""
        for text in _strings(value):
            refusing.check(text)
        return super().get_db_prep_save(value, connection)


def _checked(value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    refusing.check(value)
    return clean(value)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
