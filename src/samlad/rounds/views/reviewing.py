"""HTTP only: the review, one key a report."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.measures.vocabulary import Kind
from samlad.rounds import queries, review_actions, roll_call, rules
from samlad.rounds.forms.meeting import ReviewForm
from samlad.rounds.views.course import do, get
from samlad.rounds.workflow import Outcome, Question, RejectionReason, Status

DAYS_FOR_IMMEDIATE = 7
UNDECIDED_SHOWN, DECIDED_SHOWN = 50, 25


@require_safe
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the reports to review, those that wait first."""
    found = get(request, pk)
    reports = queries.reports_to_review(found, request.user)
    undecided = [one for one in reports if one.decided_at is None]
    decided = sorted(
        (one for one in reports if one.decided_at is not None),
        key=lambda one: one.decided_at or found.opens_at,
        reverse=True,
    )
    if request.GET.get("alla") != "1":
        undecided, decided = undecided[:UNDECIDED_SHOWN], decided[:DECIDED_SHOWN]
    context = {
        "round": found,
        "label": queries.label(found),
        "open": rules.status_at(found, timezone.now()) in {Status.CLOSED, Status.REVIEW},
        "reports": [*undecided, *decided],
        "hidden": len(reports) - len(undecided) - len(decided),
        "waiting": [one.incident.pk for one in undecided if not one.outcome and not one.is_held],
        "number": sum(not one.outcome for one in reports),
        "coverage": roll_call.coverage(roll_call.roll_call(found)),
        "rejections": list(enumerate(RejectionReason.choices, start=1)),
        "questions": list(enumerate(Question.choices, start=1)),
        "may_run": policy.can(request.user, Permission.ROUND_RUN, found),
        "organisations": queries.organisations_with(request.user, Permission.MEASURE_EDIT),
        "kinds": Kind.choices,
        "due_on": timezone.localdate() + timedelta(DAYS_FOR_IMMEDIATE),
    }
    return render(request, "rounds/review.html", context)


@require_POST
def decide(request: SignedInRequest, pk: int, incident_pk: int) -> HttpResponse:
    """Decide on one report."""
    found = get(request, pk)
    form = ReviewForm(request.POST)
    if incident_pk not in {
        one.incident.pk for one in queries.reports_to_review(found, request.user)
    }:
        raise Http404
    if form.is_valid():
        label = Outcome(form.cleaned_data["outcome"]).label
        do(
            request,
            lambda: review_actions.decide(
                round_id=pk,
                incident_id=incident_pk,
                outcome=Outcome(form.cleaned_data["outcome"]),
                reason=form.reason(),
                twin_id=form.cleaned_data["twin"],
                by=request.user,
                now=timezone.now(),
            ),
            _("%(what)s. Undo with U.") % {"what": label},
        )
    return redirect("round_review", pk)


@require_POST
def undo(request: SignedInRequest, pk: int, incident_pk: int) -> HttpResponse:
    """Take a decision back."""
    get(request, pk)
    do(
        request,
        lambda: review_actions.undo(
            round_id=pk, incident_id=incident_pk, by=request.user, now=timezone.now()
        ),
        _("The report waits again."),
    )
    return redirect("round_review", pk)


@require_POST
def include_rest(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the reports shown that wait into the picture, but for those with marked words."""
    found = get(request, pk)
    shown = {int(key) for key in request.POST.getlist("incident") if key.isdecimal()}
    waiting = [
        one.incident.pk
        for one in queries.reports_to_review(found, request.user)
        if not one.outcome and not one.is_held and one.incident.pk in shown
    ]
    do(
        request,
        lambda: review_actions.include_rest(
            round_id=pk, incident_ids=waiting, by=request.user, now=timezone.now()
        ),
        ngettext(
            "%(n)s report goes into the picture.",
            "%(n)s reports go into the picture.",
            len(waiting),
        )
        % {"n": len(waiting)},
    )
    return redirect("round_review", pk)
