"""HTTP only."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.models import User
from samlad.accounts.requests import SignedInRequest
from samlad.administration import actions, queries
from samlad.administration.forms import (
    EventsForm,
    InviteForm,
    MembershipForm,
    OrganisationForm,
    OrganisationKindForm,
    ProgramForm,
)
from samlad.authorization import actions as membership_actions
from samlad.authorization import tokens
from samlad.authorization.models import Membership, TokenScope
from samlad.authorization.permissions import Permission
from samlad.organisations.models import ActorClass, Municipality, Organisation

DAYS_FOR_A_KEY = 365


def _municipality(user: User, permission: Permission) -> Municipality:
    found = queries.municipality_with(user, permission)
    if found is None:
        raise Http404
    return found


def people(request: SignedInRequest) -> HttpResponse:
    """List people and invite one more."""
    municipality = _municipality(request.user, Permission.USER_MANAGE)
    form = InviteForm(request.POST or None, municipality=municipality)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.invite(
                email=data["email"],
                name=data["name"],
                organisation_id=data["organisation"].pk,
                role=data["role"],
                is_deputy=data["is_deputy"],
                by=request.user,
                now=timezone.now(),
            )
        except membership_actions.NotProved as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(
                request,
                _("The account is made. Its owner chooses a password at sign-in."),
            )
            return redirect("person", made.pk)
    context = {"people": queries.people(municipality), "form": form}
    return render(request, "administration/people.html", context)


def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one person's roles and give one more."""
    municipality = _municipality(request.user, Permission.USER_MANAGE)
    found = queries.find_person(municipality, pk)
    if found is None:
        raise Http404
    form = MembershipForm(request.POST or None, municipality=municipality)
    if request.method == "POST" and form.is_valid():
        try:
            membership_actions.add_member(
                user_id=pk,
                organisation_id=form.cleaned_data["organisation"].pk,
                role=form.cleaned_data["role"],
                is_deputy=form.cleaned_data["is_deputy"],
                by=request.user,
                now=timezone.now(),
            )
        except membership_actions.NotProved as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("person", pk)
    return render(request, "administration/person.html", {"person": found, "form": form})


@require_POST
def set_active(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close or open an account."""
    municipality = _municipality(request.user, Permission.USER_MANAGE)
    if queries.find_person(municipality, pk) is None:
        raise Http404
    active = request.POST.get("active") == "1"
    if pk == request.user.pk and not active:
        messages.error(request, _("You cannot close your own account."))
    else:
        actions.set_active(
            user_id=pk,
            municipality_id=municipality.pk,
            active=active,
            by=request.user,
            now=timezone.now(),
        )
    return redirect("person", pk)


@require_POST
def end_membership(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a role today."""
    municipality = _municipality(request.user, Permission.USER_MANAGE)
    found = get_object_or_404(Membership, pk=pk, organisation__municipality=municipality)
    membership_actions.end_membership(membership_id=pk, by=request.user, now=timezone.now())
    messages.success(request, _("The role is ended."))
    if queries.find_person(municipality, found.user_id) is None:
        return redirect("people")
    return redirect("person", found.user_id)


@require_safe
def organisations(request: SignedInRequest) -> HttpResponse:
    """List the register."""
    municipality = _municipality(request.user, Permission.ORGANISATION_MANAGE)
    context = {
        "municipality": municipality,
        "organisations": queries.organisations(municipality),
    }
    return render(request, "administration/organisations.html", context)


def organisation_kind(request: SignedInRequest) -> HttpResponse:
    """Add a kind of organisation."""
    municipality = _municipality(request.user, Permission.ORGANISATION_MANAGE)
    form = OrganisationKindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        actions.add_organisation_kind(
            municipality_id=municipality.pk,
            label_sv=sent["label_sv"],
            label_en=sent["label_en"],
            actor_class=ActorClass(sent["actor_class"]),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The kind is there to choose."))
        return redirect("organisations")
    context = {"form": form, "title": _("Kind of organisation")}
    return render(request, "ui/form_page.html", context)


def organisation(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Add or change an organisation."""
    municipality = _municipality(request.user, Permission.ORGANISATION_MANAGE)
    found = None
    initial = {}
    if pk is not None:
        found = get_object_or_404(Organisation, pk=pk, municipality=municipality)
        initial = {
            "name": found.name,
            "kind": found.kind_id,
            "parent": found.parent_id,
            "active": found.active,
        }
    form = OrganisationForm(
        request.POST or None, municipality=municipality, own=pk, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        actions.save_organisation(
            municipality_id=municipality.pk,
            organisation_id=pk,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, _("The organisation is saved."))
        return redirect("organisations")
    context = {"form": form, "organisation": found}
    return render(request, "administration/organisation.html", context)


@require_safe
def events(request: SignedInRequest) -> HttpResponse:
    """Search the record of who did what; the search is itself recorded."""
    municipality = _municipality(request.user, Permission.AUDIT_SEARCH)
    form = EventsForm(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = queries.events(request.user, **chosen)
    actions.note_search(
        municipality_id=municipality.pk,
        by=request.user,
        now=timezone.now(),
        found=len(found),
    )
    context = {"form": form, "events": found}
    return render(request, "administration/events.html", context)


def programs(request: SignedInRequest) -> HttpResponse:
    """List the programs' keys, and make one: its secret is shown on this page alone."""
    municipality = _municipality(request.user, Permission.USER_MANAGE)
    today = timezone.localdate()
    form = ProgramForm(
        request.POST or None,
        municipality=municipality,
        initial={"expires_on": today + timedelta(days=DAYS_FOR_A_KEY)},
    )
    secret = ""
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        _token, secret = tokens.make_token(
            organisation_id=sent["organisation"].pk,
            name=sent["name"],
            scope=TokenScope(sent["scope"]),
            expires_on=sent["expires_on"],
            by=request.user,
            now=timezone.now(),
        )
    context = {"tokens": queries.tokens(municipality), "form": form, "secret": secret}
    return render(request, "administration/programs.html", context)


@require_POST
def revoke_program(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a program's key."""
    municipality = _municipality(request.user, Permission.USER_MANAGE)
    if pk not in {token.pk for token in queries.tokens(municipality)}:
        raise Http404
    tokens.revoke_token(token_id=pk, by=request.user, now=timezone.now())
    return redirect("programs")
