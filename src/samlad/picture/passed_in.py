"""What the rooms above pass in when a picture is compiled: asked for when it is counted.

A room above registers one function in its AppConfig: (municipality, until a day) → what it
knows then. The picture keeps it as `given`, and knows no more of where it came from.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from samlad.organisations.models import Municipality

Provider = Callable[[Municipality, date, date], dict[str, Any]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a room above pass something in."""
    if provider not in _providers:
        _providers.append(provider)


def of(municipality: Municipality, *, starts_on: date, ends_before: date) -> dict[str, Any]:
    """Return what is passed in for a period, by now."""
    found: dict[str, Any] = {}
    for provider in _providers:
        found |= provider(municipality, starts_on, ends_before)
    return found
