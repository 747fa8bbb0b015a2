"""HTTP only: the reviewer's pages: held texts, and likely twins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import browsing, link_actions, reviewing, text_actions, twins
from samlad.incidents.forms.reviewing import DecisionForm, PairForm, RuleForm
from samlad.incidents.models import Incident, LinkRule
from samlad.incidents.rules import NotAllowed
from samlad.incidents.workflow import SHOWN_STATES, ClearReason

WEEKS_OF_TWINS = 8


@require_safe
def held(request: SignedInRequest) -> HttpResponse:
    """Show the texts that wait, with the words marked."""
    if not policy.can_somewhere(request.user, Permission.TEXT_REVIEW):
        raise Http404
    waiting, number = reviewing.held_texts(request.user)
    context = {
        "held": waiting,
        "number": number,
        "reasons": ClearReason.choices,
        "decided": reviewing.decided_texts(request.user),
    }
    return render(request, "incidents/held.html", context)


@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Clear, redact, reword or hide a text, or take it back for review."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("held")
    _find(request, pk, Permission.TEXT_REVIEW)
    sent = form.cleaned_data
    one: dict[str, Any] = {"incident_id": pk, "by": request.user, "now": timezone.now()}
    try:
        if sent["decision"] == "clear":
            text_actions.clear(reason=ClearReason(sent["reason"]), **one)
        elif sent["decision"] == "redact":
            text_actions.redact(words=None, **one)
        elif sent["decision"] == "reword":
            text_actions.reword(text=sent["text"], place_text=sent["place_text"], **one)
        elif sent["decision"] == "refuse":
            text_actions.refuse(**one)
        else:
            text_actions.hold(**one)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("held")


def _find(request: SignedInRequest, pk: int, permission: Permission) -> None:
    """Answer 404 unless the person may do this to the row."""
    rows = Incident.objects.accepted().where_user_can(request.user, permission)
    if permission == Permission.TEXT_REVIEW:
        rows = rows.filter(written__isnull=False)
    get_object_or_404(rows, pk=pk)


@require_safe
def likely_twins(request: SignedInRequest) -> HttpResponse:
    """Show rows of different sources that may be the same thing, and what is linked."""
    if not policy.can_somewhere(request.user, Permission.INCIDENT_LINK):
        raise Http404
    today = timezone.localdate()
    since = today - timedelta(weeks=WEEKS_OF_TWINS)
    ends_before = today + timedelta(1)
    context = {
        "twins": twins.likely(user=request.user, starts_on=since, ends_before=ends_before),
        "linked": reviewing.occurrences(request.user, starts_on=since, ends_before=ends_before),
        "rules": reviewing.link_rules(request.user),
        "form": RuleForm(sources=browsing.sources_to_browse(request.user)),
        "since": since,
        "shown_states": SHOWN_STATES,
    }
    return render(request, "incidents/twins.html", context)


@require_POST
def pair(request: SignedInRequest) -> HttpResponse:
    """Link two rows, or say that they are not the same."""
    form = PairForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        for pk in (sent["first"], sent["second"]):
            _find(request, pk, Permission.INCIDENT_LINK)
        act = link_actions.link if sent["decision"] == "link" else link_actions.refuse
        try:
            act(
                first_id=sent["first"],
                second_id=sent["second"],
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    return redirect("twins")


@require_POST
def unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a row out of its occurrence."""
    _find(request, pk, Permission.INCIDENT_LINK)
    link_actions.unlink(incident_id=pk, by=request.user, now=timezone.now())
    return redirect("twins")


@require_POST
def write_rule(request: SignedInRequest) -> HttpResponse:
    """Write a rule and apply it."""
    form = RuleForm(request.POST, sources=browsing.sources_to_browse(request.user))
    if not form.is_valid():
        messages.error(request, _("Choose two sources, a distance and a time."))
        return redirect("twins")
    sent = form.cleaned_data
    try:
        rule = link_actions.write_rule(
            first_id=sent["first"].pk,
            second_id=sent["second"].pk,
            within_m=sent["within_m"],
            within_hours=sent["within_hours"],
            by=request.user,
            now=timezone.now(),
        )
        number = link_actions.apply_rule(rule_id=rule.pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(n)s pairs were linked.") % {"n": number})
    return redirect("twins")


@require_POST
def end_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a rule, or apply it again."""
    mine = LinkRule.objects.where_user_can(request.user, Permission.INCIDENT_LINK)
    get_object_or_404(mine, pk=pk, ended_at=None)
    if "apply" in request.POST:
        number = link_actions.apply_rule(rule_id=pk, by=request.user, now=timezone.now())
        messages.success(request, _("%(n)s pairs were linked.") % {"n": number})
    else:
        link_actions.end_rule(rule_id=pk, by=request.user, now=timezone.now())
    return redirect("twins")
