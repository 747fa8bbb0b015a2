"""HTTP only: drafts of documents to residents, what residents have answered, manual tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.centres import queries as centres
from samlad.organisations.models import Municipality
from samlad.picture import queries as pictures
from samlad.public import queries as public
from samlad.releases import document_actions, documents, queries
from samlad.releases.documents import Words
from samlad.releases.forms import (
    ActivitiesForm,
    AdviceForm,
    CampaignForm,
    PictureForm,
    TestForm,
)
from samlad.releases.models import AccessibilityTest, Publisher, Release
from samlad.releases.views.releases import attempt
from samlad.releases.workflow import Compliance, Kind
from samlad.ui.fields import day_after


def _here(request: SignedInRequest) -> Municipality:
    return working_in.require(request, request.user, Permission.RELEASE_DRAFT, whole=True)


def _written(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    draft: Callable[[dict[str, Any], dict[str, Any]], Release],
) -> HttpResponse:
    """Show a form of a document, or draft what was sent and go to the draft."""
    if request.method == "POST" and form.is_valid():
        how = {"by": request.user, "now": timezone.now()}
        made = attempt(form, lambda: draft(form.cleaned_data, how))
        if made is not None:
            messages.success(request, _("Drafted. Another person releases it."))
            return redirect("release", made.pk)
    context = {"form": form, "title": title, "save": _("Draft it")}
    return render(request, "ui/form_page.html", context)


def draft_picture(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft the public lägesbild of an adopted picture."""
    picture = pictures.find(request.user, pk)
    if picture is None or not policy.can(request.user, Permission.RELEASE_DRAFT, picture):
        raise Http404
    doing = queries.measures_to_tell_of(picture, request.user)
    form = PictureForm(
        request.POST or None,
        findings=[
            (number, documents.finding_words(picture, finding))
            for number, finding in documents.findings(picture)
        ],
        measures=doing,
    )

    def draft(sent: dict[str, Any], how: dict[str, Any]) -> Release:
        return document_actions.draft_picture(
            picture_id=pk,
            words=Words(sent["text"], sent["text_en"]),
            findings=[int(number) for number in sent["findings"]],
            measures=list(sent["measures"]),
            **how,
        )

    return _written(request, form, _("The situation, for residents"), draft)


def draft_advice(request: SignedInRequest) -> HttpResponse:
    """Draft advice to residents."""
    municipality = _here(request)
    form = AdviceForm(request.POST or None, initial={"starts_on": timezone.localdate()})

    def draft(sent: dict[str, Any], how: dict[str, Any]) -> Release:
        last = sent["ends_on"]
        return document_actions.draft_advice(
            municipality_id=municipality.pk,
            title=Words(sent["title"], sent["title_en"]),
            words=Words(sent["text"], sent["text_en"]),
            link=sent["link"],
            shown_from=sent["starts_on"],
            shown_before=day_after(last) if last else None,
            **how,
        )

    return _written(request, form, _("Advice to residents"), draft)


def draft_campaign(request: SignedInRequest) -> HttpResponse:
    """Draft a question to residents."""
    municipality = _here(request)
    today = timezone.localdate()
    form = CampaignForm(
        request.POST or None,
        initial={
            "starts_on": today,
            "ends_on": today + timedelta(28),
            "places": "\n".join(queries.place_names(municipality)),
        },
    )

    def draft(sent: dict[str, Any], how: dict[str, Any]) -> Release:
        return document_actions.draft_campaign(
            municipality_id=municipality.pk,
            title=Words(sent["title"], sent["title_en"]),
            words=Words(sent["text"], sent["text_en"]),
            places=sent["places"].splitlines(),
            starts_on=sent["starts_on"],
            ends_on=sent["ends_on"],
            **how,
        )

    return _written(request, form, _("A question to residents"), draft)


def draft_activities(request: SignedInRequest) -> HttpResponse:
    """Draft a list of what was done, for the media page."""
    municipality = _here(request)
    today = timezone.localdate()
    form = ActivitiesForm(
        request.POST or None,
        kinds=queries.kinds_to_list(municipality),
        initial={"starts_on": today - timedelta(90), "ends_on": today},
    )

    def draft(sent: dict[str, Any], how: dict[str, Any]) -> Release:
        return document_actions.draft_activities(
            municipality_id=municipality.pk,
            starts_on=sent["starts_on"],
            ends_on=sent["ends_on"],
            kinds=sent["kinds"],
            **how,
        )

    return _written(request, form, _("A list of what was done"), draft)


@require_POST
def draft_centre(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft a safety centre's hours as they are now."""
    if centres.find(request.user, pk) is None:
        raise Http404
    return _drafted(
        request,
        lambda how: document_actions.draft_centre(centre_id=pk, **how),
        otherwise=("centre", pk),
    )


def _drafted(
    request: SignedInRequest,
    draft: Callable[[dict[str, Any]], Release],
    *,
    otherwise: tuple[Any, ...],
) -> HttpResponse:
    form = forms.Form(request.POST)
    form.is_valid()
    made = attempt(form, lambda: draft({"by": request.user, "now": timezone.now()}))
    if made is None:
        messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
        return redirect(*otherwise)
    messages.success(request, _("Drafted. Another person releases it."))
    return redirect("release", made.pk)


def accessibility(request: SignedInRequest) -> HttpResponse:
    """Record a manual test of the public pages; faults residents have told of; the statement."""
    municipality = _here(request)
    publisher = Publisher.objects.filter(municipality=municipality).first()
    form = TestForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        made = attempt(
            form,
            lambda: document_actions.record_test(
                municipality_id=municipality.pk,
                on=sent["on"],
                method=sent["method"],
                result=Compliance(sent["result"]),
                faults=sent["faults"].splitlines(),
                by=request.user,
                now=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("Recorded. Draft the statement anew to tell of it."))
            return redirect("accessibility")
    context = {
        "tests": AccessibilityTest.objects.filter(municipality=municipality),
        "form": form,
        "defects": [] if publisher is None else public.defects(publisher.slug),
        "feedback": [] if publisher is None else public.feedback(publisher.slug),
    }
    return render(request, "releases/accessibility.html", context)


@require_POST
def handle_defect(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that a fault has been handled."""
    municipality = _here(request)
    publisher = Publisher.objects.filter(municipality=municipality).first()
    if publisher is None:
        raise Http404
    document_actions.handle_defect(
        municipality_id=municipality.pk,
        slug=publisher.slug,
        defect_id=pk,
        by=request.user,
        now=timezone.now(),
    )
    return redirect("accessibility")


@require_POST
def draft_statement(request: SignedInRequest) -> HttpResponse:
    """Draft the tillgänglighetsredogörelse."""
    municipality = _here(request)
    return _drafted(
        request,
        lambda how: document_actions.draft_statement(municipality_id=municipality.pk, **how),
        otherwise=("accessibility",),
    )


@require_safe
def answers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what residents have answered to a question, few as a band; never to residents."""
    release = _campaign(request, pk)
    context = {"release": release, "told": queries.answers(release, today=timezone.localdate())}
    return render(request, "releases/answers.html", context)


def _campaign(request: SignedInRequest, pk: int) -> Release:
    found = queries.find(request.user, pk)
    if found is None or found.kind != Kind.CAMPAIGN:
        raise Http404
    return found


@require_POST
def log_dialogue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Log a question that is over as a dialogue with residents, with its themes."""
    _campaign(request, pk)
    form = forms.Form(request.POST)
    form.is_valid()
    made = attempt(
        form,
        lambda: document_actions.log_dialogue(release_id=pk, by=request.user, now=timezone.now()),
    )
    if made is None:
        messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
        return redirect("question_answers", pk)
    messages.success(request, _("Logged as a dialogue with its themes."))
    return redirect("activity", made.pk)
