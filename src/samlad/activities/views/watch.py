"""HTTP only: areas of neighbourhood watch."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.requests import SignedInRequest
from samlad.activities import actions, queries
from samlad.activities.forms import (
    WatchForm,
)
from samlad.activities.models import WatchArea
from samlad.activities.views.offered import attempt, here
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.guard.entries import sent_by
from samlad.ui.fields import day_after


def watch(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """List the areas of neighbourhood watch; take one in, or change one."""
    if not policy.can_somewhere(request.user, Permission.ACTIVITY_READ):
        raise Http404
    organisations = queries.organisations_logging(request.user)
    initial: dict[str, Any] = {"started_on": timezone.localdate()}
    if pk is not None:
        own = WatchArea.objects.where_user_can(request.user, Permission.ACTIVITY_EDIT)
        found = own.filter(pk=pk).first()
        if found is None:
            raise Http404
        initial = {
            "name": found.name, "organisation": found.owner_id, "area": found.area_id,
            "started_on": found.started_on,
            "ends_on": found.ends_before and found.ends_before - timedelta(1),
        }  # fmt: skip
    offered = here(organisations)
    offered.pop("place")
    form = WatchForm(request.POST or None, offered=offered, initial=initial)
    if request.method == "POST" and organisations and form.is_valid():
        sent = sent_by(form)
        last = sent.pop("ends_on")
        organisation = sent.pop("organisation")
        made = attempt(
            form,
            lambda: actions.save_watch_area(
                watch_id=pk,
                organisation_id=organisation.pk,
                ends_before=day_after(last) if last else None,
                by=request.user,
                now=timezone.now(),
                **sent,
            ),
        )
        if made is not None:
            return redirect("watch_areas")
    if pk is not None:
        context = {"form": form, "title": _("Neighbourhood watch")}
        return render(request, "ui/form_page.html", context)
    today = timezone.localdate()
    rows = queries.watch_areas(request.user)
    met = queries.meetings(rows)
    context = {
        "rows": [(one, met.get(one.pk, {})) for one in rows],
        "now": sum(_is_there(one, today) for one in rows),
        "year_ago": sum(_is_there(one, today - timedelta(365)) for one in rows),
        "form": form,
        "may_edit": bool(organisations),
        "own": set(
            WatchArea.objects.where_user_can(request.user, Permission.ACTIVITY_EDIT).values_list(
                "pk", flat=True
            )
        ),
    }
    return render(request, "activities/watch.html", context)


def _is_there(one: WatchArea, day: date) -> bool:
    return one.started_on <= day and (one.ends_before is None or day < one.ends_before)
