"""What the machine tells us at start: read once, checked at once.

A bad value stops the start with one sentence; nothing is discovered later.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

KNOWN = frozenset({"SAMLAD_DATA", "SAMLAD_URL", "SAMLAD_DEMO", "SAMLAD_WORKERS", "SAMLAD_MAIL_URL"})


class BadEnvironment(ValueError):
    """An environment variable says something that cannot be used."""


@dataclass(frozen=True)
class Environment:
    """The checked values; paths are absolute."""

    data: Path
    database: dict[str, object]
    port: int
    url: str
    demo: bool
    workers: int
    mail: dict[str, object]

    @property
    def host(self) -> str:
        """Return the host name residents and staff type."""
        return urlsplit(self.url).hostname or "localhost"

    @property
    def secure(self) -> bool:
        """Return whether the public address is behind TLS."""
        return self.url.startswith("https://")


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return the checked environment.

    Raises `BadEnvironment` with one sentence for the first value that cannot be used.
    """
    unknown = sorted(n for n in environ if n.startswith("SAMLAD_") and n not in KNOWN)
    if unknown:
        raise BadEnvironment(
            f"{unknown[0]} is not a setting Samlad knows; these are: "
            f"DATABASE_URL, PORT, {', '.join(sorted(KNOWN))}."
        )
    port = _whole("PORT", environ.get("PORT", "8000"), lowest=1, highest=65535)
    os.umask(0o077)  # the database, the key and the uploads are for this user only
    url = _url(environ.get("SAMLAD_URL", f"http://localhost:{port}"))
    data = _folder(environ.get("SAMLAD_DATA", "var"))
    return Environment(
        data=data,
        database=_database(environ.get("DATABASE_URL", ""), data),
        port=port,
        url=url,
        demo=_yes_or_no("SAMLAD_DEMO", environ.get("SAMLAD_DEMO", "0")),
        workers=_whole("SAMLAD_WORKERS", environ.get("SAMLAD_WORKERS", "2"), lowest=1, highest=64),
        mail=_mail(environ.get("SAMLAD_MAIL_URL", ""), url),
    )


def secret_key(data: Path) -> str:
    """Return the installation's signing key, made on the first start and kept.

    It is written whole before it gets its name: of two that start at once both read the same.
    """
    path = data / "secret_key"
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=data, prefix="secret_key.")  # 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
        finally:
            os.unlink(made)
    return path.read_text()


def _whole(name: str, value: str, *, lowest: int, highest: int) -> int:
    if not value.isdecimal() or not lowest <= int(value) <= highest:
        raise BadEnvironment(
            f"{name} must be a whole number from {lowest} to {highest}, not '{value}'."
        )
    return int(value)


def _yes_or_no(name: str, value: str) -> bool:
    if value not in {"0", "1"}:
        raise BadEnvironment(f"{name} must be 0 or 1, not '{value}'.")
    return value == "1"


def _folder(value: str) -> Path:
    if not value:
        raise BadEnvironment("SAMLAD_DATA is empty; it must name a folder.")
    path = Path(value).absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadEnvironment(
            f"SAMLAD_DATA: the folder '{value}' cannot be made ({error.strerror})."
        ) from error
    if not os.access(path, os.W_OK):
        raise BadEnvironment(f"SAMLAD_DATA: the folder '{value}' cannot be written to.")
    return path


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise BadEnvironment(
            f"SAMLAD_URL must be like https://samlad.kommun.example, not '{value}'."
        )
    return value.rstrip("/")


def _database(value: str, data: Path) -> dict[str, object]:
    if not value:
        return _sqlite(data / "samlad.sqlite3")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise BadEnvironment("DATABASE_URL cannot be read as an address.") from error
    if parts.scheme == "sqlite":
        path = Path(unquote(parts.path).removeprefix("/"))
        if not value.startswith("sqlite:///") or not path.name:
            raise BadEnvironment("DATABASE_URL for SQLite is like sqlite:////folder/file.")
        if not path.absolute().parent.is_dir():
            raise BadEnvironment(
                f"DATABASE_URL: the folder '{path.absolute().parent}' does not exist."
            )
        return _sqlite(path.absolute())
    if parts.scheme in {"postgres", "postgresql"}:
        name = unquote(parts.path.removeprefix("/"))
        if not name or "/" in name:
            raise BadEnvironment(
                "DATABASE_URL for PostgreSQL is like postgresql://user:password@host/name."
            )
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise BadEnvironment(
        f"DATABASE_URL must begin with postgresql:// or sqlite:///, not '{parts.scheme}'."
    )


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            # Deferred transactions fail to upgrade their lock when two people write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA secure_delete=ON; PRAGMA cache_size=-32000;"
            ),
        },
    }


def _mail(value: str, url: str) -> dict[str, object]:
    if not value and url.startswith("https://"):
        raise BadEnvironment(
            "SAMLAD_MAIL_URL is needed when SAMLAD_URL is https: password links go by e-mail."
        )
    if not value:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadEnvironment("SAMLAD_MAIL_URL must be like smtps://user:password@host:465.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
    }
