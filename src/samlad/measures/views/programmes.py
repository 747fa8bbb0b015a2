"""HTTP only: programmes with their yearly review, and the catalogue of ordinary activities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.measures import problem_actions, problem_queries, programme_review, queries
from samlad.measures.forms.problems import ActivityForm, ProgrammeForm, ResourceForm
from samlad.measures.models import ExistingActivity, Problem, Programme
from samlad.measures.queries import MeasureRow
from samlad.measures.views.problems import attempt, sent_by, stating
from samlad.measures.vocabulary import Funding, TargetGroup, Unit
from samlad.organisations.models import Organisation


@require_safe
def programmes(request: SignedInRequest) -> HttpResponse:
    """List the programmes; with a tag, by any of its names."""
    if not policy.can_somewhere(request.user, Permission.MEASURE_READ):
        raise Http404
    tag = request.GET.get("tagg", "")[:60]
    context = {
        "programmes": problem_queries.programmes(request.user, tag=tag),
        "tag": tag,
        "may_edit": policy.can_somewhere(request.user, Permission.PROBLEM_EDIT),
    }
    return render(request, "measures/programmes.html", context)


def save_programme(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Start a programme, or change one."""
    organisations = stating(request)
    here = {one.municipality_id for one in organisations}
    initial: dict[str, Any] = {}
    if pk is not None:
        found = _programme(request, pk)
        initial = {
            "name": found.name,
            "organisation": found.owner_id,
            "purpose": found.purpose,
            "starts_on": found.starts_on,
            "ends_on": found.ends_before and found.ends_before - timedelta(1),
            "tags": ", ".join(found.tags),
            "problems": list(found.problems.all()),
            "groups": list(found.groups.all()),
        }
    form = ProgrammeForm(
        request.POST or None,
        initial=initial,
        offered={
            "organisation": organisations,
            "problems": problem_queries.problems(request.user),
            "groups": Organisation.objects.filter(
                municipality__in=here, kind__code="grupp", active=True
            ),
        },
    )
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        sent["tag_words"] = sent.pop("tags").split(",")
        made = attempt(
            form,
            lambda: problem_actions.start_programme(
                programme_id=pk, by=request.user, now=timezone.now(), **sent
            ),
        )
        if made is not None:
            return redirect("programme", made.pk)
    context = {"form": form, "title": _("Programme"), "save": _("Save")}
    return render(request, "ui/form_page.html", context)


@require_POST
def remove_resource(request: SignedInRequest, pk: int, line_pk: int) -> HttpResponse:
    """Take a resource line out."""
    _programme(request, pk)
    problem_actions.remove_resource(
        programme_id=pk, line_id=line_pk, by=request.user, now=timezone.now()
    )
    return redirect("programme", pk)


def programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a programme; take a resource line in."""
    found = _programme(request, pk)
    may_edit = policy.can(request.user, Permission.PROBLEM_EDIT, found)
    form = ResourceForm(request.POST or None)
    if request.method == "POST" and may_edit and form.is_valid():
        sent = form.cleaned_data
        problem_actions.add_resource(
            programme_id=pk,
            what=sent["what"],
            unit=Unit(sent["unit"]),
            amount=sent["amount"],
            funding=Funding(sent["funding"]),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("programme", pk)
    planned, closed = queries.measures(
        request.user, today=timezone.localdate(), choice=queries.Choice(programme=pk)
    )
    context = {
        "programme": found,
        "last_day": found.ends_before and found.ends_before - timedelta(1),
        "sums": problem_queries.sums(found),
        "tree": _tree(found, [*planned, *closed]),
        "may_edit": may_edit,
        "form": form,
        "years": programme_review.years(found, today=timezone.localdate()),
    }
    return render(request, "measures/programme.html", context)


def _tree(
    found: Programme, rows: list[MeasureRow]
) -> list[tuple[Problem | None, list[MeasureRow]]]:
    """Return the programme's problems with the measures against each, and the other measures."""
    problems = list(found.problems.all())
    known = {one.pk for one in problems}
    tree: list[tuple[Problem | None, list[MeasureRow]]] = [
        (one, [row for row in rows if row.problem_id == one.pk]) for one in problems
    ]
    others = [row for row in rows if row.problem_id not in known]
    return [*tree, (None, others)] if others else tree


def _programme(request: SignedInRequest, pk: int) -> Programme:
    found = problem_queries.find_programme(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def review(request: SignedInRequest, pk: int, year: int) -> HttpResponse:
    """Show what a programme's year came to (B01); as a page, or as a PDF."""
    found, today = _programme(request, pk), timezone.localdate()
    one = next((one for one in programme_review.years(found, today=today) if one.n == year), None)
    if one is None:
        raise Http404
    made = programme_review.review(found, request.user, year=one, today=today)
    if request.GET.get("format") == "pdf":
        answer = HttpResponse(programme_review.pdf(made), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="satsning-{pk}-ar-{year}.pdf"'
        return answer
    return render(
        request,
        "measures/review.html",
        {"review": made, "programme": found, "this_year": today.year},
    )


def activities(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Show the catalogue of ordinary activities; take one in, or change one."""
    if not policy.can_somewhere(request.user, Permission.MEASURE_READ):
        raise Http404
    organisations = queries.organisations_to_charge(request.user)
    own = ExistingActivity.objects.where_user_can(request.user, Permission.MEASURE_EDIT)
    initial: dict[str, Any] = {}
    if pk is not None:
        found = own.filter(pk=pk).first()
        if found is None:
            raise Http404
        initial = {
            "name": found.name,
            "organisation": found.owner_id,
            "description": found.description,
            "target_groups": found.target_groups,
        }
    form = ActivityForm(
        request.POST or None, offered={"organisation": organisations}, initial=initial
    )
    if request.method == "POST" and organisations and form.is_valid():
        made = attempt(
            form,
            lambda: problem_actions.register_activity(
                activity_id=pk, by=request.user, now=timezone.now(), **sent_by(form)
            ),
        )
        if made is not None:
            return redirect("existing_activities")
    if pk is not None:
        return render(request, "ui/form_page.html", {"form": form, "title": _("Ordinary activity")})
    rows = [
        (one, [str(TargetGroup(code).label) for code in one.target_groups])
        for one in problem_queries.activities(request.user)
    ]
    context = {
        "rows": rows,
        "form": form,
        "may_edit": bool(organisations),
        "own": set(own.values_list("pk", flat=True)),
    }
    return render(request, "measures/activities.html", context)


@require_POST
def end_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that an ordinary activity has ended."""
    own = ExistingActivity.objects.where_user_can(request.user, Permission.MEASURE_EDIT)
    if not own.filter(pk=pk).exists():
        raise Http404
    problem_actions.end_activity(activity_id=pk, by=request.user, now=timezone.now())
    return redirect("existing_activities")
