"""What a release gives the public: checked here once more, whoever sends it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from samlad.guard.detecting import find_certain

LANGUAGES = ("sv", "en")
LARGEST = 1_000_000


class NotPublishable(ValueError):
    """The content is no content a resident may be shown."""


def checked(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content in both languages.

    Raises `NotPublishable` if a language is missing, it is too large, or a text has a certain hit
    of the personal-data guard.
    """
    if set(content) != set(LANGUAGES):
        raise NotPublishable("a release is in Swedish and in English")
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    if len(text) > LARGEST:
        raise NotPublishable("the content is too large")
    if any(find_certain(part) for part in texts(content)):
        raise NotPublishable("a text holds personal data")
    return hashlib.sha256(text.encode()).hexdigest()


def texts(value: Any) -> list[str]:
    """Return every text within a content."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return []
