"""HTTP only: the API's own description, and a person's calendar feed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.rounds import feeds
from samlad.rounds.api import api


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the API as its OpenAPI document describes it; without anything from elsewhere."""
    schema: dict[str, Any] = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "answers": list(operation["responses"]),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    fields = schema["components"]["schemas"]["ReportIn"]
    context = {
        "description": schema["info"]["description"],
        "operations": operations,
        "fields": [
            (name, _type(field), field.get("description", ""), name in fields["required"])
            for name, field in fields["properties"].items()
        ],
    }
    return render(request, "rounds/api_docs.html", context)


def _type(field: dict[str, Any]) -> str:
    """Return a field's type in words."""
    kinds = [field, *field.get("anyOf", [])]
    return " | ".join(str(kind.get("format") or kind["type"]) for kind in kinds if kind.get("type"))


def calendar(request: SignedInRequest) -> HttpResponse:
    """Show the person's calendar feed; make a new address, or close the old one."""
    if request.method == "POST":
        if request.POST.get("close"):
            feeds.close_feed(user=request.user, now=timezone.now())
            return redirect("calendar_feed")
        secret = feeds.open_feed(user=request.user, now=timezone.now())
        return render(request, "rounds/calendar_feed.html", {"secret": secret, "has_one": True})
    context = {"has_one": feeds.has_feed(request.user)}
    return render(request, "rounds/calendar_feed.html", context)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Return a person's calendar. Who holds the address may read it, until it is closed."""
    user = feeds.holder_of(secret)
    if user is None:
        raise Http404
    response = HttpResponse(
        feeds.calendar_of(user, now=timezone.now()), content_type="text/calendar; charset=utf-8"
    )
    response["Cache-Control"] = "private, max-age=900"
    return response
