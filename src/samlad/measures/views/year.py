"""HTTP only: what the year holds, damage to property, the register of cameras."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.calendar.models import SchoolBreak
from samlad.measures import property_damage, queries, year_actions, year_queries
from samlad.measures.forms.problems import CameraForm, SchoolBreakForm, WheelForm
from samlad.measures.models import Camera, WheelEntry
from samlad.measures.views.problems import attempt, sent_by
from samlad.places.models import Place


def year(request: SignedInRequest) -> HttpResponse:
    """Show the year in twelve months; take in what comes every year, and school breaks."""
    municipality = working_in.require(request, request.user, Permission.MEASURE_READ)
    today = timezone.localdate()
    asked = request.GET.get("ar", "")
    chosen = (
        int(asked)
        if asked.isdecimal() and len(asked) < 5 and 2000 <= int(asked) <= 2100
        else today.year
    )
    organisations = queries.organisations_to_charge(request.user)
    is_break = "break-kind" in request.POST
    own = queries.own_organisation(request.user)
    form = WheelForm(
        None if is_break else request.POST or None,
        offered={"organisation": organisations},
        initial={"organisation": own},
    )
    break_form = SchoolBreakForm(request.POST if is_break else None, prefix="break")
    may_set = policy.can_in(request.user, Permission.PROBLEM_EDIT, municipality.pk)
    if is_break and may_set and break_form.is_valid():
        sent = sent_by(break_form)
        if attempt(
            break_form,
            lambda: year_actions.set_break(
                municipality_id=municipality.pk, by=request.user, now=timezone.now(), **sent
            ),
        ):
            return redirect("year")
    elif request.method == "POST" and not is_break and organisations and form.is_valid():
        year_actions.add_entry(by=request.user, now=timezone.now(), **sent_by(form))
        return redirect("year")
    context = {
        "year": chosen,
        "months": year_queries.year(municipality, request.user, chosen=chosen),
        "reminders": year_queries.reminders(request.user, today=today),
        "grants": year_queries.grants_to_report(request.user, today=today),
        "today": today,
        "breaks": SchoolBreak.objects.filter(municipality=municipality, ends_before__gt=today),
        "own": set(
            WheelEntry.objects.where_user_can(request.user, Permission.MEASURE_EDIT).values_list(
                "pk", flat=True
            )
        ),
        "form": form,
        "break_form": break_form,
        "may_edit": bool(organisations),
        "may_set": may_set,
    }
    return render(request, "measures/year.html", context)


@require_POST
def remove_entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take something out of the year."""
    own = WheelEntry.objects.where_user_can(request.user, Permission.MEASURE_EDIT)
    if not own.filter(pk=pk).exists():
        raise Http404
    year_actions.remove_entry(entry_id=pk, by=request.user, now=timezone.now())
    return redirect("year")


@require_POST
def remove_break(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a school break out."""
    municipality = working_in.require(request, request.user, Permission.MEASURE_READ)
    get_object_or_404(SchoolBreak, pk=pk, municipality=municipality)
    year_actions.remove_break(break_id=pk, by=request.user, now=timezone.now())
    return redirect("year")


@require_POST
def done(request: SignedInRequest, pk: int, year: int) -> HttpResponse:
    """Note that something is done for a year."""
    own = WheelEntry.objects.where_user_can(request.user, Permission.MEASURE_EDIT)
    if not own.filter(pk=pk).exists() or not 2000 <= year <= 2100:
        raise Http404
    year_actions.done_for(entry_id=pk, year=year, by=request.user, now=timezone.now())
    return redirect("year")


@require_safe
def damage(request: SignedInRequest) -> HttpResponse:
    """Show damage at the municipality's own places, by month."""
    municipality = working_in.require(request, request.user, Permission.INCIDENT_READ)
    this = timezone.localdate().year
    asked = request.GET.get("ar", "")
    chosen = (
        int(asked) if asked.isdecimal() and len(asked) < 5 and 2000 <= int(asked) <= this else this
    )
    rows = property_damage.by_place(municipality, request.user, year=chosen)
    context = {
        "year": chosen,
        "years": range(this, this - 5, -1),
        "rows": rows,
        "sources": property_damage.by_source(municipality, request.user, year=chosen),
        "total": sum(row.number for row in rows),
        "cost": sum(row.cost_kr for row in rows),
    }
    return render(request, "measures/damage.html", context)


@require_safe
def cameras(request: SignedInRequest) -> HttpResponse:
    """Show the register of places under camera surveillance."""
    if not policy.can_somewhere(request.user, Permission.MEASURE_READ):
        raise Http404
    context = {
        "rows": year_queries.cameras(request.user, today=timezone.localdate()),
        "today": timezone.localdate(),
        "may_edit": bool(queries.organisations_to_charge(request.user)),
    }
    return render(request, "measures/cameras.html", context)


def save_camera(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Enter a place under surveillance, or change it."""
    organisations = queries.organisations_to_charge(request.user)
    if not organisations:
        raise Http404
    initial: dict[str, Any] = {"organisation": queries.own_organisation(request.user)}
    if pk is not None:
        found = Camera.objects.where_user_can(request.user, Permission.MEASURE_EDIT)
        camera = found.filter(pk=pk).first()
        if camera is None:
            raise Http404
        initial = {
            name: getattr(camera, name) for name in CameraForm.base_fields if name != "organisation"
        }
        initial |= {"organisation": camera.owner_id, "place": camera.place_id}
    here = {one.municipality_id for one in organisations}
    form = CameraForm(
        request.POST or None,
        initial=initial,
        offered={
            "organisation": organisations,
            "place": Place.objects.filter(municipality__in=here),
        },
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: year_actions.save_camera(
                camera_id=pk, by=request.user, now=timezone.now(), **sent_by(form)
            ),
        )
        if made is not None:
            return redirect("cameras")
    context = {"form": form, "title": _("Camera surveillance"), "save": _("Save")}
    return render(request, "ui/form_page.html", context)
