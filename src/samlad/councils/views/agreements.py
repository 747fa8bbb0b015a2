"""HTTP only: agreements, and the directory of units."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.councils import agreement_actions, queries
from samlad.councils.forms import AgreementForm, ContactForm, HelpForm, UnitForm
from samlad.councils.models import Contact, HelpRequest
from samlad.councils.views.groups import attempt, forms_in
from samlad.guard.entries import sent_by
from samlad.organisations.models import Organisation


@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """List the agreements."""
    if not policy.can_somewhere(request.user, Permission.COUNCIL_READ):
        raise Http404
    context = {
        "rows": queries.agreements(request.user, today=timezone.localdate()),
        "may_edit": forms_in(request) is not None,
    }
    return render(request, "councils/agreements.html", context)


def save(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Enter an agreement, or change it."""
    municipality = forms_in(request)
    if municipality is None:
        raise Http404
    initial: dict[str, Any] = {}
    if pk is not None:
        rows = queries.agreements(request.user, today=timezone.localdate())
        found = next((one for one, _active in rows if one.pk == pk), None)
        if found is None or not policy.can_in(
            request.user, Permission.COUNCIL_EDIT, found.municipality_id
        ):
            raise Http404
        municipality = found.municipality
        initial = {
            name: getattr(found, name) for name in AgreementForm.base_fields if hasattr(found, name)
        }
        initial["signatories"] = "\n".join(found.signatories)
        initial["parties"] = list(found.parties.all())
    here = Organisation.objects.filter(municipality=municipality, active=True)
    form = AgreementForm(
        request.POST or None,
        initial=initial,
        offered={"parties": here.exclude(kind__code="grupp")},
    )
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        sent["parties"] = list(sent["parties"])
        sent["signatories"] = sent["signatories"].splitlines()
        made = attempt(
            form,
            lambda: agreement_actions.save_agreement(
                municipality_id=municipality.pk,
                agreement_id=pk,
                by=request.user,
                now=timezone.now(),
                **sent,
            ),
        )
        if made is not None:
            return redirect("agreements")
    context = {"form": form, "title": _("Cooperation agreement")}
    return render(request, "ui/form_page.html", context)


def _staff(request: SignedInRequest) -> list[Organisation]:
    own = queries.own_units(request.user)
    if not own:
        raise Http404
    return own


@require_safe
def directory(request: SignedInRequest) -> HttpResponse:
    """Show the units, those a word fits if one is asked for; staff only."""
    _staff(request)
    asked = request.GET.get("ord", "")[:60]
    context = {
        "units": queries.directory(request.user, asked=asked, today=timezone.localdate()),
        "asked": asked,
        "requests": queries.requests_to(request.user),
        "own": {one.pk for one in queries.own_units(request.user)},
    }
    return render(request, "councils/directory.html", context)


def unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write one's own unit's page."""
    own = queries.unit_to_describe(request.user, pk)
    if own is None:
        raise Http404
    page = getattr(own, "unit_page", None)
    initial = (
        {}
        if page is None
        else {
            "tasks": page.tasks,
            "challenges": page.challenges,
            "competence": ", ".join(page.competence),
            "mailbox": page.mailbox,
        }
    )
    form = UnitForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        agreement_actions.write_page(
            organisation_id=pk,
            tasks=sent["tasks"],
            challenges=sent["challenges"],
            competence=sent["competence"].split(","),
            mailbox=sent["mailbox"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("directory")
    return render(request, "ui/form_page.html", {"form": form, "title": own.name})


def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask another unit for help."""
    own = _staff(request)
    asked = Organisation.objects.filter(
        pk=pk, active=True, municipality__in={one.municipality_id for one in own}
    ).first()
    if asked is None or not own:
        raise Http404
    form = HelpForm(request.POST or None, offered={"organisation": own})
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: agreement_actions.ask_for_help(
                from_id=form.cleaned_data["organisation"].pk,
                to_id=pk,
                text=form.cleaned_data["text"],
                by=request.user,
                now=timezone.now(),
            ),
        )
        if made is not None:
            messages.success(request, _("Asked."))
            return redirect("directory")
    title = _("Ask %(unit)s for help") % {"unit": asked.name}
    return render(request, "ui/form_page.html", {"form": form, "title": title})


@require_POST
def answered(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that help was given."""
    try:
        agreement_actions.answer_help(request_id=pk, by=request.user, now=timezone.now())
    except (PermissionDenied, HelpRequest.DoesNotExist):
        raise Http404 from None
    return redirect("directory")


def contact(request: SignedInRequest) -> HttpResponse:
    """Say what one can be asked about oneself."""
    _staff(request)
    kept = Contact.objects.filter(user=request.user).first()
    initial = (
        {}
        if kept is None
        else {"competence": ", ".join(kept.competence), "is_protected": kept.is_protected}
    )
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        agreement_actions.offer_help(
            competence=form.cleaned_data["competence"].split(","),
            is_protected=form.cleaned_data["is_protected"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("directory")
    return render(request, "ui/form_page.html", {"form": form, "title": _("Ask me")})
