"""HTTP only: problems, their causes and goals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.models import User
from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.guard.entries import sent_by as taken
from samlad.incidents import queries as incidents
from samlad.indicators.models import Indicator
from samlad.measures import (
    aligned,
    fishbone,
    problem_actions,
    problem_queries,
    queries,
)
from samlad.measures.forms.problems import CauseForm, GoalForm, ProblemForm
from samlad.measures.models import Problem
from samlad.measures.rules import NotAllowed
from samlad.measures.vocabulary import Bone
from samlad.organisations.models import Organisation
from samlad.picture import queries as pictures
from samlad.picture.models import Picture
from samlad.places.models import Area, Place
from samlad.ui.fields import attempting

attempt = attempting(NotAllowed)


def stating(request: SignedInRequest) -> list[Organisation]:
    """Return the organisations the person may state problems for, or answer 404."""
    condition = policy.scope_filter(
        policy.scopes_where(request.user, Permission.PROBLEM_EDIT), owner="pk"
    )
    found = list(Organisation.objects.filter(condition, active=True).order_by("name"))
    if not found:
        raise Http404
    return found


def sent_by(form: forms.Form) -> dict[str, Any]:
    """Return what was sent, with an end exclusive and the organisation by its key."""
    sent = taken(form)
    if "ends_on" in sent:
        last = sent.pop("ends_on")
        sent["ends_before"] = last + timedelta(1) if last else None
    if "organisation" in sent:
        sent["organisation_id"] = sent.pop("organisation").pk
    return sent


@require_safe
def problems(request: SignedInRequest) -> HttpResponse:
    """List the problems, of one area if asked."""
    if not policy.can_somewhere(request.user, Permission.MEASURE_READ):
        raise Http404
    municipality = working_in.require(request, request.user, Permission.MEASURE_READ)
    areas = list(
        Area.objects.valid_on(timezone.localdate())
        .filter(municipality=municipality)
        .defer("boundary")
    )
    asked = request.GET.get("omrade", "")
    area = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    context = {
        "problems": problem_queries.problems(request.user, area=area),
        "areas": areas,
        "area": area,
        "may_state": policy.can_somewhere(request.user, Permission.PROBLEM_EDIT),
    }
    return render(request, "measures/problems.html", context)


def _problem_choices(request: SignedInRequest, organisations: list[Organisation]) -> dict[str, Any]:
    here = {one.municipality_id for one in organisations}
    today = timezone.localdate()
    return {
        "organisation": organisations,
        "areas": Area.objects.valid_on(today).filter(municipality__in=here).defer("boundary"),
        "places": Place.objects.filter(municipality__in=here),
    }


def save_problem(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """State a problem, perhaps because of a finding, or change one."""
    organisations = stating(request)
    picture, finding = (None, 0) if pk is not None else _finding(request)
    initial: dict[str, Any] = {} if pk is None else _as_stated(_problem(request, pk))
    if picture is not None:
        found = picture.compiled["findings"][finding]
        initial = {"name": found["category"]["label"], "starts_on": picture.starts_on,
                   "ends_on": picture.ends_before - timedelta(1)}  # fmt: skip
        area = Area.objects.filter(
            municipality=picture.municipality, code=found["area"]["code"], ends_before=None
        ).first()
        initial["areas"] = [area.pk] if area else []
    authority = organisations[0].municipality.process_authority_id
    form = ProblemForm(
        request.POST or None,
        offered=_problem_choices(request, organisations),
        initial={"organisation": authority, **initial},
    )
    if request.method == "POST" and form.is_valid():
        shown = None if picture is None else (picture.pk, finding)
        made: Problem | None = attempt(
            form,
            lambda: problem_actions.state_problem(
                problem_id=pk,
                shown_by=shown,
                by=request.user,
                now=timezone.now(),
                **sent_by(form),
            ),
        )
        if made is not None:
            messages.success(request, _("The problem is stated.") if pk is None else _("Saved."))
            return redirect("problem", made.pk)
    title = _("State a problem") if pk is None else _("Change the problem")
    save = _("State the problem") if pk is None else _("Save")
    return render(request, "ui/form_page.html", {"form": form, "title": title, "save": save})


def _as_stated(found: Problem) -> dict[str, Any]:
    """Return what the form of a problem begins with."""
    return {
        "name": found.name,
        "organisation": found.owner_id,
        "category": found.category_id,
        "areas": [one.pk for one in found.areas.all()],
        "places": [one.pk for one in found.places.all()],
        "starts_on": found.starts_on,
        "ends_on": found.ends_before and found.ends_before - timedelta(1),
        "description": found.description,
    }


def _finding(request: SignedInRequest) -> tuple[Picture | None, int]:
    """Return the adopted picture and the finding named in the address, if the person sees it."""
    picture_pk, finding = request.GET.get("lagesbild", ""), request.GET.get("fynd", "")
    if not (picture_pk.isdecimal() and finding.isdecimal() and len(picture_pk) < 10):
        return None, 0
    picture = pictures.find(request.user, int(picture_pk))
    if picture is None or picture.number is None:
        return None, 0
    if int(finding) >= len(picture.compiled["findings"]):
        return None, 0
    return picture, int(finding)


def _problem(request: SignedInRequest, pk: int) -> Problem:
    found = problem_queries.find_problem(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def problem(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a problem: what shows it, its likely causes, goals, and what is done about it."""
    return render(request, "measures/problem.html", _problem_page(request, _problem(request, pk)))


def _problem_page(request: SignedInRequest, found: Problem, **bound: Any) -> dict[str, Any]:
    user, today = request.user, timezone.localdate()
    may_edit = policy.can(user, Permission.PROBLEM_EDIT, found) and found.closed_on is None
    bones = problem_queries.bones(found)
    choice = queries.Choice(problem=found.pk)
    rows, closed = queries.measures(user, today=today, choice=choice)
    return {
        "problem": found,
        "last_day": found.ends_before and found.ends_before - timedelta(1),
        "may_edit": may_edit,
        "may_reopen": found.closed_on is not None
        and policy.can(user, Permission.PROBLEM_EDIT, found),
        "bones": [
            (label, [one for one in found.causes.all() if str(one.get_bone_display()) == label])
            for label in bones
        ],
        "drawing": fishbone.drawing(found.name, bones, chain=str(Bone.CHAIN.label)),
        "goals": problem_queries.progress(found, user),
        "years": _years(found, user, today),
        "this_year": today.year,
        "measures": [*rows, *closed],
        "cause_form": CauseForm(prefix="cause"),
        "goal_form": _goal_form(request, found) if may_edit else None,
        **bound,
    }


def _years(found: Problem, user: User, today: date) -> tuple[aligned.Aligned, str] | None:
    """Return this year beside the years before, counted and drawn."""
    source = aligned.source_of(found, user)
    counted = aligned.aligned(found, source, today=today) if source is not None else None
    if counted is None:
        return None
    title = _("%(problem)s: %(source)s by week") % {"problem": found, "source": counted.source}
    goal = found.goals.filter(source=source).first()
    return counted, aligned.drawing(counted, title=title, target=goal.target if goal else None)


def _goal_form(request: SignedInRequest, found: Problem, data: Any = None, **how: Any) -> GoalForm:
    offered = {
        "organisation": Organisation.objects.filter(municipality=found.municipality, active=True),
        "source": incidents.sources(found.municipality, request.user),
        "indicator": Indicator.objects.where_user_can(request.user, Permission.INDICATOR_READ),
    }
    return GoalForm(data, prefix="goal", offered=offered, **how)


@require_POST
def link_finding(request: SignedInRequest) -> HttpResponse:
    """Show a problem that is there by one more finding."""
    keys = [request.POST.get(name, "") for name in ("problem", "picture", "finding")]
    if not all(key.isdecimal() and len(key) < 10 for key in keys):
        raise Http404
    problem_pk, picture_pk, finding = map(int, keys)
    _problem(request, problem_pk)
    if pictures.find(request.user, picture_pk) is None:
        raise Http404
    try:
        problem_actions.link_finding(
            problem_id=problem_pk,
            picture_id=picture_pk,
            finding=finding,
            by=request.user,
            now=timezone.now(),
        )
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("problem", problem_pk)


@require_POST
def add_cause(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a likely cause."""
    found = _problem(request, pk)
    form = CauseForm(request.POST, prefix="cause")
    if form.is_valid() and attempt(
        form,
        lambda: problem_actions.add_cause(
            problem_id=pk,
            bone=Bone(form.cleaned_data["bone"]),
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        return redirect("problem", pk)
    context = _problem_page(request, found, cause_form=form)
    return render(request, "measures/problem.html", context, status=422)


@require_POST
def remove_cause(request: SignedInRequest, pk: int, cause_pk: int) -> HttpResponse:
    """Take a cause away."""
    return _on_problem(request, pk, problem_actions.remove_cause, cause_id=cause_pk)


def change_cause(request: SignedInRequest, pk: int, cause_pk: int) -> HttpResponse:
    """Write a cause again."""
    found = _problem(request, pk)
    cause = found.causes.filter(pk=cause_pk).first()
    if cause is None or not policy.can(request.user, Permission.PROBLEM_EDIT, found):
        raise Http404
    form = CauseForm(request.POST or None, initial={"bone": cause.bone, "text": cause.text})
    if form.is_valid() and attempt(
        form,
        lambda: problem_actions.change_cause(
            problem_id=pk,
            cause_id=cause_pk,
            bone=Bone(form.cleaned_data["bone"]),
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        ),
    ):
        return redirect("problem", pk)
    return render(request, "ui/form_page.html", {"form": form, "title": _("Likely cause")})


def change_goal(request: SignedInRequest, pk: int, goal_pk: int) -> HttpResponse:
    """Change a goal."""
    found = _problem(request, pk)
    goal = found.goals.filter(pk=goal_pk).first()
    if goal is None or not policy.can(request.user, Permission.PROBLEM_EDIT, found):
        raise Http404
    initial = {name: getattr(goal, name) for name in GoalForm.base_fields if hasattr(goal, name)}
    initial["organisation"] = goal.owner_id
    form = _goal_form(request, found, request.POST or None, initial=initial)
    if form.is_valid() and attempt(
        form,
        lambda: problem_actions.set_goal(
            problem_id=pk,
            goal_id=goal_pk,
            by=request.user,
            now=timezone.now(),
            **sent_by(form),
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("problem", pk)
    return render(request, "ui/form_page.html", {"form": form, "title": _("Goal")})


def _on_problem(request: SignedInRequest, pk: int, act: Callable[..., Any], **what: int) -> Any:
    """Run an action on a problem the person reads; say why where it is refused."""
    _problem(request, pk)
    try:
        act(problem_id=pk, by=request.user, now=timezone.now(), **what)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("problem", pk)


@require_POST
def remove_goal(request: SignedInRequest, pk: int, goal_pk: int) -> HttpResponse:
    """Take a goal away."""
    return _on_problem(request, pk, problem_actions.remove_goal, goal_id=goal_pk)


@require_POST
def move_cause(request: SignedInRequest, pk: int, cause_pk: int) -> HttpResponse:
    """Move a cause one step earlier."""
    return _on_problem(request, pk, problem_actions.move_cause, cause_id=cause_pk)


@require_POST
def reopen_problem(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a problem again."""
    return _on_problem(request, pk, problem_actions.reopen_problem)


@require_POST
def set_goal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a goal."""
    found = _problem(request, pk)
    if not policy.can(request.user, Permission.PROBLEM_EDIT, found):
        raise Http404
    form = _goal_form(request, found, request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: problem_actions.set_goal(
            problem_id=pk, by=request.user, now=timezone.now(), **sent_by(form)
        ),
    ):
        messages.success(request, _("The goal is set."))
        return redirect("problem", pk)
    context = _problem_page(request, found, goal_form=form)
    return render(request, "measures/problem.html", context, status=422)


@require_POST
def close_problem(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a problem."""
    return _on_problem(request, pk, problem_actions.close_problem)
