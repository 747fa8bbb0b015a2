"""Problems, goals, programmes, partners, the year and cameras: linked, and kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.calendar.models import SchoolBreakKind
from samlad.guard.refusing import PersonalData
from samlad.measures import (
    actions,
    fishbone,
    problem_actions,
    problem_queries,
    queries,
    rules,
    year_actions,
    year_queries,
)
from samlad.measures.actions import Description
from samlad.measures.models import Camera, Measure
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.vocabulary import Answer, Bone, EveryTime, Funding, Kind, Unit
from samlad.measures.workflow import NotDoneReason, Status
from samlad.places.models import Place
from tests.cast import NOON, make_organisation
from tests.incidents.conftest import signed_in  # noqa: F401

TODAY, DUE = date(2026, 11, 20), date(2026, 12, 1)


@pytest.fixture
def streets(town):
    return make_organisation(town, "Gata", "samhallsbyggnad")


@pytest.fixture
def measure(town, problem, coordinator):
    return actions.decide_measure(
        organisation_id=town.process_authority_id, what="Laga belysningen", due_on=DUE,
        described=Description(problem=problem, kind=Kind.PREVENTING, target_groups=("ungdomar",)),
        by=coordinator, now=NOON,
    )  # fmt: skip


class TestProblem:
    """Shown by findings, explained by causes of places, aimed at by goals."""

    def test_causes_are_drawn_and_never_of_persons(self, problem, coordinator):
        add = {"problem_id": problem.pk, "by": coordinator, "now": NOON}
        problem_actions.add_cause(bone=Bone.PLACE, text="Mörkt mellan skolan och hallen", **add)
        problem_actions.add_cause(bone=Bone.OFFENDER, text="Ingen vuxen efter 16", **add)
        with pytest.raises(PersonalData):
            problem_actions.add_cause(bone=Bone.OFFENDER, text="19900101-2385", **add)

        drawing = fishbone.drawing(problem.name, problem_queries.bones(problem))
        assert 'role="img"' in drawing
        assert "Mörkt mellan skolan och hallen" in drawing

    def test_a_goal_says_what_it_lacks_and_counts_its_years(
        self, problem, coordinator, incidents, town
    ):
        problem_actions.set_goal(
            problem_id=problem.pk, organisation_id=town.process_authority_id, what="Hälften",
            target=130, target_year=2027, baseline=260, baseline_year=2025, source=incidents,
            indicator=None, is_accepted=True, is_realistic=False, by=coordinator, now=NOON,
        )  # fmt: skip
        (goal,) = problem_queries.progress(problem, coordinator)

        assert goal.missing == ["realistic"]
        assert [year for year, _ in goal.years] == [2023, 2024, 2025, 2026]
        assert 200 < dict(goal.years)[2025] < 320  # five a week, in the fourth area alone

    def test_problems_of_one_area_alone(self, problem, areas, coordinator):
        assert problem_queries.problems(coordinator, area=areas[3].pk) == [problem]
        assert problem_queries.problems(coordinator, area=areas[4].pk) == []

    def test_only_the_coordinator_states_problems(self, town, person):
        with pytest.raises(PermissionDenied):
            problem_actions.state_problem(
                organisation_id=town.process_authority_id, name="P", description="",
                category=None, areas=[], by=person(Role.REPORTER), now=NOON,
            )  # fmt: skip

    def test_a_closed_problem_takes_nothing_more(self, problem, coordinator):
        problem_actions.close_problem(problem_id=problem.pk, by=coordinator, now=NOON)
        with pytest.raises(NotAllowed) as refusal:
            problem_actions.add_cause(
                problem_id=problem.pk, bone=Bone.PLACE, text="x", by=coordinator, now=NOON
            )

        assert refusal.value.reason == Reason.CLOSED


class TestTogether:
    """One measure visible to all partners; handed over, both stay."""

    def test_a_partner_sees_the_measure_and_answers(self, measure, streets, person, coordinator):
        reader = person(Role.REPORTER, streets)
        assert queries.find(reader, measure.pk) is None
        actions.ask_partner(
            measure_id=measure.pk, organisation_id=streets.pk, by=coordinator, now=NOON
        )
        reader = person(Role.REPORTER, streets)

        assert queries.find(reader, measure.pk) == measure
        answer = {"measure_id": measure.pk, "organisation_id": streets.pk, "by": reader,
                  "answer": Answer.DECLINED, "now": NOON}  # fmt: skip
        with pytest.raises(NotAllowed) as refusal:
            actions.answer_partner(reason="", **answer)
        assert refusal.value.reason == Reason.NO_WHY
        assert actions.answer_partner(reason="Ingen tid", **answer).answer == Answer.DECLINED
        with pytest.raises(PermissionDenied):
            actions.describe(
                measure_id=measure.pk, what="x", due_on=DUE, area=None, place=None,
                described=Description(kind=Kind.REMEDYING), by=reader, now=NOON,
            )  # fmt: skip

    def test_handing_over_keeps_both(self, measure, streets, town, person, coordinator):
        actions.ask_partner(
            measure_id=measure.pk, organisation_id=streets.pk, by=coordinator, now=NOON
        )
        actions.hand_over(
            measure_id=measure.pk, organisation_id=streets.pk, reason="Deras gata",
            by=coordinator, now=NOON,
        )  # fmt: skip
        measure.refresh_from_db()

        assert measure.owner == streets
        (handover,) = measure.handovers.all()
        assert handover.from_organisation == town.process_authority
        assert [one.organisation for one in queries.partners(measure)] == [town.process_authority]

    def test_following_up_keeps_the_process_apart(self, measure, coordinator):
        actions.follow_up(
            measure_id=measure.pk, status=Status.PARTLY, reason="", every_time=EveryTime.SELDOM,
            note="Två lampor kvar", hours_used=6, next_on=TODAY - timedelta(1), by=coordinator,
            now=NOON,
        )  # fmt: skip
        measure.refresh_from_db()

        assert measure.status == Status.PARTLY
        assert measure.follow_ups.get().every_time == EveryTime.SELDOM
        assert queries.counts(coordinator, today=TODAY).to_follow_up == 1

    def test_a_reason_given_later_is_kept_and_a_note_is_never_lost(
        self,
        measure,
        coordinator,
        signed_in,  # noqa: F811
    ):
        how = {"every_time": EveryTime.SELDOM, "note": "", "hours_used": None, "next_on": None}
        for reason in ("", NotDoneReason.NO_MONEY):
            actions.follow_up(
                measure_id=measure.pk, status=Status.PARTLY, reason=reason, by=coordinator,
                now=NOON, **how,
            )  # fmt: skip
        measure.refresh_from_db()
        assert measure.reason == NotDoneReason.NO_MONEY

        client = signed_in(Role.COORDINATOR)
        sent = {"follow-status": Status.NOT_DONE, "follow-every_time": EveryTime.SELDOM,
                "follow-note": "Ett långt skäl"}  # fmt: skip
        answer = client.post(reverse("measure_follow_up", args=[measure.pk]), sent)
        assert (answer.status_code, "Ett långt skäl" in answer.content.decode()) == (422, True)
        page = client.get(reverse("measure", args=[measure.pk])).content.decode()
        assert str(NotDoneReason.NO_MONEY.label) in page

    def test_what_is_to_be_done_is_not_done_before_it_begins(self, town, coordinator):
        with pytest.raises(NotAllowed) as refusal:
            actions.decide_measure(
                organisation_id=town.process_authority_id, what="Väktare", due_on=DUE,
                described=Description(kind=Kind.PREVENTING, starts_on=DUE + timedelta(1)),
                by=coordinator, now=NOON,
            )  # fmt: skip
        assert refusal.value.reason == Reason.DUE_BEFORE_START


class TestList:
    """Narrowed by what a measure is described with; what is missing is counted."""

    def test_measures_are_found_by_their_words(self, measure, coordinator):
        def found(**choice):
            return queries.measures(coordinator, today=TODAY, choice=queries.Choice(**choice))[0]

        assert len(found(target_group="ungdomar", kind=Kind.PREVENTING)) == 1
        assert found(target_group="aldre") == []

    def test_departments_and_problems_without_measures_are_shown(
        self, measure, streets, town, coordinator
    ):
        actions.decide_measure(
            organisation_id=town.process_authority_id, what="Något", due_on=DUE,
            described=Description(kind=Kind.REMEDYING), by=coordinator, now=NOON,
        )  # fmt: skip
        counts = queries.counts(coordinator, today=TODAY)

        assert counts.unlinked == 1
        assert counts.without == ["Gata"]

    def test_a_grant_over_two_years_is_warned_of(self, town, coordinator):
        made = actions.decide_measure(
            organisation_id=town.process_authority_id, what="Väktare", due_on=date(2027, 6, 1),
            described=Description(
                kind=Kind.PREVENTING, funding=Funding.STATE, grant_applied_on=TODAY, starts_on=date(2026, 12, 1)
            ),
            by=coordinator, now=NOON,
        )  # fmt: skip

        assert rules.grant_warning(made)
        assert made.follow_up_on == date(2027, 6, 29)  # where no day is named: four weeks later
        made.starts_on = date(2027, 1, 11)
        assert not rules.grant_warning(made)

    @pytest.mark.parametrize(
        ("days", "reported_on", "reminded"),
        [(20, None, True), (-5, None, True), (40, None, False), (20, TODAY, False)],
    )
    def test_a_grant_s_report_is_reminded_of(self, days, reported_on, reminded, town, coordinator):
        made = actions.decide_measure(
            organisation_id=town.process_authority_id, what="Väktare", due_on=date(2026, 12, 1),
            described=Description(
                kind=Kind.PREVENTING, funding=Funding.STATE, grant_applied_on=TODAY,
                starts_on=date(2026, 12, 1), grant_report_on=TODAY + timedelta(days),
                grant_reported_on=reported_on,
            ),
            by=coordinator, now=NOON,
        )  # fmt: skip

        assert (year_queries.grants_to_report(coordinator, today=TODAY) == [made]) is reminded

    def test_it_acts_on_a_cause_of_its_own_problem(self, problem, town, coordinator):
        cause = problem_actions.add_cause(
            problem_id=problem.pk, bone=Bone.PLACE, text="Mörkt", by=coordinator, now=NOON
        )
        how = {"organisation_id": town.process_authority_id, "what": "Ljus", "due_on": DUE,
               "by": coordinator, "now": NOON}  # fmt: skip
        with pytest.raises(NotAllowed) as refusal:
            actions.decide_measure(described=Description(kind=Kind.PREVENTING, cause=cause), **how)
        made = actions.decide_measure(
            described=Description(kind=Kind.PREVENTING, problem=problem, cause=cause), **how
        )
        problem_actions.remove_cause(
            problem_id=problem.pk, cause_id=cause.pk, by=coordinator, now=NOON
        )
        made.refresh_from_db()

        assert refusal.value.reason == Reason.OTHER_PROBLEM
        assert made.cause is None


class TestProgramme:
    """A satsning: its resources add up, and it is found by any of its names."""

    @pytest.fixture
    def programme(self, town, problem, coordinator):
        return problem_actions.start_programme(
            organisation_id=town.process_authority_id, name="Ökad trygghet sommaren 2018",
            purpose="", tag_words=["GIREC", " sommar", "GIREC"], starts_on=date(2018, 5, 1),
            ends_before=date(2018, 9, 1), problems=[problem], by=coordinator, now=NOON,
        )  # fmt: skip

    def test_lines_add_up_by_unit(self, programme, coordinator):
        for unit, amount in ((Unit.KRONOR, "100000"), (Unit.KRONOR, "50000"), (Unit.HOURS, "80")):
            problem_actions.add_resource(
                programme_id=programme.pk, what="Väktare", unit=unit, amount=Decimal(amount),
                funding=Funding.OWN, by=coordinator, now=NOON,
            )  # fmt: skip

        assert problem_queries.sums(programme) == [
            ("timmar", Decimal(80)), ("kronor", Decimal(150000)),
        ]  # fmt: skip

    @pytest.mark.parametrize("tag", ["GIRFEC", "girec", "Skottlandsmodellen", "Sommar"])
    def test_it_is_found_by_any_name(self, tag, programme, coordinator):
        assert problem_queries.programmes(coordinator, tag=tag) == [programme]
        assert problem_queries.programmes(coordinator, tag="vinter") == []


class TestYear:
    """What comes every year is remembered in time for the break."""

    def test_a_reminder_comes_weeks_before_the_summer_break(self, town, coordinator):
        year_actions.set_break(
            municipality_id=town.pk, kind=SchoolBreakKind.SUMMER, starts_on=date(2027, 6, 11),
            ends_before=date(2027, 8, 18), by=coordinator, now=NOON,
        )  # fmt: skip
        year_actions.add_entry(
            organisation_id=town.process_authority_id, what="Planera väktare", month=6,
            before_break=SchoolBreakKind.SUMMER, weeks_before=8, by=coordinator, now=NOON,
        )  # fmt: skip

        assert year_queries.reminders(coordinator, today=date(2027, 4, 15)) == []
        ((entry, day),) = year_queries.reminders(coordinator, today=date(2027, 4, 16))
        assert (entry.what, day) == ("Planera väktare", date(2027, 6, 11))
        months = year_queries.year(town, coordinator, chosen=2027)
        assert len(months) == 12
        assert months[5].breaks == ["sommarlov 11/6–17/8"]


class TestCamera:
    """Not in use without its weighing; kept five years after the end."""

    def saved(self, town, coordinator, **changed):
        place = Place.objects.get_or_create(
            municipality=town, name="Stationen", kind="station", x_m=1.0, y_m=1.0
        )[0]
        return year_actions.save_camera(
            **{"camera_id": None, "organisation_id": town.process_authority_id, "place": place,
               "purpose": "Trygghet", "weighing": "KS 2026/118", "impact_assessment": "KS 2026/119",
               "alternatives": "Belysning, väktare", "sign_posted": True, "in_register": True,
               "started_on": TODAY, "review_on": date(2027, 11, 1), "ended_on": None,
               "by": coordinator, "now": NOON} | changed
        )  # fmt: skip

    @pytest.mark.parametrize(
        "missing", [{"weighing": ""}, {"impact_assessment": ""}, {"alternatives": ""}, {"sign_posted": False},
                    {"in_register": False}, {"review_on": None}],
    )  # fmt: skip
    def test_it_is_not_in_use_without_what_the_law_asks(self, missing, town, coordinator):
        with pytest.raises(NotAllowed) as refusal:
            self.saved(town, coordinator, **missing)

        assert refusal.value.reason == Reason.NOT_WEIGHED
        assert self.saved(town, coordinator, started_on=None, **missing).pk

    def test_documents_are_kept_five_years(self, town, coordinator):
        self.saved(town, coordinator, started_on=date(2024, 1, 1), ended_on=date(2024, 1, 15))
        (row,) = year_queries.cameras(coordinator, today=TODAY)

        assert not row.is_in_use
        assert row.keep_until == date(2029, 1, 15)
        assert Camera.objects.count() == 1


class TestPages:
    """Every page opens for those who may, and sends back what is wrong."""

    def test_pages_open(self, measure, problem, signed_in, other_town):  # noqa: F811
        pages = [
            reverse(name)
            for name in ("measures", "measure_add", "problems", "problem_add", "programmes",
                         "programme_add", "existing_activities", "year", "damage", "cameras",
                         "camera_add")
        ]  # fmt: skip
        own = [reverse("measure", args=[measure.pk]), reverse("problem", args=[problem.pk]),
               reverse("measure_change", args=[measure.pk])]  # fmt: skip
        client = signed_in(Role.COORDINATOR)
        assert {page: client.get(page).status_code for page in pages + own} == dict.fromkeys(
            pages + own, 200
        )
        stranger = signed_in(Role.COORDINATOR, other_town.process_authority)
        assert {stranger.get(page).status_code for page in own} == {404}
        member = signed_in(Role.MEMBER)
        assert {member.get(page).status_code for page in pages[1:] + own} == {404}

    def test_a_measure_is_decided_described_and_found_on_the_pages(
        self,
        problem,
        areas,
        town,
        signed_in,  # noqa: F811
    ):
        client = signed_in(Role.COORDINATOR)
        sent = {"what": "Väktare vid skolan", "organisation": town.process_authority_id,
                "kind": "forebyggande", "due_on": "2026-12-01", "problem": problem.pk,
                "area": areas[3].pk, "level": "operativ", "funding": "statsbidrag",
                "target_groups": ["ungdomar"], "starts_on": "2026-12-01"}  # fmt: skip
        refused = client.post(reverse("measure_add"), sent)
        assert "när bidraget söks" in refused.content.decode()
        made = client.post(
            reverse("measure_add"), sent | {"grant_applied_on": "2026-09-01"}, follow=True
        )
        one = Measure.objects.get()

        assert "Väktare vid skolan" in made.content.decode()
        assert one.target_groups == ["ungdomar"]
        assert one.problem == problem
        shown = client.get(reverse("problem", args=[problem.pk])).content.decode()
        assert "Väktare vid skolan" in shown

    def test_a_measure_without_a_sort_of_work_is_asked_for_it(self, town, signed_in):  # noqa: F811
        client = signed_in(Role.COORDINATOR)
        answer = client.post(
            reverse("measure_add"),
            {"what": "x", "organisation": town.process_authority_id, "due_on": "2026-12-01",
             "level": "operativ", "funding": "egen"},
        )  # fmt: skip

        assert answer.status_code == 200
        assert not Measure.objects.exists()


class TestShutDoors:
    """What a second pair of eyes found open."""

    def test_a_measure_continues_none_of_another_municipality(
        self, measure, other_town, person, coordinator
    ):
        theirs = actions.decide_measure(
            organisation_id=other_town.process_authority_id, what="Hemlig", due_on=DUE,
            described=Description(kind=Kind.REMEDYING), by=person(Role.COORDINATOR, other_town.process_authority), now=NOON,
        )  # fmt: skip
        for other, reason in ((theirs, Reason.ELSEWHERE), (measure, Reason.ITSELF)):
            with pytest.raises(NotAllowed) as refusal:
                actions.describe(
                    measure_id=measure.pk, what="x", due_on=DUE, area=None, place=None,
                    described=Description(kind=Kind.REMEDYING, continues=other),
                    by=coordinator, now=NOON,
                )  # fmt: skip
            assert refusal.value.reason == reason

    def test_a_programme_is_not_taken_over_by_its_name(self, town, streets, person, coordinator):
        how = {"name": "Satsning", "purpose": "", "tag_words": [], "starts_on": TODAY,
               "ends_before": None, "now": NOON}  # fmt: skip
        made = problem_actions.start_programme(
            organisation_id=town.process_authority_id, by=coordinator, **how
        )
        theirs = person(Role.COORDINATOR, streets)
        with pytest.raises(NotAllowed) as refusal:
            problem_actions.start_programme(organisation_id=streets.pk, by=theirs, **how)
        assert refusal.value.reason == Reason.NAME_TAKEN
        with pytest.raises(PermissionDenied):
            problem_actions.start_programme(
                organisation_id=streets.pk, programme_id=made.pk, by=theirs, **how
            )
        changed = problem_actions.start_programme(
            organisation_id=town.process_authority_id, programme_id=made.pk, by=coordinator,
            **how | {"name": "Nytt namn"},
        )  # fmt: skip
        assert (changed.pk, changed.name) == (made.pk, "Nytt namn")

    def test_changing_a_word_keeps_the_links(self, measure, problem, streets, person, signed_in):  # noqa: F811
        measure.owner = streets
        measure.save()
        client = signed_in(Role.REPORTER, streets)
        page = client.get(reverse("measure_change", args=[measure.pk]))
        sent = {"what": "Laga ljuset", "organisation": streets.pk, "kind": "forebyggande",
                "due_on": "2026-12-01", "problem": problem.pk, "level": "operativ",
                "funding": "egen"}  # fmt: skip
        assert problem.name in page.content.decode()
        client.post(reverse("measure_change", args=[measure.pk]), sent)
        measure.refresh_from_db()

        assert (measure.what, measure.problem) == ("Laga ljuset", problem)

    def test_what_is_not_there_is_not_found(self, signed_in):  # noqa: F811
        client = signed_in(Role.COORDINATOR)
        for name, pk in (("wheel_remove", 999), ("help_answered", 999)):
            assert client.post(reverse(name, args=[pk])).status_code == 404
        assert client.get(reverse("year") + "?ar=" + "9" * 4000).status_code == 200
