"""HTTP only: measures, their partners, follow-up and effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import queries as incidents
from samlad.measures import (
    actions,
    evaluation_actions,
    problem_queries,
    queries,
    readings,
    rules,
    traffic_queries,
)
from samlad.measures.forms.measures import (
    ActivityLinkForm,
    AnswerForm,
    ChoiceForm,
    EvaluationForm,
    FollowUpForm,
    HandoverForm,
    MeasureForm,
    OrganisationForm,
    StatusForm,
)
from samlad.measures.models import Measure
from samlad.measures.queries import Choice
from samlad.measures.rules import NotAllowed
from samlad.measures.vocabulary import (
    EveryTime,
    Orientation,
    Purpose,
    TargetGroup,
    WorkArea,
)
from samlad.measures.workflow import NotDoneReason, Status
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place
from samlad.ui.fields import attempting

DAYS_TO_DO = 14
PAGE = 30
LISTS = {
    "target_groups": TargetGroup,
    "purposes": Purpose,
    "work_areas": WorkArea,
    "orientations": Orientation,
}

attempt = attempting(NotAllowed)


@require_safe
def measures(request: SignedInRequest) -> HttpResponse:
    """List what is to be done and what was, narrowed as one likes."""
    today = timezone.localdate()
    programmes = problem_queries.programmes(request.user)
    form = ChoiceForm(
        request.GET or None,
        offered={
            "area": _areas(request),
            "place": Place.objects.filter(municipality__in=_read_in(request)),
            "programme": programmes,
        },
    )
    choice = Choice()
    if request.GET and form.is_valid():
        sent = dict(form.cleaned_data)
        for name in ("place", "programme"):
            sent[name] = sent[name].pk if sent[name] else None
        sent["area"] = sent["area"].code if sent["area"] else ""
        choice = Choice(**sent)
    chosen = queries.chosen(request.user, today=today, choice=choice)
    shown = Paginator(chosen.filter(status=Status.PLANNED), PAGE).get_page(request.GET.get("sida"))
    kept = request.GET.copy()
    kept.pop("sida", None)
    context = {
        "planned": queries.rows(cast("QuerySet[Measure]", shown.object_list), request.user, today),
        "page": shown,
        "query": kept.urlencode(),
        "closed": queries.closed(chosen, request.user, today) if shown.number == 1 else [],
        "form": form,
        "is_narrowed": choice != Choice(),
        "counts": queries.counts(request.user, today=today),
        "reasons": NotDoneReason.choices,
        "may_add": bool(queries.organisations_to_charge(request.user)),
        "may_state": policy.can_somewhere(request.user, Permission.PROBLEM_EDIT),
        "traffic": bool(traffic_queries.lists(request.user)),
        "to_assess": len(queries.to_assess(request.user, today=today)),
        "to_propose": evaluation_actions.to_propose(request.user, today=today).count(),
    }
    return render(request, "measures/measures.html", context)


def _read_in(request: SignedInRequest) -> set[int]:
    """Return the municipalities where the person reads measures."""
    return {s.municipality for s in policy.scopes_where(request.user, Permission.MEASURE_READ)}


def _areas(request: SignedInRequest) -> list[Area]:
    """Return the areas in force where the person reads measures, by name."""
    return list(
        Area.objects.valid_on(timezone.localdate())
        .filter(municipality__in=_read_in(request))
        .defer("boundary")
        .order_by("name")
    )


def _form(request: SignedInRequest, had: Measure | None = None, **how: Any) -> MeasureForm:
    """Return the form; what a measure has already is offered too, open to choose or not."""
    organisations = queries.organisations_to_charge(request.user)
    if not organisations:
        raise Http404

    def with_own(rows: list[Any], name: str) -> list[Any]:
        own = getattr(had, name, None)
        return rows if own is None else [*rows, own]

    problems = [one for one in problem_queries.problems(request.user) if not one.closed_on]
    return MeasureForm(
        request.POST or None,
        organisations=organisations,
        problems=with_own(problems, "problem"),
        programmes=with_own(problem_queries.programmes(request.user), "programme"),
        activities=with_own(problem_queries.activities(request.user), "existing"),
        areas=with_own(_areas(request), "area"),
        earlier=with_own(queries.earlier(request.user), "continues"),
        **how,
    )


def add(request: SignedInRequest) -> HttpResponse:
    """Decide a measure."""
    initial: dict[str, Any] = {
        "due_on": timezone.localdate() + timedelta(DAYS_TO_DO),
        "organisation": queries.own_organisation(request.user),
    }
    asked = request.GET.get("problem", "")
    if asked.isdecimal():
        initial["problem"] = asked
    form = _form(request, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            made = actions.decide_measure(
                organisation_id=sent["organisation"].pk,
                what=sent["what"],
                due_on=sent["due_on"],
                area=sent["area"],
                place=sent["place"],
                described=actions.Description(**form.described()),
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The measure is decided."))
            _propose(request, made.pk)
            return redirect("measure", made.pk)
    return render(request, "measures/add.html", {"form": form})


def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a measure is described with."""
    found = get(request, pk)
    if not policy.can(request.user, Permission.MEASURE_EDIT, found):
        raise Http404
    initial = {
        name: getattr(found, name) for name in MeasureForm.base_fields if hasattr(found, name)
    }
    initial |= {
        "organisation": found.owner_id,
        "ends_on": found.ends_before and found.ends_before - timedelta(1),
    }
    form = _form(request, found, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            actions.describe(
                measure_id=pk,
                what=sent["what"],
                due_on=sent["due_on"],
                area=sent["area"],
                place=sent["place"],
                described=actions.Description(**form.described()),
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            _propose(request, pk)
            return redirect("measure", pk)
    return render(request, "measures/add.html", {"form": form, "measure": found})


def _propose(request: SignedInRequest, *pks: int) -> None:
    """Propose how the effect is read, where what that needs is known."""
    made = evaluation_actions.propose_where_possible(
        measure_ids=pks, by=request.user, now=timezone.now()
    )
    if made:
        text = ngettext(
            "How its effect is read is proposed: look at it before the start.",
            "How %(n)s effects are read is proposed: look at them before the start.",
            made,
        )
        messages.success(request, text % {"n": made})


@require_POST
def propose_all(request: SignedInRequest) -> HttpResponse:
    """Propose how the effects of the measures are read that have no proposal."""
    rows = evaluation_actions.to_propose(request.user, today=timezone.localdate())
    _propose(request, *rows.values_list("pk", flat=True))
    return redirect("measures")


def get(request: SignedInRequest, pk: int) -> Measure:
    """Return a measure the person may read, or answer 404."""
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


@require_safe
def measure(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one measure: what it follows from, who, when, what became of it, and its effect."""
    return render(request, "measures/measure.html", page(request, get(request, pk)))


def page(request: SignedInRequest, found: Measure, **bound: Any) -> dict[str, Any]:
    """Return what a measure's page shows; `bound` are forms that were sent and are wrong."""
    user = request.user
    may_edit = policy.can(user, Permission.MEASURE_EDIT, found)
    may_assess = policy.can(user, Permission.EFFECT_ASSESS, found)
    others = queries.organisations_here(found)
    linkable = queries.activities_to_link(found, user) if may_edit else []
    answering = queries.answering_for(found, user)
    evaluation = queries.evaluation_of(found)
    sources = incidents.sources(found.municipality, user) if may_assess else []
    history = list(evaluation.readings.all()) if evaluation is not None else []
    codes: dict[str, Any] = {
        name: [str(words(code).label) for code in getattr(found, name) if code in words.values]
        for name, words in LISTS.items()
    }
    return {
        "measure": found,
        "status_label": queries.status_label(found, timezone.localdate()),
        "today": timezone.localdate(),
        "codes": codes,
        "is_linked": queries.is_linked(found),
        "because": queries.because(found),
        "grant_warning": rules.grant_warning(found),
        "last_day": found.ends_before and found.ends_before - timedelta(1),
        "partners": queries.partners(found),
        "handovers": found.handovers.select_related("from_organisation", "to_organisation"),
        "follow_ups": found.follow_ups.all(),
        "may_edit": may_edit,
        "done": queries.done_for(found, user),
        "activity_form": ActivityLinkForm(offered={"activity": linkable}) if linkable else None,
        "may_assess": may_assess,
        "partner_form": OrganisationForm(organisations=others, prefix="partner"),
        "handover_form": HandoverForm(organisations=others, prefix="handover"),
        "answer_form": AnswerForm(
            organisations=Organisation.objects.filter(pk__in=[one.pk for one in answering]),
            prefix="answer",
        )
        if answering
        else None,
        "follow_up_form": FollowUpForm(prefix="follow", initial={"status": found.status}),
        "evaluation": evaluation,
        "design": readings.how(evaluation.design) if evaluation else None,
        "seen": readings.what_could_be_seen(evaluation.design) if evaluation else "",
        "areas": queries.area_names(evaluation) if evaluation else {},
        "read_period": readings.period(evaluation.design) if evaluation else None,
        "told": readings.tell(history[0].result, evaluation.design)
        if evaluation and history
        else None,
        "read_at": history[0].at if history else None,
        "may_read_effect": may_assess
        and evaluation is not None
        and evaluation.frozen_at is not None
        and evaluation.ends_before <= timezone.localdate(),
        "opens_problem": found.problem is not None
        and policy.can(user, Permission.MEASURE_READ, found.problem),
        "opens_programme": found.programme is not None
        and policy.can(user, Permission.MEASURE_READ, found.programme),
        "lacks_for_effect": found.area_id is None
        or found.starts_on is None
        or found.problem is None
        or found.problem.category_id is None,
        "evaluation_form": EvaluationForm(
            prefix="evaluation",
            sources=sources,
            initial={"category": found.problem.category_id if found.problem else None},
        )
        if sources and (evaluation is None or evaluation.frozen_at is None)
        else None,
        **bound,
    }


def do(request: SignedInRequest, pk: int, act: Callable[[], object], said: str) -> HttpResponse:
    """Run an action on a measure; say what was done, or why it was not."""
    try:
        act()
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("measure", pk)


@require_POST
def set_status(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what became of a measure."""
    get(request, pk)
    form = StatusForm(request.POST)
    if form.is_valid():
        try:
            actions.set_status(
                measure_id=pk,
                status=Status(form.cleaned_data["status"]),
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    return redirect("measures")


@require_POST
def follow_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down a follow-up."""
    found = get(request, pk)
    form = FollowUpForm(request.POST, prefix="follow")
    if not form.is_valid():
        context = page(request, found, follow_up_form=form)
        return render(request, "measures/measure.html", context, status=422)
    sent = form.cleaned_data
    made = attempt(
        form,
        lambda: actions.follow_up(
            measure_id=pk,
            status=Status(sent["status"]),
            reason=sent["reason"],
            every_time=EveryTime(sent["every_time"]),
            note=sent["note"],
            hours_used=sent["hours_used"],
            next_on=sent["next_on"],
            by=request.user,
            now=timezone.now(),
        ),
    )
    if made is None:  # nothing of what was written is lost
        context = page(request, found, follow_up_form=form)
        return render(request, "measures/measure.html", context, status=422)
    messages.success(request, _("The follow-up is saved."))
    return redirect("measure", pk)


@require_POST
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose how the effect is to be read."""
    found = get(request, pk)
    form = EvaluationForm(
        request.POST,
        prefix="evaluation",
        sources=incidents.sources(found.municipality, request.user),
    )
    if not form.is_valid():
        context = page(request, found, evaluation_form=form)
        return render(request, "measures/measure.html", context, status=422)
    sent = form.cleaned_data
    return do(
        request,
        pk,
        lambda: evaluation_actions.propose(
            measure_id=pk,
            source_id=sent["source"].pk,
            category_id=sent["category"].pk,
            weeks=sent["weeks"],
            by=request.user,
            now=timezone.now(),
        ),
        _("The evaluation is proposed. It is frozen when the measure starts."),
    )


@require_POST
def assess(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the effect."""
    get(request, pk)
    return do(
        request,
        pk,
        lambda: evaluation_actions.assess(measure_id=pk, by=request.user, now=timezone.now()),
        _("The effect has been read."),
    )


@require_POST
def assess_due(request: SignedInRequest) -> HttpResponse:
    """Read the effect of every measure whose weeks are over."""
    due = queries.to_assess(request.user, today=timezone.localdate())
    found, refused = evaluation_actions.assess_many(
        measure_ids=[one.pk for one in due], by=request.user, now=timezone.now()
    )
    messages.success(
        request,
        ngettext("%(n)s effect has been read.", "%(n)s effects have been read.", len(found))
        % {"n": len(found)},
    )
    for why in refused:
        messages.error(request, why)
    return redirect("measures")
