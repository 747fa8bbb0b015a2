"""Who may answer on a public page: from the page itself, in time, not too often. No session.

A caller is known by an HMAC of the address with a key that changes every day and is never stored:
from yesterday's nothing can be worked out.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

SALT = "samlad.public"
OLDEST_SECONDS, CALLS_A_DAY, DAY_SECONDS = 4 * 3600, 30, 86_400


def token(path: str) -> str:
    """Return a signed, time-stamped token for answering about a page."""
    return signing.dumps(path, salt=SALT)


def is_ours(request: HttpRequest, given: str, path: str) -> bool:
    """Tell whether an answer was sent from this site's own form, lately, about this page."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    try:
        if site not in {"same-origin", "none"} or urlsplit(origin).netloc != request.get_host():
            return False
        return bool(signing.loads(given, salt=SALT, max_age=OLDEST_SECONDS) == path)
    except (signing.BadSignature, ValueError):
        return False


def _caller(address: str) -> str:
    """Return an address as one caller: of IPv6 a whole network of one subscriber (/64).

    >>> _caller("2001:db8:1:2:3::9"), _caller("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def may_call(request: HttpRequest, today: date) -> bool:
    """Count a call, and tell whether the caller has made no more than enough today."""
    key = cache.get_or_set(f"public-key-{today}", secrets.token_hex(32), DAY_SECONDS)
    address = request.META.get("REMOTE_ADDR", "")
    if settings.ENVIRONMENT.secure:  # behind a proxy: its last hop is the one it saw itself
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    name = hmac.new(str(key).encode(), _caller(address).encode(), hashlib.sha256).hexdigest()
    slot = f"public-calls-{today}-{name}"
    cache.add(slot, 0, DAY_SECONDS)
    try:
        return bool(cache.incr(slot) <= CALLS_A_DAY)
    except ValueError:  # crowded out between the two: a call more or less
        return True
