"""Released files from the process's memory: ahead of sessions, sign-in and language.

Each worker asks for the edition's number at most every `FRESH_SECONDS`; a file that has been
withdrawn is gone from every worker by then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseNotModified,
    HttpResponseRedirect,
)

from samlad.public.models import Edition, File

SHELVES = (
    "/trygghet/", "/loften/", "/laget/", "/goda-rad/", "/trygghetscenter/", "/media/",
    "/tyck-till/", "/tillganglighet/", "/oppna-data/", "/data/", "/datasets/", "/publikt/",
    "/flode.atom", "/en/",
)  # fmt: skip
ROOTS = frozenset(one for one in SHELVES if one.endswith("/"))
ASKED = ("/tyck/", "/svara/", "/brist/")  # the forms: not files, but answered by views
MISSING = "/publikt/saknas/"
FRESH_SECONDS, RETRY_SECONDS, OLDEST_SECONDS = 10.0, 2.0, 50.0
CACHED_SECONDS = 30
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": f"public, max-age={CACHED_SECONDS}",
}


@dataclass(frozen=True)
class Kept:
    """A file as it is answered."""

    content_type: str
    body: bytes
    etag: str
    language: str


class Shelf:
    """The files in force, read once for each edition."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[str, Kept] = {}
        self._edition = -1
        self._asked = self._next = 0.0

    def find(self, path: str) -> Kept | None:
        """Return the file at an address, or None."""
        now = time.monotonic()
        if now >= self._next:
            self._refresh(now)
        return self._files.get(path)

    def forget(self) -> None:
        """Ask anew at the next call."""
        self._asked = self._next = 0.0
        self._edition = -1

    def _refresh(self, now: float) -> None:
        with self._lock:
            if now < self._next:
                return
            try:
                number = Edition.objects.values_list("number", flat=True).first() or 0
                if number != self._edition:
                    self._files = {
                        one.path: Kept(
                            one.content_type,
                            bytes(one.body),
                            one.etag,
                            "en" if one.path.startswith("/en/") else "sv",
                        )
                        for one in File.objects.all()
                    }
                    self._edition = number
                self._asked = now
            except Error:
                # Rather nothing than what may have been withdrawn.
                if now - self._asked > OLDEST_SECONDS:
                    self._files, self._edition = {}, -1
                self._next = now + RETRY_SECONDS
                return
            self._next = now + FRESH_SECONDS


SHELF = Shelf()


class Released:
    """Answer what is released, before anything else is asked of a call."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if f"{path}/" in ROOTS:
            return HttpResponseRedirect(f"{path}/")
        if not path.startswith(SHELVES) or path.endswith(ASKED):
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        kept = SHELF.find(path)
        return missing(request) if kept is None else _answer(request, kept)


def missing(request: HttpRequest) -> HttpResponse:
    """Answer that there is no such page, or no more: plain, without a session or a cookie."""
    kept = SHELF.find("/en/publikt/saknas/" if request.path_info.startswith("/en/") else MISSING)
    body, language = (kept.body, kept.language) if kept else (b"404", "sv")
    answer = HttpResponse(body, content_type="text/html; charset=utf-8", status=404)
    answer["Content-Language"] = language
    for name, value in (SECURITY | {"Cache-Control": "no-store"}).items():
        answer[name] = value
    return answer


def _is_known(given: str, etag: str) -> bool:
    """Tell whether the reader has the file: a proxy may have marked its tag as weak."""
    tags = {one.strip().removeprefix("W/") for one in given.split(",")}
    return etag in tags or "*" in tags


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    if _is_known(request.headers.get("If-None-Match", ""), kept.etag):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(kept.body, content_type=kept.content_type)
        answer["Content-Language"] = kept.language
        answer["Content-Length"] = str(len(kept.body))
    answer["ETag"] = kept.etag
    for name, value in SECURITY.items():
        answer[name] = value
    if settings.SECURE_HSTS_SECONDS:
        answer["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return answer
