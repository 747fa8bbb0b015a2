"""HTTP only."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.measures import actions, queries
from samlad.measures.forms import MeasureForm, StatusForm
from samlad.measures.rules import NotAllowed
from samlad.measures.workflow import NotDoneReason, Status

DAYS_TO_DO = 14


@require_safe
def measures(request: SignedInRequest) -> HttpResponse:
    """List what is to be done and what was."""
    planned, closed = queries.measures(request.user, today=timezone.localdate())
    context = {
        "planned": planned,
        "closed": closed,
        "reasons": NotDoneReason.choices,
        "may_add": bool(queries.organisations_to_charge(request.user)),
    }
    return render(request, "measures/measures.html", context)


def add(request: SignedInRequest) -> HttpResponse:
    """Decide a measure that follows from no finding."""
    organisations = queries.organisations_to_charge(request.user)
    if not organisations:
        raise Http404
    today = timezone.localdate()
    form = MeasureForm(
        request.POST or None,
        organisations=organisations,
        municipality=organisations[0].municipality,
        today=today,
        initial={"due_on": today + timedelta(DAYS_TO_DO)},
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            actions.decide_measure(
                organisation_id=sent["organisation"].pk,
                what=sent["what"],
                due_on=sent["due_on"],
                area=sent["area"],
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The measure is decided."))
            return redirect("measures")
    return render(request, "measures/add.html", {"form": form})


@require_POST
def set_status(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what became of a measure."""
    if queries.find(request.user, pk) is None:
        raise Http404
    form = StatusForm(request.POST)
    if form.is_valid():
        try:
            actions.set_status(
                measure_id=pk,
                status=Status(form.cleaned_data["status"]),
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    return redirect("measures")
