"""HTTP only: residents' answers. What is released is served by `serving`, and never comes here."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from samlad.public import actions, answering, pages
from samlad.public.models import File


@csrf_exempt  # no session to forge: `answering.is_ours` asks for the origin and a signed token
def feedback(request: HttpRequest, language: str = "sv") -> HttpResponse:
    """Take a yes or a no on a page; the number and the day are all that is kept."""
    with translation.override(language):
        sent = request.POST if request.method == "POST" else request.GET
        asked = sent.get("sida", "")[:200].replace("\0", "")
        if not File.objects.filter(path=asked, content_type=pages.HTML).exists():
            asked = "/loften/"
        context = _context(language, asked)
        if request.method == "POST":
            context |= _taken(request, asked)
        answer = render(request, "public/feedback.html", context)
    answer["Cache-Control"] = "no-store"
    answer["Content-Language"] = language
    return answer


def _taken(request: HttpRequest, asked: str) -> dict[str, Any]:
    today = timezone.localdate()
    said = request.POST.get("svar", "")
    if said not in {"ja", "nej"} or not answering.is_ours(
        request, request.POST.get("token", ""), asked
    ):
        return {"refused": _("The form was too old. Answer once more.")}
    if not answering.may_call(request, today):
        return {"refused": _("Enough answers for today from here. Thank you.")}
    actions.take_feedback(path=asked, is_yes=said == "ja", on=today)
    return {"thanks": True}


def _context(language: str, asked: str) -> dict[str, Any]:
    style = hashlib.sha256(pages.STYLE.read_bytes()).hexdigest()[:12]
    other = "en" if language == "sv" else "sv"
    return {
        "look": f"/publikt/stil-{style}.css", "language": language, "other": other,
        "prefix": pages.PREFIX[language], "there": f"{pages.PREFIX[other]}/tyck/",
        "here": asked, "asked": asked, "token": answering.token(asked),
    }  # fmt: skip
