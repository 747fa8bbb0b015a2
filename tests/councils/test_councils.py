"""Councils: by organisation and position, decided and followed from both ends, never of individuals."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from samlad.accounts.models import User
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from samlad.councils import actions, agreement_actions, queries, rules
from samlad.councils.models import Agreement, Meeting
from samlad.councils.rules import NotAllowed, Reason
from samlad.councils.workflow import GroupStatus, GroupType, OutcomeKind, Status
from samlad.measures import actions as measure_actions
from samlad.measures.models import Measure
from samlad.measures.rules import NotAllowed as MeasureRefused
from samlad.measures.vocabulary import Kind, Level
from samlad.measures.workflow import Status as MeasureStatus
from tests.cast import NOON, make_organisation
from tests.incidents.conftest import signed_in  # noqa: F401

DUE, TODAY = date(2026, 12, 20), date(2026, 11, 20)


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def form(town, coordinator):
    """Return a former of groups."""

    def make(name, type_=GroupType.OPERATIVE, **how):
        return actions.form_group(
            **{"municipality_id": town.pk, "name": name, "type_": type_,
               "status": GroupStatus.ACTIVE, "level": Level.OPERATIVE,
               "is_strategic_council": False, "remit": "", "founded_on": None,
               "chair": town.process_authority, "quorum": 2, "programme": None,
               "by": coordinator, "now": NOON} | how
        )  # fmt: skip

    return make


@pytest.fixture
def held(coordinator):
    """Return a holder of meetings of a group."""

    def make(group, *there, minutes="Det gick bra."):
        meeting = actions.plan_meeting(
            group_id=group.pk, starts_at=NOON - timedelta(hours=2), where="", by=coordinator,
            now=NOON,
        )  # fmt: skip
        return actions.hold(
            meeting_id=meeting.pk, attended=list(there), minutes=minutes, diarienummer="",
            by=coordinator, now=NOON,
        )  # fmt: skip

    return make


class TestGroup:
    """Free names and sorts; a council can be there before it has met."""

    def test_a_group_of_any_name_works(self, form):
        assert str(form("Trygga chefer", GroupType.MANAGERS, status=GroupStatus.FORMING)) == (
            "Trygga chefer"
        )

    def test_a_strategic_council_is_led_by_the_municipality(self, form, town):
        police = make_organisation(town, "Polisen", "polis")
        for chair in (None, police):
            with pytest.raises(NotAllowed) as refusal:
                form("Rådet", GroupType.STRATEGIC, chair=chair)
            assert refusal.value.reason == Reason.NOT_CHAIRED
        assert form("Rådet", GroupType.STRATEGIC).is_strategic_council

    def test_a_seat_is_left_and_stays_in_the_history(self, form, town, coordinator):
        group, school = form("EST"), make_organisation(town, "Skola", "skola")
        seat = {"group_id": group.pk, "organisation_id": school.pk, "position": "rektor",
                "is_leading": True, "is_substitute": False, "by": coordinator, "now": NOON}  # fmt: skip
        member = actions.seat(**seat)
        assert actions.seat(**seat) == member
        actions.leave(group_id=group.pk, member_id=member.pk, by=coordinator, now=NOON)

        assert queries.seats(group) == []
        assert [one.position for one in queries.earlier_seats(group)] == ["rektor"]

    def test_departments_without_a_seat_are_named(self, form, town, coordinator, held):
        group, school = form("EST"), make_organisation(town, "Skola", "skola")
        make_organisation(town, "Gata", "samhallsbyggnad")
        actions.seat(
            group_id=group.pk, organisation_id=school.pk, position="", is_leading=False,
            is_substitute=False, by=coordinator, now=NOON,
        )  # fmt: skip
        held(group, school)
        found = queries.coverage(group)

        assert found.unseated == ["Gata"]  # the board leads, and is there
        assert ("Skola", 1, 1) in found.share_of_meetings
        assert found.quorum_missed == 1

    def test_a_member_organisation_reads_and_others_do_not(self, form, town, coordinator, person):
        group, school = form("EST"), make_organisation(town, "Skola", "skola")
        reader = person(Role.REPORTER, school)
        assert queries.find(reader, group.pk) is None
        actions.seat(
            group_id=group.pk, organisation_id=school.pk, position="", is_leading=False,
            is_substitute=False, by=coordinator, now=NOON,
        )  # fmt: skip

        assert queries.find(person(Role.REPORTER, school), group.pk) == group
        member = person(Role.MEMBER, group.organisation)
        assert queries.find(member, group.pk) == group
        with pytest.raises(PermissionDenied):
            actions.plan_meeting(group_id=group.pk, starts_at=NOON, where="", by=member, now=NOON)


class TestCasework:
    """Of a group on individuals: dates, attendance, held or not. Nothing else."""

    def test_no_text_is_kept(self, form, held, coordinator, town):
        group = form("SSPF", GroupType.CASEWORK)
        with pytest.raises(NotAllowed) as refusal:
            held(group, town.process_authority)
        assert refusal.value.reason == Reason.CASEWORK
        meeting = held(group, town.process_authority, minutes="")

        assert queries.proposed_agenda(group, coordinator, now=NOON) == []
        for act in (
            lambda: actions.decide(
                meeting_id=meeting.pk, kind=OutcomeKind.STATEMENT, text="x", by=coordinator,
                now=NOON,
            ),
            lambda: actions.write_agenda(
                meeting_id=meeting.pk, items=[{"text": "x", "internal": False}], by=coordinator,
                now=NOON,
            ),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                act()

    def test_a_group_with_minutes_does_not_become_one(self, form, held, town):
        group = form("EST")
        held(group, town.process_authority)

        with pytest.raises(NotAllowed):
            form("EST", GroupType.CASEWORK, group_id=group.pk)

    def test_nor_does_one_with_earlier_minutes(self, form, held, town, coordinator):
        group = form("EST")
        meeting = held(group, minutes="Om en plats")
        how = {"diarienummer": "", "by": coordinator, "now": NOON, "attended": []}
        actions.hold(meeting_id=meeting.pk, minutes="", **how)
        meeting.refresh_from_db()
        meeting.agenda = []
        meeting.save()

        with pytest.raises(NotAllowed):
            form("EST", GroupType.CASEWORK, group_id=group.pk)

    @pytest.mark.parametrize("how", [{"where": "Storgatan 4"}, {"remit": "Om pojken"}])
    def test_no_other_text_either(self, how, form, coordinator):
        with pytest.raises(NotAllowed):
            group = form("SSPF", GroupType.CASEWORK, remit=how.get("remit", ""))
            actions.plan_meeting(
                group_id=group.pk, starts_at=NOON, where=how["where"], by=coordinator, now=NOON
            )

    def test_of_a_meeting_called_off_nothing_is_left(self, form, coordinator, signed_in):  # noqa: F811
        for type_, left in ((GroupType.CASEWORK, 0), (GroupType.OPERATIVE, 1)):
            group = form(f"Grupp {type_}", type_)
            meeting = actions.plan_meeting(
                group_id=group.pk, starts_at=NOON + timedelta(2), where="", by=coordinator,
                now=NOON,
            )  # fmt: skip
            page = signed_in(Role.COORDINATOR).post(
                reverse("council_call_off", args=[meeting.pk]), follow=True
            )

            assert (page.status_code, group.meetings.count()) == (200, left)

    def test_there_are_no_minutes_to_print(self, form, held, signed_in):  # noqa: F811
        meeting = held(form("SSPF", GroupType.CASEWORK), minutes="")
        client = signed_in(Role.COORDINATOR)

        assert client.get(reverse("council_minutes", args=[meeting.pk])).status_code == 404
        page = client.get(reverse("council_meeting", args=[meeting.pk])).content.decode()
        assert "Dagordning" not in page


class TestDecision:
    """Decision → measure → done, from both ends; a question comes back with its answer."""

    def test_a_decision_creates_its_measure_and_both_show_each_other(
        self, form, held, town, coordinator
    ):
        group = form("EST")
        meeting = held(group, town.process_authority)
        actions.decide(
            meeting_id=meeting.pk, kind=OutcomeKind.MEASURE, text="Laga belysningen",
            organisation=town.process_authority, due_on=DUE, by=coordinator, now=NOON,
        )  # fmt: skip
        measure = Measure.objects.get()
        _template, context = queries.decided_by(coordinator, measure)
        measure_actions.set_status(measure_id=measure.pk, status="klar", by=coordinator, now=NOON)
        (row,) = queries.decisions(group, coordinator)

        assert context["decisions"][0].group == "EST"
        assert (row.measure, row.measure_status) == ("Laga belysningen", "Klar")

    def test_a_decision_moves_a_measure_or_ends_it(self, form, held, town, coordinator):
        group = form("EST")
        meeting = held(group, town.process_authority)
        how = {"meeting_id": meeting.pk, "by": coordinator, "now": NOON}
        actions.decide(
            kind=OutcomeKind.MEASURE, text="Laga belysningen", organisation=town.process_authority,
            due_on=DUE, **how,
        )  # fmt: skip
        measure = Measure.objects.get()
        later = date(2027, 2, 1)
        actions.decide(
            kind=OutcomeKind.MEASURE, text="Får vänta", measure=measure, due_on=later, **how
        )
        with pytest.raises(MeasureRefused):  # no reason is given
            actions.decide(
                kind=OutcomeKind.MEASURE, text="Läggs ner", measure=measure,
                becomes=MeasureStatus.NOT_DONE, **how,
            )  # fmt: skip
        actions.decide(
            kind=OutcomeKind.MEASURE, text="Läggs ner", measure=measure,
            becomes=MeasureStatus.NOT_DONE, why_not="no_money", **how,
        )  # fmt: skip
        with pytest.raises(MeasureRefused):  # closed: not moved any more
            actions.decide(
                kind=OutcomeKind.MEASURE, text="Igen", measure=measure, due_on=DUE, **how
            )
        measure.refresh_from_db()
        rows = queries.of_meeting(meeting, coordinator)

        assert (measure.due_on, measure.status) == (later, MeasureStatus.NOT_DONE)
        assert [(row.due_from, row.due_on) for row in rows] == [
            (None, None), (DUE, later), (None, None)
        ]  # fmt: skip
        assert rows[2].becomes == "Ej gjord"

    def test_a_question_goes_up_and_comes_back(self, form, held, town, coordinator):
        operative, steering = form("EST"), form("Styrgruppen", GroupType.STEERING)
        asked = actions.decide(
            meeting_id=held(operative).pk, kind=OutcomeKind.ESCALATED, text="Ska vi ha väktare?",
            put_to=steering, by=coordinator, now=NOON,
        )  # fmt: skip
        agenda = queries.proposed_agenda(steering, coordinator, now=NOON)
        assert agenda[0]["text"] == "Fråga från EST: Ska vi ha väktare?"
        how = {"meeting_id": held(steering).pk, "kind": OutcomeKind.ANSWERED, "text": "Ja, i sommar.",
               "answers": asked, "by": coordinator, "now": NOON}  # fmt: skip
        actions.decide(**how)
        (row,) = queries.decisions(operative, coordinator)

        assert row.answer == "Styrgruppen: Ja, i sommar."
        assert queries.open_questions(steering) == []
        with pytest.raises(NotAllowed) as refusal:
            actions.decide(**how)
        assert refusal.value.reason == Reason.ANSWERED

    def test_nothing_is_decided_before_it_was_held(self, form, coordinator):
        meeting = actions.plan_meeting(
            group_id=form("EST").pk, starts_at=datetime(2027, 1, 1, tzinfo=UTC), where="",
            by=coordinator, now=NOON,
        )  # fmt: skip
        for act, reason in (
            (lambda: actions.decide(meeting_id=meeting.pk, kind=OutcomeKind.STATEMENT, text="x",
                                    by=coordinator, now=NOON), Reason.NOT_HELD),
            (lambda: actions.hold(meeting_id=meeting.pk, attended=[], minutes="", diarienummer="",
                                  by=coordinator, now=NOON), Reason.NOT_OVER),
        ):  # fmt: skip
            with pytest.raises(NotAllowed) as refusal:
                act()
            assert refusal.value.reason == reason

    def test_an_agenda_holds_no_other_municipality_s_measures(
        self, form, coordinator, other_town, person
    ):
        Membership.objects.create(
            user=coordinator, organisation=other_town.process_authority, role=Role.COORDINATOR,
            starts_on=date(2020, 1, 1),
        )  # fmt: skip
        both = User.objects.get(pk=coordinator.pk)
        measure_actions.decide_measure(
            organisation_id=other_town.process_authority_id, what="Hemlig i Båstad",
            due_on=date(2026, 1, 1),
            described=measure_actions.Description(kind=Kind.REMEDYING), by=both, now=NOON,
        )  # fmt: skip

        assert queries.proposed_agenda(form("EST"), both, now=NOON) == []

    def test_internal_items_are_seen_inside_the_authority_alone(
        self, form, town, coordinator, person
    ):
        group, walkers = form("EST"), make_organisation(town, "Nattvandrarna", "nattvandrare")
        actions.seat(
            group_id=group.pk, organisation_id=walkers.pk, position="", is_leading=False,
            is_substitute=False, by=coordinator, now=NOON,
        )  # fmt: skip
        meeting = actions.plan_meeting(
            group_id=group.pk, starts_at=NOON, where="", by=coordinator, now=NOON
        )
        actions.write_agenda(
            meeting_id=meeting.pk, by=coordinator, now=NOON,
            items=[{"text": "Öppet", "internal": False}, {"text": "Inre", "internal": True}],
        )  # fmt: skip
        meeting.refresh_from_db()

        outside = person(Role.ASSOCIATION_CONTACT, walkers)
        assert [one["text"] for one in queries.agenda(meeting, outside)] == ["Öppet"]
        assert len(queries.agenda(meeting, coordinator)) == 2


class TestSeat:
    """A seat is changed in place, and a substitute stands in for one."""

    def test_a_substitute_stands_in_for_an_ordinary_seat(self, form, town, coordinator):
        group, how = form("Rådet"), {"by": coordinator, "now": NOON}
        school = make_organisation(town, "Skolan", "skola")
        care = make_organisation(town, "Omsorgen", "vard-omsorg")
        first = actions.seat(
            group_id=group.pk, organisation_id=school.pk, position="rektor", is_leading=True,
            is_substitute=False, **how,
        )  # fmt: skip
        second = actions.seat(
            group_id=group.pk, organisation_id=care.pk, position="chef", is_leading=False,
            is_substitute=False, substitutes_for=first, **how,
        )  # fmt: skip

        assert second.is_substitute
        changed = actions.change_seat(
            group_id=group.pk, member_id=first.pk, position="skolchef", is_leading=True,
            is_substitute=False, substitutes_for=None, **how,
        )  # fmt: skip
        assert (changed.organisation_id, changed.position) == (school.pk, "skolchef")
        assert queries.earlier_seats(group) == [first]  # as it was, in the history
        second.refresh_from_db()
        assert second.substitutes_for == changed
        with pytest.raises(NotAllowed) as refusal:
            actions.change_seat(
                group_id=group.pk, member_id=changed.pk, position="skolchef", is_leading=True,
                is_substitute=False, substitutes_for=second, **how,
            )  # fmt: skip
        assert refusal.value.reason == Reason.NO_SUCH_SEAT


class TestAgreement:
    """With purposes and areas, between inclusive days; several at once."""

    @pytest.fixture
    def save(self, town, coordinator):
        def make(**how):
            police = make_organisation(town, "Lokalpolisområde Ängelholm", "polis")
            return agreement_actions.save_agreement(
                **{"municipality_id": town.pk, "agreement_id": None, "name": "Samverkan",
                   "purposes": "Trygghet", "areas": "Trafik, belysning", "signatories": ["KSO"],
                   "parties": [police, town.process_authority], "starts_on": date(2020, 1, 1),
                   "ends_on": date(2022, 12, 31), "signed_on": date(2020, 1, 1),
                   "diarienummer": "KS 2019/1", "by": coordinator, "now": NOON} | how
            )  # fmt: skip

        return make

    @pytest.mark.parametrize(
        ("day", "active"),
        [(date(2021, 6, 1), True), (date(2022, 12, 31), True), (date(2023, 1, 1), False),
         (date(2019, 12, 31), False)],
    )  # fmt: skip
    def test_both_its_days_are_inside(self, day, active, save):
        assert rules.is_active(save(), day) is active

    def test_a_party_reads_its_own_and_no_other(self, save, town, person):
        signed = save()
        police = signed.parties.get(kind__code="polis")
        liaison = person(Role.POLICE_LIAISON, police)
        outsider = person(Role.REPORTER, make_organisation(town, "Gata", "samhallsbyggnad"))

        assert [one for one, _active in queries.agreements(liaison, today=TODAY)] == [signed]
        assert queries.agreements(outsider, today=TODAY) == []

    def test_a_signed_one_is_kept_as_it_was_with_the_reason(self, save):
        signed = save()
        with pytest.raises(NotAllowed) as refusal:
            save(agreement_id=signed.pk, parties=list(signed.parties.all()), areas="Trafik")
        changed = save(
            agreement_id=signed.pk, parties=list(signed.parties.all()), areas="Trafik",
            reason="Belysningen har egen överenskommelse",
        )  # fmt: skip

        assert refusal.value.reason == Reason.NO_REASON
        (version,) = changed.versions.all()
        assert changed.areas == "Trafik"
        assert version.content["areas"] == "Trafik, belysning"
        assert version.content["ends_on"] == "2022-12-31"
        assert version.reason.startswith("Belysningen")

    @pytest.mark.parametrize("missing", ["purposes", "areas"])
    def test_it_is_not_signed_without_purpose_and_area(self, missing, save):
        with pytest.raises(NotAllowed) as refusal:
            save(**{missing: ""})

        assert refusal.value.reason == Reason.NO_PURPOSE
        assert not rules.is_active(save(**{missing: "", "signed_on": None}), date(2021, 1, 1))

    def test_the_database_holds_it_too(self, save):
        one = save()
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=one.pk).update(purposes="")


class TestDirectory:
    """Staff find each other by what they do; leavers and protected identities are not shown."""

    def test_units_are_found_by_what_they_do(self, town, person):
        school = make_organisation(town, "Skola", "skola")
        teacher = person(Role.REPORTER, school)
        agreement_actions.write_page(
            organisation_id=school.pk, tasks="Undervisning", challenges="",
            competence=["Konflikthantering", " "], mailbox="skola@bjuv.example", by=teacher,
            now=NOON,
        )  # fmt: skip
        agreement_actions.offer_help(
            competence=["föräldrastöd"], is_protected=False, by=teacher, now=NOON
        )

        def found(word):
            return [
                one.organisation.name for one in queries.directory(teacher, asked=word, today=TODAY)
            ]

        assert found("konflikt") == found("föräldra") == ["Skola"]
        teacher.memberships.update(ends_before=TODAY)
        reader = person(Role.REPORTER, school)
        (unit,) = [
            one for one in queries.directory(reader, today=TODAY) if one.organisation == school
        ]
        assert unit.colleagues == []

    def test_a_protected_identity_is_never_shown(self, town, person):
        school = make_organisation(town, "Skola", "skola")
        teacher = person(Role.REPORTER, school)
        agreement_actions.offer_help(competence=["x"], is_protected=True, by=teacher, now=NOON)

        assert not any(one.colleagues for one in queries.directory(teacher, today=TODAY))

    @pytest.mark.parametrize("role", [Role.ASSOCIATION_CONTACT, Role.GUARD, Role.MEMBER])
    def test_it_is_for_staff_alone(self, role, town, signed_in):  # noqa: F811
        client = signed_in(role, make_organisation(town, "Nattvandrarna", "nattvandrare"))

        assert client.get(reverse("directory")).status_code == 404

    def test_a_company_s_reporter_is_no_staff(self, town, person, signed_in):  # noqa: F811
        housing = make_organisation(town, "Bostadsbolaget", "bostadsbolag")

        assert signed_in(Role.REPORTER, housing).get(reverse("directory")).status_code == 404
        with pytest.raises(NotAllowed):
            agreement_actions.ask_for_help(
                from_id=housing.pk, to_id=town.process_authority_id, text="x",
                by=person(Role.REPORTER, housing), now=NOON,
            )  # fmt: skip

    def test_help_is_asked_for_and_given(self, town, person):
        school = make_organisation(town, "Skola", "skola")
        leisure = make_organisation(town, "Fritid", "kultur-fritid")
        teacher, leader = person(Role.REPORTER, school), person(Role.REPORTER, leisure)
        asked = agreement_actions.ask_for_help(
            from_id=school.pk, to_id=leisure.pk, text="Kan ni öppna hallen?", by=teacher, now=NOON
        )
        with pytest.raises(PermissionDenied):
            agreement_actions.answer_help(request_id=asked.pk, by=teacher, now=NOON)
        agreement_actions.answer_help(request_id=asked.pk, by=leader, now=NOON)

        assert queries.requests_to(teacher)[0].answered_at == NOON


class TestPages:
    """From a planned meeting to its minutes, on the pages."""

    def test_a_meeting_is_planned_held_decided_and_printed(self, form, town, signed_in):  # noqa: F811
        group = form("EST")
        client = signed_in(Role.COORDINATOR)
        client.post(
            reverse("council_plan", args=[group.pk]),
            {"meeting-starts_at": "2026-01-10T09:00", "meeting-where": "Kommunhuset"},
        )
        meeting = Meeting.objects.get()
        page = reverse("council_meeting", args=[meeting.pk])
        client.post(
            reverse("council_agenda", args=[meeting.pk]), {"agenda-lines": "Läget\n! Inre fråga"}
        )
        client.post(
            reverse("council_hold", args=[meeting.pk]),
            {"hold-attended": [town.process_authority_id], "hold-minutes": "Vi gick igenom läget."},
        )
        client.post(
            reverse("council_decide", args=[meeting.pk]),
            {"decision-kind": "atgard", "decision-text": "Mer ljus", "decision-due_on": "2026-12-01", "decision-work": "forebyggande",
             "decision-organisation": town.process_authority_id},
        )  # fmt: skip
        shown = client.get(page).content.decode()
        pdf = client.get(reverse("council_minutes", args=[meeting.pk]))
        meeting.refresh_from_db()

        assert meeting.status == Status.HELD
        assert "Inre fråga" in shown
        assert "Mer ljus" in shown
        assert Measure.objects.get().what == "Mer ljus"
        assert pdf.content.startswith(b"%PDF")
        assert b"pdfuaid" in pdf.content
        assert client.get(reverse("measure", args=[Measure.objects.get().pk])).status_code == 200

    def test_pages_open_for_those_who_may(self, form, signed_in, other_town):  # noqa: F811
        group = form("EST")
        names = ["councils", "council_add", "agreements", "agreement_add", "directory",
                 "directory_me"]  # fmt: skip
        pages = [*map(reverse, names), reverse("council", args=[group.pk])]
        client = signed_in(Role.COORDINATOR)
        assert {client.get(page).status_code for page in pages} == {200}
        stranger = signed_in(Role.COORDINATOR, other_town.process_authority)
        assert stranger.get(pages[-1]).status_code == 404
        leader = signed_in(Role.LEADER)
        assert leader.get(reverse("council_add")).status_code == 404
