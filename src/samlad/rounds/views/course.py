"""HTTP only: a round's course, from the roll-call to the dispatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.incidents import rules as incident_rules
from samlad.picture import rules as picture_rules
from samlad.rounds import actions, dispatch_actions, needs, queries, roll_call, rules, scoring
from samlad.rounds.forms.meeting import DispatchForm, ReopenForm
from samlad.rounds.models import Round
from samlad.rounds.workflow import ReopenReason, Status

PER_PAGE = 26  # half a year of weeks


def get(request: SignedInRequest, pk: int) -> Round:
    """Return a round the person may read, or answer 404."""
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def rounds(request: SignedInRequest) -> HttpResponse:
    """List the rounds."""
    if not policy.can_somewhere(request.user, Permission.ROUND_READ):
        raise Http404
    page = Paginator(queries.readable(request.user), PER_PAGE).get_page(request.GET.get("sida"))
    context = {
        "page": page,
        "rounds": queries.rounds(page.object_list, now=timezone.now()),
        "processes": queries.processes(request.user),
        "may_run": policy.can_somewhere(request.user, Permission.ROUND_RUN),
    }
    return render(request, "rounds/rounds.html", context)


@require_safe
def ranked_needs(request: SignedInRequest) -> HttpResponse:
    """Show the areas ranked by need, with what each place rests on."""
    municipality = working_in.require(request, request.user, Permission.ROUND_READ)
    context = {
        "municipality": municipality,
        "weeks": needs.WEEKS,
        "needs": needs.needs(municipality, request.user, today=timezone.localdate()),
    }
    return render(request, "rounds/needs.html", context)


@require_safe
def round_(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one round: its clock, its roll-call, what is next."""
    found, now = get(request, pk), timezone.now()
    status = rules.status_at(found, now)
    rows = roll_call.roll_call(found)
    may_run = policy.can(request.user, Permission.ROUND_RUN, found)
    reports = queries.reports_to_review(found, request.user)
    context = {
        "round": found,
        "label": queries.label(found),
        "status": status,
        "now": now,
        "rows": rows,
        "coverage": roll_call.coverage(rows),
        "waiting": sum(not one.outcome for one in reports),
        "reports": len(reports),
        "may_run": may_run,
        "may_review": policy.can(request.user, Permission.ROUND_REVIEW, found)
        and status in {Status.CLOSED, Status.REVIEW},
        "may_close": may_run
        and status == Status.OPEN
        and timezone.localdate(now) >= found.ends_before,
        "may_reopen": may_run and status in {Status.CLOSED, Status.REVIEW},
        "may_review_again": status == Status.READY and _open(rules.check_again, found),
        "reopen_form": ReopenForm(),
        "dispatches": found.dispatches.select_related("organisation"),
        "dispatch_form": DispatchForm(),
        "may_dispatch": policy.can(request.user, Permission.PICTURE_SHARE, found)
        and _open(rules.check_dispatch, found),
        "recipients": [
            one
            for one in queries.recipients(found.municipality_id)
            if one.organisation_id not in {d.organisation_id for d in found.dispatches.all()}
        ],
        "presences": found.presences.select_related("area", "owner"),
        "organisations": queries.organisations_with(request.user, Permission.MEASURE_EDIT),
        "scores": scoring.scores(found, request.user),
    }
    return render(request, "rounds/round.html", context)


def _open(check: Callable[[Round], None], found: Round) -> bool:
    try:
        check(found)
    except rules.NotAllowed:
        return False
    return True


def do(request: SignedInRequest, act: Callable[[], Any], said: str) -> bool:
    """Run an action; say what was done, or why it was not."""
    try:
        act()
    except (rules.NotAllowed, picture_rules.NotAllowed, incident_rules.NotAllowed) as refusal:
        messages.error(request, str(refusal))
        return False
    if said:
        messages.success(request, said)
    return True


@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a round by hand."""
    get(request, pk)
    do(
        request,
        lambda: actions.close(round_id=pk, by=request.user, now=timezone.now()),
        _("The round is closed."),
    )
    return redirect("round", pk)


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a closed round again."""
    get(request, pk)
    form = ReopenForm(request.POST)
    if form.is_valid():
        reason = ReopenReason(form.cleaned_data["reason"])
        do(
            request,
            lambda: actions.reopen(round_id=pk, reason=reason, by=request.user, now=timezone.now()),
            _("The round is open again, until you close it."),
        )
    return redirect("round", pk)


@require_POST
def finish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Finish the review and have the picture compiled."""
    get(request, pk)
    done = do(
        request,
        lambda: actions.finish_review(round_id=pk, by=request.user, now=timezone.now()),
        _("The review is done and the picture is being compiled."),
    )
    return redirect("meeting" if done else "round_review", pk)


@require_POST
def review_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a finished review up again."""
    get(request, pk)
    done = do(
        request,
        lambda: actions.review_again(round_id=pk, by=request.user, now=timezone.now()),
        _("The review is open again."),
    )
    return redirect("round_review" if done else "round", pk)


@require_POST
def dispatch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the adopted picture to its recipients."""
    get(request, pk)
    form = DispatchForm(request.POST)
    form.is_valid()
    try:
        sent = dispatch_actions.dispatch(
            round_id=pk,
            pdf_is_open=form.cleaned_data["pdf_is_open"],
            by=request.user,
            now=timezone.now(),
        )
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext("Sent to %(n)s organisation.", "Sent to %(n)s organisations.", len(sent))
            % {"n": len(sent)},
        )
    return redirect("round", pk)
