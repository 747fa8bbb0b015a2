"""HTTP only: residents' answers. What is released is served by `serving`, and never comes here."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from samlad.guard import detecting
from samlad.guard.refusing import PersonalData
from samlad.public import actions, answering, pages, queries, serving
from samlad.public.models import Fault, File


@csrf_exempt  # no session to forge: `answering.is_ours` asks for the origin and a signed token
def feedback(request: HttpRequest, language: str = "sv") -> HttpResponse:
    """Take a yes or a no on a page; the number and the day are all that is kept."""
    with translation.override(language):
        sent = request.POST if request.method == "POST" else request.GET
        asked = sent.get("sida", "")[:200].replace("\0", "")
        if not File.objects.filter(path=asked, content_type=pages.HTML).exists():
            asked = "/loften/"
        context = _context(language, asked) | queries.of_page(asked)
        if request.method == "POST":
            context |= _taken(request, asked)
        return _form(request, "feedback.html", language, context)


def _taken(request: HttpRequest, asked: str) -> dict[str, Any]:
    today = timezone.localdate()
    said = request.POST.get("svar", "")
    if said not in {"ja", "nej"}:
        return {"refused": _("Answer yes or no.")}
    refused = _refusal(request, asked)
    if refused:
        return {"refused": refused}
    actions.take_feedback(path=asked, is_yes=said == "ja", on=today)
    return {"thanks": True}


def _context(language: str, asked: str, action: str = "/tyck/") -> dict[str, Any]:
    """Return what a form's page shows; its token is of what is `asked` about."""
    style = hashlib.sha256(pages.STYLE.read_bytes()).hexdigest()[:12]
    other = "en" if language == "sv" else "sv"
    return {
        "look": f"/publikt/stil-{style}.css", "language": language, "other": other,
        "prefix": pages.PREFIX[language], "there": f"{pages.PREFIX[other]}{action}",
        "here": asked, "asked": asked, "token": answering.token(asked),
    }  # fmt: skip


def _form(
    request: HttpRequest, template: str, language: str, context: dict[str, Any]
) -> HttpResponse:
    answer = render(request, f"public/{template}", context)
    answer["Cache-Control"] = "no-store"
    answer["Content-Language"] = language
    return answer


def _refusal(request: HttpRequest, asked: str) -> str:
    """Return why a sent form is not taken in, "" where it is."""
    if not answering.is_ours(request, request.POST.get("token", ""), asked):
        return _("The form was too old, or not sent from this page. Answer once more.")
    if not answering.may_call(request, timezone.localdate()):
        return _("Enough answers for today from here. Thank you.")
    return ""


@csrf_exempt  # as above
def answer(request: HttpRequest, language: str = "sv") -> HttpResponse:
    """Take fixed answers to a question that is asked now; counts by day are all that is kept."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = sent.get("fraga", "")
    found = queries.question(asked, timezone.localdate())
    if found is None:
        return serving.missing(request)
    with translation.override(language):
        action = f"/tyck-till/{found.slug}/"
        context = _context(language, action, action) | {
            "one": found.content[language], "slug": found.slug, "release": found.release,
            "publisher": found.publisher, "sent": request.POST, "changed": found.published_at,
        }  # fmt: skip
        if request.method == "POST":
            refused = _refusal(request, action)
            taken = not refused and actions.take_answer(
                release=found.release,
                place=request.POST.get("plats", ""),
                feeling=request.POST.get("kansla", ""),
                reason=request.POST.get("orsak", ""),
                time=request.POST.get("tid", ""),
                now=timezone.now(),
            )
            context |= {"thanks": taken, "refused": refused or _("Answer all four.")}
        return _form(request, "answer.html", language, context)


@csrf_exempt  # as above
def defect(request: HttpRequest, language: str = "sv") -> HttpResponse:
    """Take in a fault in the pages' accessibility."""
    sent = request.POST if request.method == "POST" else request.GET
    slug = sent.get("kommun", "")[:60].replace("\0", "")
    paths = queries.pages_of(slug)
    if not paths:
        return serving.missing(request)
    with translation.override(language):
        action = f"/tillganglighet/{slug}/"
        context = _context(language, action, action) | queries.of_page(action) | {
            "slug": slug, "paths": paths, "faults": Fault.choices, "sent": request.POST,
        }  # fmt: skip
        if request.method == "POST":
            refused = _refusal(request, action) or _told_of(request, slug, paths)
            context |= {"thanks": not refused, "refused": refused}
        return _form(request, "defect.html", language, context)


def _told_of(request: HttpRequest, slug: str, paths: list[str]) -> str:
    """Take a fault in; return why it could not be, or ""."""
    path, what = request.POST.get("sida", ""), request.POST.get("brist", "")
    text = detecting.clean(request.POST.get("text", ""))[:1000]
    if path not in paths or what not in Fault.values:
        return _("Choose the page and what does not work.")
    try:
        actions.take_defect(slug=slug, path=path, what=what, text=text, now=timezone.now())
    except PersonalData as refusal:
        return str(refusal)
    return ""
