"""Slots in a page that a room above may fill: the lower page names a slot and knows no more.

A room registers one function in its AppConfig: (user, thing) → a template and its context, or
None where there is nothing for this reader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Panel = Callable[[Any, Any], tuple[str, dict[str, Any]] | None]
_panels: dict[str, list[Panel]] = {}


def register(slot: str, panel: Panel) -> None:
    """Fill a slot; several rooms may, in the order of the settings."""
    registered = _panels.setdefault(slot, [])
    if panel not in registered:
        registered.append(panel)


def filled(slot: str, user: Any, thing: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return what is shown in a slot for this reader."""
    return [found for panel in _panels.get(slot, []) if (found := panel(user, thing)) is not None]
