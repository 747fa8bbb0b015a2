"""The last answer where a text with a certain hit reached the database's door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from samlad.guard.refusing import PersonalData

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusePersonalData:
    """Say what kind of hit it was: nothing has been stored, and nothing is logged."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refused text with one sentence."""
        if not isinstance(error, PersonalData):
            return None
        return render(request, "guard/refused.html", {"refusal": str(error)}, status=400)
