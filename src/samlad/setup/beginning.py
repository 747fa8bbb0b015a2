"""The one address that begins an installation: open for two days, closed once used."""

from __future__ import annotations

import hmac
import os
import secrets
import time
from pathlib import Path

from django.conf import settings

OPEN_SECONDS = 48 * 3600


def _path() -> Path:
    return Path(settings.ENVIRONMENT.data) / "setup_address"


def open_() -> str:
    """Make the secret, or return the one that is open."""
    path = _path()
    if path.exists() and time.time() - path.stat().st_mtime > OPEN_SECONDS:
        path.unlink()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    secret = secrets.token_urlsafe(24)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret


def is_open(secret: str) -> bool:
    """Tell whether the address may be used: for two days, until somebody has begun."""
    path = _path()
    try:
        is_old = time.time() - path.stat().st_mtime > OPEN_SECONDS
        return not is_old and hmac.compare_digest(path.read_text().encode(), secret.encode())
    except FileNotFoundError:
        return False


def close(secret: str) -> bool:
    """Close the address; tell whether it was open. Of two at once one gets it."""
    if not is_open(secret):
        return False
    try:
        _path().unlink()
    except FileNotFoundError:
        return False
    return True


def reopen(secret: str) -> None:
    """Open an address again whose answers could not be used."""
    _path().write_text(secret)
    _path().chmod(0o600)
