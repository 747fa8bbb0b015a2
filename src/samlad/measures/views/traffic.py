"""HTTP only: prioritised places for traffic controls."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.intake import formulas
from samlad.measures import traffic, traffic_actions, traffic_queries
from samlad.measures.forms.problems import HandListForm
from samlad.measures.models import TrafficList
from samlad.measures.rules import NotAllowed
from samlad.measures.views.problems import attempt, sent_by
from samlad.organisations.models import Organisation

COLUMNS = ("rang", "plats", "mätt från", "gräns", "medel", "andel över", "fordon")


@require_safe
def lists(request: SignedInRequest) -> HttpResponse:
    """List the rankings of places."""
    if not policy.can_somewhere(request.user, Permission.MEASURE_READ):
        raise Http404
    context = {
        "lists": traffic_queries.lists(request.user),
        "may_rank": policy.can_somewhere(request.user, Permission.PROBLEM_EDIT),
        "vehicles": traffic.VEHICLES_AT_LEAST,
        "most": traffic.PLACES,
    }
    return render(request, "measures/traffic_lists.html", context)


@require_POST
def rank(request: SignedInRequest) -> HttpResponse:
    """Rank the places as they are measured now."""
    municipality = working_in.require(request, request.user, Permission.PROBLEM_EDIT, whole=True)
    try:
        made = traffic_actions.rank_places(
            municipality_id=municipality.pk, by=request.user, now=timezone.now()
        )
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("traffic_lists")
    return redirect("traffic_list", made.pk)


def _get(request: SignedInRequest, pk: int) -> TrafficList:
    found = traffic_queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


def traffic_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a list with what has come back; hand it over; or as a file."""
    found = _get(request, pk)
    if request.GET.get("format") == "csv":
        return _file(found)
    may_edit = policy.can_in(request.user, Permission.PROBLEM_EDIT, found.municipality_id)
    form = HandListForm(
        request.POST or None,
        organisations=Organisation.objects.filter(municipality=found.municipality_id, active=True),
    )
    if request.method == "POST":
        if not may_edit:
            raise Http404
        if form.is_valid():
            sent = sent_by(form)
            made = attempt(
                form,
                lambda: traffic_actions.hand_over(
                    list_id=pk, by=request.user, now=timezone.now(), **sent
                ),
            )  # fmt: skip
            if made is not None:
                messages.success(request, _("Handed over. It is in the log."))
                return redirect("traffic_list", pk)
    context = {
        "list": found,
        "rows": traffic_queries.rows(found, request.user),
        "handed": list(found.shares.in_force().select_related("organisation")),
        "form": form if may_edit else None,
        "vehicles": traffic.VEHICLES_AT_LEAST,
    }
    return render(request, "measures/traffic_list.html", context)


def _file(found: TrafficList) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="trafikplatser-{found.made_on}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found.rows:
        numbers = [
            str(row[name]).replace(".", ",")
            for name in ("limit_kmh", "mean_kmh", "share_over", "vehicles")
        ]
        writer.writerow([row["rank"], formulas.safe(row["place"]), row["on"], *numbers])
    return answer
