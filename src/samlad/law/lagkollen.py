"""Lagkollen: each paragraph of law 2023:196, its kind, and what there is in Samlad.

It says what was found and what was not, and never whether the law is followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.councils import rules as council_rules
from samlad.councils.models import Agreement, Group
from samlad.councils.workflow import GroupStatus
from samlad.law.clocks import Clock, State, clock
from samlad.law.models import (
    ActionPlan,
    CoordinatingFunction,
    OtherPlan,
    PlanFollowUp,
    ReportToCouncil,
    StatutoryPicture,
)
from samlad.measures.models import Camera, Problem
from samlad.organisations.models import ActorClass, Municipality
from samlad.releases.models import Release
from samlad.releases.workflow import Status as Released

REPORT_WITHIN_DAYS = 365  # "fortlöpande" says no number; a year without a report is shown


class Kind(TextChoices):
    """How strongly the law speaks."""

    SHALL = "ska", gettext_lazy("shall")
    WHERE_SUITABLE = "dar_det_ar_lampligt", gettext_lazy("where it is suitable")
    WORK_FOR = "ska_verka_for", gettext_lazy("shall work for")
    MAY = "far", gettext_lazy("may, and need not")


@dataclass
class Paragraph:
    """One paragraph: what was found, what was not, and what to think of. A *may* misses nothing."""

    number: str
    kind: Kind
    duty: str
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    url_name: str = ""


def paragraphs(municipality: Municipality, *, today: date) -> list[Paragraph]:
    """Return 4–14 §§ with what Samlad holds of each."""
    picture = _adopted(municipality)
    plan = _decided(municipality)
    update, follow_up = clocks(municipality, today=today)
    return [
        _four(picture),
        _five(plan),
        _six(update, follow_up),
        _seven(municipality),
        _eight(municipality),
        _nine(municipality, today),
        _ten(municipality),
        _eleven(municipality),
        _thirteen(municipality, today),
        _fourteen(municipality),
    ]


def _adopted(municipality: Municipality) -> StatutoryPicture | None:
    rows = StatutoryPicture.objects.filter(municipality=municipality, adopted_on__isnull=False)
    return rows.order_by("-adopted_on", "-version").first()


def _decided(municipality: Municipality) -> ActionPlan | None:
    rows = ActionPlan.objects.filter(municipality=municipality, decided_on__isnull=False)
    return rows.order_by("-decided_on").first()


def clocks(municipality: Municipality, *, today: date) -> tuple[Clock, Clock]:
    """Return the two clocks of 6 §: the lägesbild updated, the plan followed up.

    A plan that has not been followed up yet is counted from its decision.
    """
    picture, plan = _adopted(municipality), _decided(municipality)
    last = None
    if plan is not None:  # an older plan's follow-up says nothing of the plan in force
        followed = PlanFollowUp.objects.filter(plan=plan).order_by("-on").first()
        last = followed.on if followed is not None else plan.decided_on
    return clock(picture.adopted_on if picture else None, today), clock(last, today)


def _four(picture: StatutoryPicture | None) -> Paragraph:
    made = Paragraph(
        "4 §", Kind.SHALL, _("A lägesbild of crime: its extent and consequences, other "
        "information, and an analysis."), url_name="statutory_picture",
    )  # fmt: skip
    if picture is None:
        made.missing.append(_("No adopted lägesbild."))
        return made
    made.found.append(
        _("Version %(version)s, adopted %(day)s by %(body)s.")
        % {"version": picture.version, "day": picture.adopted_on, "body": picture.body}
    )
    if not (picture.violence or picture.violence_figures):
        made.notes.append(
            _(
                "Nothing on violence in close relations or honour-related violence: seldom in a "
                "lägesbild, says Brå."
            )
        )
    if picture.missing:
        made.notes.append(
            _("Sources that are missing: %(names)s.") % {"names": ", ".join(picture.missing)}
        )
    return made


def _five(plan: ActionPlan | None) -> Paragraph:
    made = Paragraph(
        "5 §", Kind.SHALL, _("A decided plan of the measures the municipality means to take."),
        url_name="action_plans",
    )  # fmt: skip
    if plan is None:
        made.missing.append(_("No decided plan."))
        return made
    made.found.append(
        _("%(name)s, decided %(day)s by %(body)s (%(number)s), on version %(version)s.")
        % {"name": plan.name, "day": plan.decided_on, "body": plan.body,
           "number": plan.diarienummer, "version": plan.picture.version}
    )  # fmt: skip
    if not plan.measures.exists():
        made.missing.append(_("The plan has no measures."))
    return made


def _six(update: Clock, follow_up: Clock) -> Paragraph:
    made = Paragraph(
        "6 §", Kind.SHALL, _("At least every other year: update the lägesbild, and follow up the "
        "plan."), url_name="action_plans",
    )  # fmt: skip
    for one, words in ((update, _("Lägesbild")), (follow_up, _("Plan"))):
        said = f"{words}: {clock_words(one)}"
        if one.state in {State.NEVER, State.OVERDUE}:
            made.missing.append(said)
        else:
            made.found.append(said)
        if one.state in {State.SOON, State.URGENT}:
            made.notes.append(_("%(what)s: soon due.") % {"what": words})
    return made


def clock_words(one: Clock) -> str:
    """Return a clock in words."""
    if one.state == State.NEVER:
        return _("never yet.")
    last = _("last %(last)s; by our reading due %(due)s.") % {"last": one.last, "due": one.due}
    return {
        State.IN_TIME: last,
        State.SOON: last + " " + _("18 months have passed."),
        State.URGENT: last + " " + _("21 months have passed."),
        State.OVERDUE: last + " " + _("24 months have passed."),
    }[one.state]


def _seven(municipality: Municipality) -> Paragraph:
    made = Paragraph(
        "7 §", Kind.WHERE_SUITABLE, _("Joined with analysis and planning under other statutes."),
        url_name="lagkollen",
    )  # fmt: skip
    names = list(OtherPlan.objects.filter(municipality=municipality).values_list("name", flat=True))
    if names:
        made.found.append(", ".join(names))
    else:
        made.missing.append(_("No other plan is linked."))
    return made


def _eight(municipality: Municipality) -> Paragraph:
    made = Paragraph(
        "8 §", Kind.SHALL, _("Responsible for coordinating the local work."), url_name="councils"
    )
    groups = Group.objects.filter(municipality=municipality, status=GroupStatus.ACTIVE)
    names = [str(one) for one in groups.select_related("organisation")]
    if names:
        made.found.append(_("Active groups: %(names)s.") % {"names": ", ".join(names)})
    else:
        made.missing.append(_("No active group."))
    problems = Problem.objects.filter(municipality=municipality, closed_on=None)
    if problems.exists():
        made.found.append(
            _("Open problems: %(n)s, of which %(m)s with a measure.")
            % {"n": problems.count(),
               "m": problems.filter(measures__isnull=False).distinct().count()}
        )  # fmt: skip
    return made


def _nine(municipality: Municipality, today: date) -> Paragraph:
    made = Paragraph(
        "9 §", Kind.WORK_FOR, _("Written agreements with the actors concerned, with purposes and "
        "areas."), url_name="agreements",
    )  # fmt: skip
    active = [
        one
        for one in Agreement.objects.filter(municipality=municipality)
        if council_rules.is_active(one, today)
    ]
    for one in active:
        made.found.append(f"{one.name} ({one.starts_on}–{one.ends_on or ''})")
    if not active:
        made.missing.append(_("No agreement is in force today."))
    return made


def _ten(municipality: Municipality) -> Paragraph:
    made = Paragraph(
        "10 §", Kind.WORK_FOR, _("A strategic council led by the municipality, others "
        "represented by people in leading positions."), url_name="councils",
    )  # fmt: skip
    councils = Group.objects.filter(
        municipality=municipality, is_strategic_council=True, status=GroupStatus.ACTIVE
    ).select_related("organisation", "chair")
    for one in councils:
        seats = list(one.shares.in_force().select_related("organisation__kind"))
        others = [s for s in seats if s.organisation.kind.actor_class != ActorClass.OFFICE]
        made.found.append(
            _("%(name)s, led by %(chair)s; %(n)s other actors, %(m)s in leading positions.")
            % {"name": one, "chair": one.chair, "n": len(others),
               "m": sum(s.is_leading for s in others)}
        )  # fmt: skip
        if not others:
            made.missing.append(_("No other actor has a seat."))
        elif not all(s.is_leading or s.is_substitute for s in others):
            made.missing.append(_("Not every other actor is there by a leading position."))
    if not councils:
        made.missing.append(_("No active group is marked as the strategic council."))
    return made


def _eleven(municipality: Municipality) -> Paragraph:
    made = Paragraph(
        "11–12 §§", Kind.SHALL, _("A function that coordinates, is a contact for others, and "
        "contributes to information to residents."), url_name="coordinating_function",
    )  # fmt: skip
    function = CoordinatingFunction.objects.filter(municipality=municipality).first()
    if function is None:
        made.missing.append(_("No function is named."))
        return made
    made.found.append(f"{function.name}, {function.unit.name}")
    if function.mailbox or function.switchboard:
        made.found.append(
            " · ".join(one for one in (function.mailbox, function.switchboard) if one)
        )
    else:
        made.missing.append(_("No public contact."))
    if function.information:
        made.found.append(function.information)
    released = Release.objects.filter(municipality=municipality, status=Released.RELEASED).count()
    if released:
        text = ngettext(
            "%(n)s release residents can read now.", "%(n)s releases residents can read now.",
            released,
        )  # fmt: skip
        made.found.append(text % {"n": released})
    if not (function.information or released):
        made.missing.append(_("Nothing on where residents are informed."))
    return made


def _thirteen(municipality: Municipality, today: date) -> Paragraph:
    made = Paragraph(
        "13 §", Kind.SHALL, _("A board leads the work and reports continuously to fullmäktige."),
        url_name="lagkollen",
    )  # fmt: skip
    function = CoordinatingFunction.objects.filter(municipality=municipality).first()
    if function is not None:
        leading = function.led_by.name if function.led_by else str(function.get_leads_display())
        made.found.append(_("Led by %(who)s.") % {"who": leading})
    else:
        made.missing.append(_("Nothing on which board leads the work."))
    last = ReportToCouncil.objects.filter(municipality=municipality).first()
    if last is not None:
        made.found.append(_("Last report %(day)s: %(what)s.") % {"day": last.on, "what": last.what})
    if last is None or (today - last.on).days > REPORT_WITHIN_DAYS:
        made.missing.append(_("No report to fullmäktige in the last year."))
    return made


def _fourteen(municipality: Municipality) -> Paragraph:
    made = Paragraph(
        "14 §", Kind.MAY, _("Camera surveillance to make public places safe."), url_name="cameras"
    )
    cameras = Camera.objects.filter(municipality=municipality, started_on__isnull=False)
    made.found.append(
        _("Places under surveillance: %(n)s.") % {"n": cameras.filter(ended_on=None).count()}
    )
    return made


def warnings(user: User, *, today: date) -> list[str]:
    """Return the clocks of 6 § that are soon due or past, where `user` keeps the documents."""
    found = []
    for scope in policy.scopes_where(user, Permission.LAW_EDIT):
        municipality = Municipality.objects.get(pk=scope.municipality)
        update, follow_up = clocks(municipality, today=today)
        for one, words in ((update, _("Lägesbild (4 §)")), (follow_up, _("Action plan (5 §)"))):
            if one.state in {State.NEVER, State.SOON, State.URGENT, State.OVERDUE}:
                found.append(f"{words}: {clock_words(one)}")
    return found
