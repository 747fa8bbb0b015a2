"""The one address that begins an installation: printed by the command, closed once used."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings


def _path() -> Path:
    return Path(settings.ENVIRONMENT.data) / "setup_address"


def open_() -> str:
    """Make the secret, or return the one that is open."""
    path = _path()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    secret = secrets.token_urlsafe(24)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret


def is_open(secret: str) -> bool:
    """Tell whether the address may be used."""
    path = _path()
    return path.exists() and hmac.compare_digest(path.read_text().encode(), secret.encode())


def close() -> None:
    """Close the address for good."""
    _path().unlink(missing_ok=True)
