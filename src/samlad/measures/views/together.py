"""HTTP only: who takes part in a measure, who takes it over, and what was done for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from samlad.accounts.requests import SignedInRequest
from samlad.measures import actions, queries
from samlad.measures.forms.measures import (
    ActivityLinkForm,
    AnswerForm,
    HandoverForm,
    OrganisationForm,
)
from samlad.measures.views.measures import do, get, page
from samlad.measures.vocabulary import Answer
from samlad.organisations.models import Organisation


@require_POST
def ask_partner(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask an organisation to take part."""
    found = get(request, pk)
    others = queries.organisations_here(found)
    form = OrganisationForm(request.POST, prefix="partner", organisations=others)
    if not form.is_valid():
        return redirect("measure", pk)
    return do(
        request,
        pk,
        lambda: actions.ask_partner(
            measure_id=pk,
            organisation_id=form.cleaned_data["organisation"].pk,
            by=request.user,
            now=timezone.now(),
        ),
        _("Asked. They see the measure from now on."),
    )


@require_POST
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer for one's organisation."""
    found = get(request, pk)
    own = [one.pk for one in queries.answering_for(found, request.user)]
    form = AnswerForm(
        request.POST, prefix="answer", organisations=Organisation.objects.filter(pk__in=own)
    )
    if not form.is_valid():
        context = page(request, found, answer_form=form)
        return render(request, "measures/measure.html", context, status=422)
    sent = form.cleaned_data
    return do(
        request,
        pk,
        lambda: actions.answer_partner(
            measure_id=pk,
            organisation_id=sent["organisation"].pk,
            answer=Answer(sent["answer"]),
            reason=sent["reason"],
            by=request.user,
            now=timezone.now(),
        ),
        _("Answered."),
    )


@require_POST
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make another organisation responsible."""
    found = get(request, pk)
    others = queries.organisations_here(found)
    form = HandoverForm(request.POST, prefix="handover", organisations=others)
    if not form.is_valid():
        context = page(request, found, handover_form=form)
        return render(request, "measures/measure.html", context, status=422)
    sent = form.cleaned_data
    return do(
        request,
        pk,
        lambda: actions.hand_over(
            measure_id=pk,
            organisation_id=sent["organisation"].pk,
            reason=sent["reason"],
            by=request.user,
            now=timezone.now(),
        ),
        _("Handed over. Both stay in the history."),
    )


@require_POST
def link_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that an activity was done for the measure."""
    found = get(request, pk)
    form = ActivityLinkForm(
        request.POST, offered={"activity": queries.activities_to_link(found, request.user)}
    )
    if not form.is_valid():
        return redirect("measure", pk)
    return do(
        request,
        pk,
        lambda: actions.link_activity(
            measure_id=pk,
            activity_id=form.cleaned_data["activity"].pk,
            by=request.user,
            now=timezone.now(),
        ),
        _("Saved."),
    )


@require_POST
def unlink_activity(request: SignedInRequest, pk: int, activity_pk: int) -> HttpResponse:
    """Take an activity off the measure."""
    get(request, pk)
    return do(
        request,
        pk,
        lambda: actions.unlink_activity(
            measure_id=pk, activity_id=activity_pk, by=request.user, now=timezone.now()
        ),
        _("Saved."),
    )
