"""Released files from the process's memory: ahead of sessions, sign-in and language.

Each worker asks for the edition's number at most every `FRESH_SECONDS`; a file that has been
withdrawn is gone from every worker by then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from samlad.public.models import Edition, File

SHELVES = (
    "/loften/", "/oppna-data/", "/data/", "/datasets/", "/publikt/", "/flode.atom", "/en/",
)  # fmt: skip
FRESH_SECONDS = 10.0
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
        self._asked = 0.0

    def find(self, path: str) -> Kept | None:
        """Return the file at an address, or None."""
        now = time.monotonic()
        if now - self._asked >= FRESH_SECONDS:
            self._refresh(now)
        return self._files.get(path)

    def forget(self) -> None:
        """Ask anew at the next call."""
        self._asked, self._edition = 0.0, -1

    def _refresh(self, now: float) -> None:
        with self._lock:
            if now - self._asked < FRESH_SECONDS:
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
            except DatabaseError:
                # Rather nothing than what may have been withdrawn.
                if now - self._asked > 60:
                    self._files, self._edition = {}, -1


SHELF = Shelf()


class Released:
    """Answer what is released, before anything else is asked of a call."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"} and request.path_info.startswith(SHELVES):
            kept = SHELF.find(request.path_info)
            if kept is not None:
                return _answer(request, kept)
        return self.get_response(request)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    if request.headers.get("If-None-Match") == kept.etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(kept.body, content_type=kept.content_type)
        answer["Content-Language"] = kept.language
        answer["Content-Length"] = str(len(kept.body))
    answer["ETag"] = kept.etag
    for name, value in SECURITY.items():
        answer[name] = value
    return answer
