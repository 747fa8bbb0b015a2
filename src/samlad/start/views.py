"""HTTP only."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from samlad.accounts.requests import SignedInRequest
from samlad.start import queries


def front(request: HttpRequest) -> HttpResponse:
    """Say what this is; public."""
    return render(request, "start/front.html")


def start(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the person."""
    return render(request, "start/start.html", {"waiting": queries.waiting_for(request.user)})


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
