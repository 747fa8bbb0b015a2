"""HTTP only."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import working_in
from samlad.start import queries


def front(request: HttpRequest) -> HttpResponse:
    """Say what this is; public."""
    return render(request, "start/front.html")


def start(request: SignedInRequest) -> HttpResponse:
    """Show what waits for the person."""
    return render(request, "start/start.html", {"waiting": queries.waiting_for(request.user)})


@require_POST
def choose_municipality(request: SignedInRequest) -> HttpResponse:
    """Work in another of the municipalities the person has a role in."""
    asked = request.POST.get("kommun", "")
    if not (asked.isdecimal() and len(asked) < 10):
        raise Http404
    working_in.choose(request, request.user, int(asked))
    return redirect("start")


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
