"""HTTP only: the list, the table and the map of incidents, and taking them out as a file."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import actions, browsing, exporting, queries, saved_actions
from samlad.incidents.browsing import Chosen
from samlad.incidents.forms.browsing import BoxForm, ChosenForm, SaveForm
from samlad.incidents.models import Source
from samlad.incidents.workflow import SHOWN_STATES
from samlad.intake import sheets
from samlad.intake.sheets import Form, TooManyRows

PER_PAGE = 50


def _choice(request: SignedInRequest) -> tuple[ChosenForm, Source | None, Chosen | None]:
    """Return the form, the source chosen and the choice; the first source if none is named."""
    sources = browsing.sources_to_browse(request.user)
    if not sources:
        return ChosenForm(sources=[], areas=[]), None, None
    sent = request.GET.copy()
    sent.setdefault("source", str(sources[0].pk))
    source = next((s for s in sources if str(s.pk) == sent["source"]), None)
    if source is None:
        raise Http404
    areas = browsing.areas_to_browse(source.municipality, timezone.localdate())
    form = ChosenForm(sent, sources=sources, areas=areas)
    return form, source, form.chosen() if form.is_valid() else None


@require_safe
def incidents(request: SignedInRequest) -> HttpResponse:
    """Show a choice of incidents as a list, a table and a map."""
    return _page(request, SaveForm())


def _page(request: SignedInRequest, save: SaveForm) -> HttpResponse:
    form, source, chosen = _choice(request)
    context: dict[str, Any] = {
        "form": form,
        "source": source,
        "saved": browsing.saved_filters(request.user),
        "save": save,
        "query": _query(request),
        "may_link": policy.can_somewhere(request.user, Permission.INCIDENT_LINK),
    }
    if chosen is not None:
        rows = browsing.chosen_rows(chosen, request.user)
        table = browsing.count_by_category(rows)
        total = sum(row.number for row in table)
        paginator = Paginator(browsing.newest_first(rows), PER_PAGE)
        paginator.count = total  # the table has counted them
        page = paginator.get_page(request.GET.get("sida"))
        actions.note_reading(by=request.user, now=timezone.now(), rows=len(page))
        context |= {
            "page": page,
            "chosen": chosen,
            "table": table,
            "total": total,
            "placed": sum(row.placed for row in table),
            "shown_states": SHOWN_STATES,
        }
    template = "incidents/_incidents.html" if request.htmx else "incidents/incidents.html"
    return render(request, template, context)


def _query(request: SignedInRequest) -> str:
    query = QueryDict(request.GET.urlencode(), mutable=True)
    query.pop("sida", None)
    return query.urlencode()


@require_safe
def cells(request: SignedInRequest) -> HttpResponse:
    """Answer the map: the choice's incidents within a box, gathered."""
    _form, source, chosen = _choice(request)
    box = BoxForm(request.GET)
    if source is None:
        raise Http404
    if chosen is None or not box.is_valid():
        return JsonResponse({"cells": []}, status=400)
    sent = box.cleaned_data
    found = browsing.cells(
        browsing.chosen_rows(chosen, request.user),
        metric_crs=source.municipality.metric_crs,
        zoom=sent["zoom"],
        box=(sent["west"], sent["south"], sent["east"], sent["north"]),
    )
    return JsonResponse({"cells": [asdict(cell) for cell in found]})


@require_safe
def export(request: SignedInRequest, form: str) -> HttpResponseBase:
    """Send a choice as a file: all of it or an error, never a part."""
    _form, source, chosen = _choice(request)
    if source is None or chosen is None or form not in set(Form):
        raise Http404
    rows = browsing.chosen_rows(chosen, request.user)
    expected = rows.count()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        written = exporting.rows(
            rows,
            metric_crs=source.municipality.metric_crs,
            words=queries.category_words(source.municipality),
        )
        try:
            number = sheets.write(out, Form(form), exporting.HEADER, written)
        except TooManyRows:
            number = -1
        if number != expected:
            messages.error(
                request, _("The file could not hold every row. Choose CSV, or a shorter time.")
            )
            return redirect(f"{reverse('incidents')}?{_query(request)}")
        now = timezone.localtime()
        actions.note_export(source, form=form, rows=number, by=request.user, now=now)
        name = f"{exporting.name_of_file(now)}.{form}"
        return FileResponse(out.open("rb"), as_attachment=True, filename=name)


@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    """Save the choice under a name."""
    _form, source, chosen = _choice(request)
    form = SaveForm(request.POST)
    if source is None or chosen is None:
        raise Http404
    if not form.is_valid():
        return _page(request, form)
    saved_actions.save(name=form.cleaned_data["name"], chosen=chosen, by=request.user)
    messages.success(request, _("The choice is saved."))
    return redirect(f"{reverse('incidents')}?{_query(request)}")


@require_POST
def forget(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a saved choice."""
    saved_actions.forget(filter_id=pk, by=request.user)
    return redirect("incidents")
