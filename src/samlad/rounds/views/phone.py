"""HTTP only: the reporter's phone. The page is the same for everybody and may be kept by the
browser; what belongs to a person comes as JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.models import User
from samlad.accounts.requests import SignedInRequest
from samlad.activities.bands import bands
from samlad.activities.vocabulary import Contact, Orientation, Recipient, ShiftRole, Topic
from samlad.authorization import policy
from samlad.guard.entries import Doubt, TextField
from samlad.guard.refusing import PersonalData
from samlad.rounds import (
    actions,
    feedback,
    phone_lists,
    queries,
    receiving,
    rules,
    shift_receiving,
    urgent,
)
from samlad.rounds.receiving import Unreadable
from samlad.rounds.workflow import Answer

OWN_PHONE_AGE = 90 * 24 * 3600
MOST_AT_ONCE = 50
LONGEST = 200_000  # characters of one sending
SHELL = (
    "vendor/fonts/source-sans-3.css",
    "vendor/fonts/source-sans-3-latin-wght-normal.woff2",
    "vendor/designsystemet/designsystemet.css",
    "ui/tokens.css",
    "ui/samlad.css",
    "ui/icon.svg",
    "ui/sign-out.js",
    "vendor/htmx/htmx.min.js",
    "guard/guard.js",
    "guard/fields.js",
    "guard/rules.json",
    "rounds/phone.css",
    "rounds/phone.js",
    "rounds/queue.js",
    "rounds/shift.js",
)
DEVICE = "samlad.rounds.device"


@never_cache
@require_safe
def phone(request: SignedInRequest) -> HttpResponse:
    """Show the page to report from: a shell without anybody's name or numbers."""
    guard = TextField(doubt=Doubt.HELD).widget_attrs(Textarea())["data-guard"]
    context = {
        "guard": guard,
        "roles": ShiftRole.choices,
        "orientations": Orientation.choices,
        "counts": [
            (name, label, codes.choices)
            for name, label, codes in (
                ("contacts", _("Contacts"), Contact),
                ("topics", _("What it was about"), Topic),
                ("referrals", _("Shown the way to"), Recipient),
            )
        ],
        "bands": [(band.low, str(band)) for band in bands()[1:]],
    }
    return render(request, "rounds/phone.html", context)


@require_safe
def lists(request: SignedInRequest) -> JsonResponse:
    """Return what the page needs to be filled in without a network, and a token to send with."""
    found = phone_lists.lists(request.user, now=timezone.now())
    found["user"] = str(request.user.pk)
    found["csrf"] = get_token(request)
    found["device"] = signing.dumps(request.user.pk, salt=DEVICE)
    found["own_phone"] = request.session.get_expiry_age() > settings.SESSION_COOKIE_AGE
    return JsonResponse(found)


@require_POST
def send(request: SignedInRequest) -> JsonResponse:
    """Take what waited on the phone: reports, and what is said of the week. Twice is once."""
    if len(request.body) > LONGEST:
        return _problem(_("Too much at once. Send fewer reports at a time."), 413)
    try:
        sent = json.loads(request.body)
        events = sent.get("events", [])
        if not isinstance(events, list) or len(events) > MOST_AT_ONCE:
            raise ValueError
        if str(sent.get("user")) != str(request.user.pk):
            return _problem(_("What waits on this phone belongs to somebody else."), 409)
        organisation = int(sent["organisation"])
        written_at = _moment(sent.get("written_at"))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return _problem(_("The report could not be read."), 400)
    now = timezone.now()
    results: list[dict[str, Any]] = []
    for event in events:
        results.append(_one(event, organisation, written_at, request.user, now))
    said = _answer(sent, organisation, request.user, now) if _all_in(results) else {}
    if sent.get("shift") is not None:
        said["shift"] = _shift(sent["shift"], organisation, request.user, now)
    return JsonResponse({"events": results, **said})


def _shift(sent: Any, organisation: int, by: User, now: datetime) -> dict[str, Any]:
    """Take a shift in, or say what is wrong with it."""
    try:
        made = shift_receiving.receive(sent, organisation_id=organisation, by=by, now=now)
    except Unreadable as refusal:
        return {"state": "refused", "errors": refusal.errors}
    except PermissionDenied:
        message = _("You may not report for that organisation.")
        return {"state": "refused", "errors": {"organisation": [message]}}
    return {"state": "in", "id": made.pk}


def _one(
    event: Any, organisation: int, written_at: datetime | None, by: User, now: datetime
) -> dict[str, Any]:
    key = str(event.get("key", ""))[:40] if isinstance(event, dict) else ""
    try:
        made = receiving.receive(
            event, organisation_id=organisation, written_at=written_at, by=by, now=now
        )
    except Unreadable as refusal:
        return {"key": key, "state": "refused", "errors": refusal.errors}
    except PersonalData as refusal:
        return {"key": key, "state": "refused", "errors": {"text": [str(refusal)]}}
    except PermissionDenied:
        message = _("You may not report for that organisation.")
        return {"key": key, "state": "refused", "errors": {"organisation": [message]}}
    told = urgent.tell(incident=made, by=by, now=now) if event.get("urgent") is True else None
    return {
        "key": key,
        "state": "in",
        "id": made.pk,
        "urgent": None if told is None else bool(told.told),
    }


def _all_in(results: list[dict[str, Any]]) -> bool:
    return all(one["state"] == "in" for one in results)


def _answer(sent: dict[str, Any], organisation: int, by: User, now: datetime) -> dict[str, Any]:
    """Take what was said of the week, if anything was."""
    if sent.get("answer") not in (Answer.DONE, Answer.NOTHING):
        return {}
    try:
        actions.answer(
            round_id=int(sent["round"]),
            organisation_id=organisation,
            answer=Answer(sent["answer"]),
            by=by,
            now=now,
        )
    except rules.NotAllowed as refusal:
        return {"answer": "refused", "why": str(refusal)}
    except (
        PermissionDenied, ValueError, KeyError, TypeError, OverflowError,
        queries.Round.DoesNotExist,
    ):  # fmt: skip
        return {"answer": "refused", "why": _("The round is not yours to answer.")}
    return {"answer": "in"}


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    found = parse_datetime(str(text))
    if found is None or timezone.is_naive(found):
        raise ValueError("not a moment with its zone")
    return found


def _problem(title: str, status: int) -> JsonResponse:
    return JsonResponse({"title": title, "status": status}, status=status)


@csrf_exempt  # it changes nothing, and answers only who holds the signed token
@never_cache
@require_POST
def device(request: HttpRequest) -> JsonResponse:
    """Say whether the account a phone's reports wait under is open; nothing else.

    Open to strangers: only who holds the signed token of that phone is answered.
    """
    try:
        pk = signing.loads(request.POST.get("device", ""), salt=DEVICE, max_age=2 * OWN_PHONE_AGE)
    except signing.BadSignature:
        return _problem(_("Unknown device."), 400)
    is_open = User.objects.filter(pk=pk, is_active=True).exists()
    return JsonResponse({"account": "open" if is_open else "closed"})


@require_POST
def own_phone(request: SignedInRequest) -> HttpResponse:
    """Stay signed in on one's own phone for 90 days, or on a shared one until it is closed.

    Only those who report and read: whoever reads others' reports signs in each day.
    """
    if request.POST.get("own") == "1" and not policy.reads_others(request.user):
        request.session.set_expiry(OWN_PHONE_AGE)
    else:
        request.session.set_expiry(0)
    return redirect("report_phone")


@require_safe
def own_reports(request: SignedInRequest) -> HttpResponse:
    """Show what became of each of one's own reports."""
    context = {"reports": feedback.own_reports(request.user)}
    return render(request, "rounds/own_reports.html", context)


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, with what it is to keep."""
    path = finders.find("rounds/worker.js")
    with open(str(path), encoding="utf-8") as file:
        program = file.read()
    kept = json.dumps(["/rapportera/", *[static(name) for name in SHELL]])
    version = json.dumps(settings.STATIC_URL)
    text = f"const VERSION = {version};\nconst SHELL = {kept};\n{program}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the page is put on a phone's first screen."""
    return JsonResponse(
        {
            "name": "Samlad – rapportera",
            "short_name": "Samlad",
            "lang": "sv",
            "start_url": "/rapportera/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#0b4a47",
            "icons": [
                {"src": static("ui/icon-192.png"), "sizes": "192x192", "type": "image/png"},
                {"src": static("ui/icon-512.png"), "sizes": "512x512", "type": "image/png"},
                {"src": static("ui/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            ],
        },
        content_type="application/manifest+json",
    )
