"""HTTP only: promises, their commitments, and what counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.activities import queries as activities
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.councils import queries as councils
from samlad.guard.entries import sent_by
from samlad.indicators.models import Indicator
from samlad.measures import problem_queries
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area
from samlad.promises import actions, queries, telling
from samlad.promises.forms import (
    CommitmentForm,
    GoalForm,
    IndividualsForm,
    JudgementForm,
    PromiseForm,
)
from samlad.promises.models import Commitment, Promise
from samlad.promises.rules import NotAllowed
from samlad.promises.workflow import Status, Type
from samlad.ui.fields import attempting

DIALOGUES_OFFERED = 100

attempt = attempting(NotAllowed)


def _get(request: SignedInRequest, pk: int, *, edit: bool = False) -> Promise:
    found = queries.find(request.user, pk)
    if found is None or (edit and not queries.may_edit(request.user, found)):
        raise Http404
    return found


@require_safe
def promises(request: SignedInRequest) -> HttpResponse:
    """List the promises."""
    if not policy.can_somewhere(request.user, Permission.PROMISE_READ):
        raise Http404
    today = timezone.localdate()
    rows = [
        (one, [telling.tell(row) for row in queries.progress(one, today=today)])
        for one in queries.promises(request.user)
    ]
    context = {
        "rows": rows,
        "may_edit": working_in.find(request, request.user, Permission.PROMISE_EDIT, whole=True)
        is not None,
    }
    return render(request, "promises/promises.html", context)


@require_safe
def promise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a promise with how far each commitment has come."""
    found = _get(request, pk)
    rows = queries.progress(found, today=timezone.localdate())
    dialogues, problems = queries.came_from(request.user, found)
    context = {
        "promise": found,
        "dialogues": dialogues,
        "problems": problems,
        "rows": [(one, telling.tell(one)) for one in rows],
        "may_edit": queries.may_edit(request.user, found),
    }
    return render(request, "promises/promise.html", context)


def save(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Enter a promise, or change it."""
    if pk is None:
        municipality = working_in.require(
            request, request.user, Permission.PROMISE_EDIT, whole=True
        )
        initial: dict[str, Any] = {}
    else:
        found = _get(request, pk, edit=True)
        municipality = found.municipality
        initial = {name: getattr(found, name) for name in PromiseForm.base_fields}
        initial["signatories"] = "\n".join(found.signatories)
        initial["agreement"] = found.agreement_id
        for name in ("parties", "dialogues", "problems"):
            initial[name] = [one.pk for one in getattr(found, name).all()]
    form = PromiseForm(
        request.POST or None, initial=initial, offered=_offered(request, municipality)
    )
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        sent["signatories"] = sent["signatories"].splitlines()
        for name in ("parties", "dialogues", "problems"):
            sent[name] = list(sent[name])
        made = attempt(
            form,
            lambda: actions.save_promise(
                municipality_id=municipality.pk,
                promise_id=pk,
                by=request.user,
                now=timezone.now(),
                **sent,
            ),
        )
        if made is not None:
            return redirect("promise", made.pk)
    return render(request, "ui/form_page.html", {"form": form, "title": _("Promise")})


def _offered(request: SignedInRequest, municipality: Municipality) -> dict[str, Any]:
    here = Organisation.objects.filter(municipality=municipality, active=True)
    rows = activities.log(request.user).filter(municipality=municipality)
    return {
        "parties": here.exclude(kind__code="grupp"),
        "agreement": [
            one
            for one, _active in councils.agreements(request.user, today=timezone.localdate())
            if one.municipality_id == municipality.pk
        ],
        "dialogues": rows.filter(kind__code="medborgardialog")[:DIALOGUES_OFFERED],
        "problems": [
            one
            for one in problem_queries.problems(request.user)
            if one.municipality_id == municipality.pk
        ],
    }


def set_goal(request: SignedInRequest, pk: int, goal_pk: int | None = None) -> HttpResponse:
    """Say what a promise is for, or change it."""
    found = _get(request, pk, edit=True)
    initial: dict[str, Any] = {}
    if goal_pk is not None:
        goal = found.goals.filter(pk=goal_pk).first()
        if goal is None:
            raise Http404
        initial = {"text": goal.text, "indicators": list(goal.indicators.all())}
    readable = Indicator.objects.where_user_can(request.user, Permission.INDICATOR_READ)
    form = GoalForm(
        request.POST or None,
        initial=initial,
        offered={"indicators": readable.filter(municipality=found.municipality_id)},
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.set_goal(
                promise_id=pk,
                goal_id=goal_pk,
                text=form.cleaned_data["text"],
                indicators=list(form.cleaned_data["indicators"]),
                by=request.user,
                now=timezone.now(),
            ),
        )
        if made is not None:
            return redirect("promise", pk)
    return render(request, "ui/form_page.html", {"form": form, "title": _("Goal")})


def commit(request: SignedInRequest, pk: int, commitment_pk: int | None = None) -> HttpResponse:
    """Add a commitment, or say it anew."""
    found = _get(request, pk, edit=True)
    here = found.municipality_id
    kinds = activities.kinds({here})
    organisations = Organisation.objects.filter(municipality=here, active=True)
    areas = Area.objects.valid_on(timezone.localdate()).filter(municipality=here)
    initial: dict[str, Any] = {}
    if commitment_pk is not None:
        version = _commitment(found, commitment_pk).versions.all()[0]
        initial = {
            "text": version.text, "type": version.type, "unit": version.unit,
            "target": version.target, "audiences": version.audiences,
            "themes": version.themes, "must_rise": version.must_rise,
            "responsible": version.responsible_id, "partners": version.partners,
            "kinds": [one.pk for one in kinds if one.code in version.kinds],
            "areas": [one.pk for one in areas if one.code in version.areas],
        }  # fmt: skip
    form = CommitmentForm(
        request.POST or None,
        initial=initial,
        offered={
            "kinds": kinds,
            "areas": areas.defer("boundary"),
            "responsible": organisations,
            "partners": organisations.exclude(kind__code="grupp"),
        },
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.commit(
                promise_id=pk,
                commitment_id=commitment_pk,
                text=form.cleaned_data["text"],
                rule=form.rule(),
                responsible=form.cleaned_data["responsible"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            ),
        )
        if made is not None:
            return redirect("promise", pk)
    return render(request, "ui/form_page.html", {"form": form, "title": _("Commitment")})


def _commitment(found: Promise, pk: int) -> Commitment:
    one: Commitment | None = found.commitments.filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


def commitment(request: SignedInRequest, pk: int, commitment_pk: int) -> HttpResponse:
    """Show what counts towards a commitment and what does not, and take in what people say."""
    found = _get(request, pk)
    _commitment(found, commitment_pk)
    rows = queries.progress(found, today=timezone.localdate())
    one = next(row for row in rows if row.commitment.pk == commitment_pk)
    may_edit = queries.may_edit(request.user, found)
    is_count = "number" in request.POST
    form = JudgementForm(None if is_count else request.POST or None)
    count_form = IndividualsForm(
        request.POST if is_count else None, initial={"number": one.commitment.individuals}
    )
    if request.method == "POST":
        if not may_edit:
            raise Http404
        how: dict[str, Any] = {
            "promise_id": pk, "commitment_id": commitment_pk, "by": request.user,
            "now": timezone.now(),
        }  # fmt: skip
        if is_count and count_form.is_valid():
            number = count_form.cleaned_data["number"]
            if attempt(count_form, lambda: actions.count_individuals(number=number, **how) or True):
                return redirect("commitment", pk, commitment_pk)
        elif not is_count and form.is_valid():
            sent = form.cleaned_data
            if attempt(
                form,
                lambda: actions.judge(status=Status(sent["status"]), reason=sent["reason"], **how),
            ):
                messages.success(request, _("Saved."))
                return redirect("commitment", pk, commitment_pk)
    counted, missed = queries.what_counts(one, request.user)
    context = {
        "promise": found,
        "one": one,
        "told": telling.tell(one),
        "counted": counted,
        "missed": missed,
        "versions": queries.versions(one.commitment),
        "stock": queries.stock(one, found),
        "judgements": one.commitment.judgements.all(),
        "may_edit": may_edit,
        "form": form,
        "count_form": count_form if one.type == Type.INDIVIDUALS else None,
        "individuals": one.commitment.individuals if may_edit else None,
    }
    return render(request, "promises/commitment.html", context)


@require_POST
def end_judgement(request: SignedInRequest, pk: int, commitment_pk: int) -> HttpResponse:
    """Let what is computed hold again."""
    _commitment(_get(request, pk, edit=True), commitment_pk)
    actions.end_judgement(
        promise_id=pk, commitment_id=commitment_pk, by=request.user, now=timezone.now()
    )
    return redirect("commitment", pk, commitment_pk)
