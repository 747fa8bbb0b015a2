"""HTTP only."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import working_in
from samlad.authorization.permissions import Permission
from samlad.guard import refusing
from samlad.organisations.models import Municipality
from samlad.places import rows
from samlad.places.errors import BadGeometry
from samlad.places.forms import AreaFileForm, MergeForm, PlaceForm


def _municipality(request: SignedInRequest) -> Municipality:
    return working_in.require(request, request.user, Permission.AREA_MANAGE, whole=True)


def areas(request: SignedInRequest) -> HttpResponse:
    """List the areas in force."""
    municipality = _municipality(request)
    today = timezone.localdate()
    context = {
        "municipality": municipality,
        "areas": rows.areas_in_force(municipality, today),
        "places": rows.places(municipality),
    }
    return render(request, "places/areas.html", context)


@require_safe
def outlines(request: SignedInRequest) -> HttpResponse:
    """Return the outlines of the areas, for a map to draw; areas are no secret among colleagues."""
    from samlad.places import shapes

    municipality = rows.municipality_of(request.user)
    if municipality is None:
        raise Http404
    content = shapes.as_geojson(municipality, timezone.localdate())
    return HttpResponse(content, content_type="application/geo+json")


def import_areas(request: SignedInRequest) -> HttpResponse:
    """Take in a file of areas."""
    from samlad.places import actions, area_files

    municipality = _municipality(request)
    form = AreaFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile = form.cleaned_data["file"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (Path(upload.name or "").name or "areas")
            with path.open("wb") as file:
                file.writelines(upload.chunks())
            try:
                read = area_files.read(
                    path,
                    code=form.cleaned_data["code"] or None,
                    name=form.cleaned_data["name"] or None,
                )
                made = actions.import_areas(
                    municipality_id=municipality.pk,
                    kind=form.cleaned_data["kind"],
                    file=read,
                    valid_from=form.cleaned_data["valid_from"],
                    provenance=refusing.without_people(path.name),
                    by=request.user,
                    now=timezone.now(),
                )
            except BadGeometry as fault:
                form.add_error("file", str(fault))
            else:
                messages.success(request, _("%(n)s new areas.") % {"n": len(made)})
                return redirect("areas")
    return render(request, "places/import.html", {"form": form})


def add_place(request: SignedInRequest) -> HttpResponse:
    """Add a named place."""
    from samlad.places import actions

    municipality = _municipality(request)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_place(
                municipality_id=municipality.pk,
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except BadGeometry as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The place is added."))
            return redirect("areas")
    return render(request, "places/place.html", {"form": form})


def merge(request: SignedInRequest) -> HttpResponse:
    """Make a district of areas."""
    from samlad.places import actions

    municipality = _municipality(request)
    free = rows.areas_to_merge(municipality, timezone.localdate())
    form = MergeForm(request.POST or None, areas=free)
    if request.method == "POST" and form.is_valid():
        try:
            actions.merge_areas(
                municipality_id=municipality.pk,
                name=form.cleaned_data["name"],
                code=form.cleaned_data["code"],
                part_ids=[part.pk for part in form.cleaned_data["parts"]],
                by=request.user,
                now=timezone.now(),
            )
        except BadGeometry as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The district is made."))
            return redirect("areas")
    return render(request, "places/merge.html", {"form": form})
