"""HTTP only: the log, kinds, files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.activities import actions, activity_file, history, queries
from samlad.activities.actions import Entry
from samlad.activities.forms import (
    ActivityForm,
    ChoiceForm,
    KindForm,
)
from samlad.activities.models import Activity
from samlad.activities.queries import Choice
from samlad.activities.rules import NotAllowed
from samlad.activities.views.offered import attempt, here, key_of, logging_for
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.guard.entries import sent_by
from samlad.intake import sheets
from samlad.intake.sheets import Form
from samlad.organisations.models import Organisation
from samlad.places.models import Area

PAGE = 50
FILE_AT_MOST = 5 * 1024 * 1024


@require_safe
def activities(request: SignedInRequest) -> HttpResponseBase:
    """List what has been done, narrowed as one likes; or as a file."""
    if not policy.can_somewhere(request.user, Permission.ACTIVITY_READ):
        raise Http404
    inside = {s.municipality for s in policy.scopes_where(request.user, Permission.ACTIVITY_READ)}
    form = ChoiceForm(
        request.GET or None,
        offered={
            "kind": queries.kinds(inside),
            "area": Area.objects.valid_on(timezone.localdate())
            .filter(municipality__in=inside)
            .defer("boundary"),
        },
    )
    choice = Choice()
    if request.GET and form.is_valid():
        sent = dict(form.cleaned_data)
        sent["kind"] = sent["kind"].code if sent["kind"] else ""
        sent["area"] = sent["area"].code if sent["area"] else ""
        choice = Choice(**sent)
    rows = queries.log(request.user, choice)
    if request.GET.get("format") in {Form.CSV, Form.XLSX}:
        return _file(rows, Form(request.GET["format"]))
    page = Paginator(rows, PAGE).get_page(request.GET.get("sida"))
    kept = request.GET.copy()
    kept.pop("sida", None)
    context = {
        "rows": [(one, queries.participants(one)) for one in page.object_list],
        "page": page,
        "query": kept.urlencode(),
        "form": form,
        "is_narrowed": choice != Choice(),
        "sums": queries.sums(rows),
        "by_week": queries.hours_by_place(rows, today=timezone.localdate()),
        "by_part": queries.shifts_by_part(rows),
        "referrals": queries.referrals_by_month(rows),
        "may_log": bool(queries.organisations_logging(request.user)),
        "may_add_kind": policy.can_somewhere(request.user, Permission.CATEGORY_MANAGE),
    }
    return render(request, "activities/activities.html", context)


def _file(rows: QuerySet[Activity], form: Form) -> FileResponse:
    """Return activities as a file that is taken in again as it is."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        sheets.write(
            out,
            form,
            activity_file.COLUMNS,
            activity_file.rows_of(
                rows.select_related("shift").prefetch_related("with_whom").iterator(500)
            ),
        )
        return FileResponse(out.open("rb"), as_attachment=True, filename=f"aktiviteter.{form}")


def save(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Log an activity, perhaps as one that was done before; or change one."""
    organisations = logging_for(request)
    initial: dict[str, Any] = {
        "on": timezone.localdate(),
        "organisation": queries.own_first(request.user, organisations).pk,
    }
    again = request.GET.get("som", "")
    had = _get(request, pk) if pk is not None else None
    if had is not None and not policy.can(request.user, Permission.ACTIVITY_EDIT, had):
        raise Http404
    if had is not None and hasattr(had, "shift"):
        return redirect("shift_change", had.pk)
    if had is not None:
        initial = _as_entered(had)
    elif again.isdecimal() and len(again) < 10:
        like = queries.find(request.user, int(again))
        if like is not None:
            initial = _as_entered(like) | {"on": timezone.localdate(), "evidence": ""}
    inside = {one.municipality_id for one in organisations}
    form = ActivityForm(
        request.POST or None,
        initial=initial,
        offered={
            **here(organisations),
            "kind": queries.kinds(inside).filter(is_shift=False),
            "watch_area": queries.watch_areas(request.user),
            "with_whom": Organisation.objects.filter(municipality__in=inside, active=True),
        },
    )
    if request.method == "POST" and form.is_valid():
        made = _logged(request, form, had)
        if made is not None:
            return redirect("activity", made.pk)
    key = request.POST.get("key") or str(uuid4())
    return render(request, "activities/save.html", {"form": form, "key": key, "activity": had})


def _as_entered(one: Activity) -> dict[str, Any]:
    names = [name for name in ActivityForm.base_fields if hasattr(one, name)]
    initial = {name: getattr(one, name) for name in names if name != "with_whom"}
    return initial | {
        "organisation": one.owner_id,
        "participants": one.participants_low,
        "with_whom": [other.pk for other in one.with_whom.all()],
    }


def _logged(request: SignedInRequest, form: ActivityForm, had: Activity | None) -> Activity | None:
    sent = sent_by(form)
    organisation, with_whom = sent.pop("organisation"), list(sent.pop("with_whom"))
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in sent.items()}
    entry = Entry(**values)
    how: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    try:
        if had is not None:
            made = actions.change(activity_id=had.pk, entry=entry, with_whom=with_whom, **how)
        else:
            made = actions.log(
                organisation_id=organisation.pk,
                key=key_of(request),
                entry=entry,
                with_whom=with_whom,
                **how,
            )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Logged.") if had is None else _("Saved."))
    return made


def _get(request: SignedInRequest, pk: int) -> Activity:
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one activity, with how it stood before."""
    found = _get(request, pk)
    context = {
        "activity": found,
        "words": queries.words(found),
        "counted": queries.shift_words(found.shift) if hasattr(found, "shift") else [],
        "participants": queries.participants(found),
        "changes": history.changes(found),
        "may_edit": found.removed_at is None
        and policy.can(request.user, Permission.ACTIVITY_EDIT, found),
    }
    return render(request, "activities/activity.html", context)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an activity out of every count."""
    _get(request, pk)
    try:
        actions.remove(activity_id=pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("activities")


def add_kind(request: SignedInRequest) -> HttpResponse:
    """Add a kind of the municipality's own."""
    municipality = working_in.require(request, request.user, Permission.CATEGORY_MANAGE, whole=True)
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        if attempt(
            form,
            lambda: actions.add_kind(
                municipality_id=municipality.pk, by=request.user, now=timezone.now(), **sent
            ),
        ):
            return redirect("activities")
    return render(request, "ui/form_page.html", {"form": form, "title": _("Kind of activity")})
