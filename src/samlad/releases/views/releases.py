"""HTTP only: drafts, releases, withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.incidents import queries as incidents
from samlad.incidents.models import Category
from samlad.promises import queries as promises
from samlad.public import content as contents
from samlad.public import pages as public
from samlad.releases import actions, queries
from samlad.releases.forms import PublisherForm, TableForm, WithdrawForm
from samlad.releases.models import Publisher, Release
from samlad.releases.rules import NotAllowed
from samlad.releases.workflow import ByArea, ByTime, Kind, Status
from samlad.ui.fields import attempting, day_after

attempt = attempting(NotAllowed)


def _get(request: SignedInRequest, pk: int) -> Release:
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def releases(request: SignedInRequest) -> HttpResponse:
    """List what waits, what is released, what was withdrawn."""
    if not policy.can_somewhere(request.user, Permission.RELEASE_READ):
        raise Http404
    municipality = working_in.find(request, request.user, Permission.RELEASE_DRAFT, whole=True)
    context = {
        "rows": queries.releases(request.user),
        "may_draft": municipality is not None,
        "publisher": Publisher.objects.filter(municipality=municipality).first(),
    }
    return render(request, "releases/releases.html", context)


@require_safe
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what residents are to see, what was checked, and the buttons."""
    return render(request, "releases/release.html", _page(request, _get(request, pk)))


def _page(request: SignedInRequest, found: Release, **bound: Any) -> dict[str, Any]:
    may_approve = policy.can(request.user, Permission.RELEASE_APPROVE, found)
    language = "en" if get_language() == "en" else "sv"
    return {
        "release": found,
        "content": found.content[language],
        "grid": contents.grid(found.content[language]) if found.kind == Kind.TABLE else None,
        "word_by_word": queries.word_by_word(found),
        "last_shown": found.shown_before and found.shown_before - timedelta(1),
        "is_own": found.drafted_by_id == request.user.pk,
        "may_release": may_approve and found.status == Status.DRAFT,
        "may_withdraw": may_approve and found.status == Status.RELEASED,
        "may_discard": found.status == Status.DRAFT,
        "publisher": found.checked["publisher"],
        "address": public.address(found.kind, found.checked["publisher"]["slug"], found.subject),
        "form": WithdrawForm(),
        **bound,
    }


@require_POST
def draft_promise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft a promise's release."""
    if promises.find(request.user, pk) is None:
        raise Http404
    try:
        made = actions.draft_promise(promise_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("promise", pk)
    messages.success(request, _("Drafted. Another person releases it."))
    return redirect("release", made.pk)


def draft_table(request: SignedInRequest) -> HttpResponse:
    """Draft a table."""
    municipality = working_in.require(request, request.user, Permission.RELEASE_DRAFT, whole=True)
    form = TableForm(
        request.POST or None,
        offered={
            "source": incidents.sources(municipality, request.user),
            "category": Category.objects.all(),
        },
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.draft_table(
                source_id=sent["source"].pk,
                category_id=sent["category"].pk,
                by_area=ByArea(sent["by_area"]),
                by_time=ByTime(sent["by_time"]),
                starts_on=sent["starts_on"],
                ends_before=day_after(sent["ends_on"]),
                by=request.user,
                now=timezone.now(),
            ),
        )
        if made is not None:
            return redirect("release", made.pk)
    context = {"form": form, "title": _("Draft a table"), "save": _("Draft it")}
    return render(request, "ui/form_page.html", context)


def publisher(request: SignedInRequest) -> HttpResponse:
    """Say who answers for the public pages."""
    municipality = working_in.require(request, request.user, Permission.RELEASE_DRAFT, whole=True)
    kept = Publisher.objects.filter(municipality=municipality).first()
    names = ("slug", "editor", "mailbox", "phone")
    initial: dict[str, Any] = {"slug": slugify(municipality.name.removesuffix(" kommun"))}
    if kept is not None:
        initial = {name: getattr(kept, name) for name in names}
    form = PublisherForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.name_publisher(
                municipality_id=municipality.pk,
                by=request.user,
                now=timezone.now(),
                **{name: form.cleaned_data[name] for name in names},
            ),
        )
        if made is not None:
            return redirect("releases")
    context = {"form": form, "title": _("Who answers for the public pages")}
    return render(request, "ui/form_page.html", context)


def _do(request: SignedInRequest, pk: int, act: Callable[..., Any], said: str) -> HttpResponse:
    _get(request, pk)
    try:
        act(release_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("release", pk)


@require_POST
def release_it(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release a draft to residents."""
    return _do(request, pk, actions.release_it, _("Released. Residents see it within a minute."))


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Discard a draft."""
    return _do(request, pk, actions.discard, _("Discarded."))


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a release."""
    found = _get(request, pk)
    form = WithdrawForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: actions.withdraw(
            release_id=pk, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        ),
    ):
        messages.success(request, _("Withdrawn. It is gone for residents within a minute."))
        return redirect("release", pk)
    return render(request, "releases/release.html", _page(request, found, form=form), status=422)
