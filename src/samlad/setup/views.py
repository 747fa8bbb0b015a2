"""HTTP only."""

from __future__ import annotations

import dataclasses
import io
import tempfile
from pathlib import Path

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from samlad.accounts import actions as account_actions
from samlad.accounts.models import User
from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality
from samlad.rounds import queries as rounds
from samlad.setup import actions, beginning, invitations, people_file, progress
from samlad.setup.forms import BeginForm, PasswordForm, PeopleFileForm
from samlad.setup.people_file import BadPeopleFile

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OWN_DEVICE_AGE = 90 * 24 * 3600
FILE_AT_MOST = 5 * 1024 * 1024


def _municipality(request: SignedInRequest) -> Municipality:
    user = request.user
    return working_in.find(request, user, Permission.USER_MANAGE, whole=True) or working_in.require(
        request, user, Permission.ROUND_RUN, whole=True
    )


@require_safe
def setup(request: SignedInRequest) -> HttpResponse:
    """Show how far week 1 has come."""
    municipality = _municipality(request)
    steps = progress.steps(municipality)
    round_ = progress.open_round(municipality)
    context = {
        "municipality": municipality,
        "steps": [
            (step, policy.can_in(request.user, step.permission, municipality.pk)) for step in steps
        ],
        "left": sum(not (step.done or step.optional) for step in steps),
        "may_manage": policy.can_in(request.user, Permission.USER_MANAGE, municipality.pk),
        "round": round_,
        "round_label": rounds.label(round_) if round_ else "",
    }
    return render(request, "setup/setup.html", context)


@never_cache
def begin(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the first answers, with the address the command printed; once."""
    if not beginning.is_open(secret):
        raise Http404
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        now = timezone.now()
        if not beginning.close(secret):
            raise Http404
        try:
            _municipality, user = actions.begin(
                code=sent["code"],
                name=sent["name"],
                board=sent["board"],
                person=sent["person"],
                email=sent["email"],
                now=now,
            )
        except (actions.AlreadySetUp, actions.AddressTaken) as refusal:
            beginning.reopen(secret)
            form.add_error(None, str(refusal))
        else:
            return redirect("invitation", invitations.invite(user=user, by=None, now=now))
    return render(request, "setup/begin.html", {"form": form})


def _managed(request: SignedInRequest) -> Municipality:
    """Return the municipality whose people one manages, or answer 404."""
    municipality = _municipality(request)
    if not policy.can_in(request.user, Permission.USER_MANAGE, municipality.pk):
        raise Http404
    return municipality


def people(request: SignedInRequest) -> HttpResponse:
    """Take in one spreadsheet of organisations and people."""
    municipality = _managed(request)
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "people"
            with path.open("wb") as file:
                file.writelines(upload.chunks())
            try:
                if upload.size > FILE_AT_MOST:
                    raise BadPeopleFile(_("The file is too large."))
                rows, faults = people_file.read(path, name="people")
            except BadPeopleFile as refusal:
                form.add_error("file", str(refusal))
            else:
                taken = actions.take_in_people(
                    municipality_id=municipality.pk,
                    rows=rows,
                    by=request.user,
                    now=timezone.now(),
                )
                messages.success(
                    request,
                    _("New: %(organisations)s organisations, %(people)s people, %(roles)s roles.")
                    % dataclasses.asdict(taken),
                )
                faults += taken.refused
                if not faults:
                    return redirect("setup")
    return render(request, "setup/people.html", {"form": form, "faults": faults})


@never_cache
def invite(request: SignedInRequest) -> HttpResponse:
    """Show invitations for those who have no password, to send or to print."""
    municipality = _managed(request)
    waiting = [one for one in progress.people_of(municipality) if not one.has_usable_password()]
    made: list[dict[str, str]] = []
    if request.method == "POST":
        for user in waiting:
            try:
                secret = invitations.invite(user=user, by=request.user, now=timezone.now())
            except PermissionDenied:
                continue  # they have a role in another municipality as well: it invites them
            address = settings.ENVIRONMENT.url + reverse("invitation", args=[secret])
            made.append({"name": user.name, "address": address, "code": _code(address)})
    return render(request, "setup/invitations.html", {"waiting": waiting, "made": made})


def _code(address: str) -> str:
    """Return a QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=4, xmldecl=False, svgns=True, nl=False, title="QR"
    )
    return drawn.getvalue().decode()


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let an invited person choose a password, and sign them in."""
    user = invitations.holder_of(secret)
    if user is None:
        return render(request, "setup/spent.html", status=410)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        accepted = invitations.accept(
            secret=secret, password=form.cleaned_data["password"], now=now
        )
        if accepted is None:
            return render(request, "setup/spent.html", status=410)
        login(request, accepted, backend=BACKEND)
        account_actions.note_sign_in(user=accepted, now=now)
        if form.cleaned_data["own"] and not policy.reads_others(accepted):
            request.session.set_expiry(OWN_DEVICE_AGE)
        return redirect(_first_page(accepted))
    return render(request, "setup/invitation.html", {"form": form, "user_invited": user})


def _first_page(user: User) -> str:
    """Return where an invited person is best met."""
    if progress.municipality_of(user) is not None:
        return "setup"
    reports = policy.can_somewhere(user, Permission.INCIDENT_IMPORT)
    return "report_phone" if reports and not policy.reads_others(user) else "start"
