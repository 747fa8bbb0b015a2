"""A week from opening to feedback: who has said what, what is reviewed, what is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.incidents.models import BatchAuthor, Incident
from samlad.measures.vocabulary import Kind
from samlad.rounds import (
    actions,
    dispatch_actions,
    feedback,
    meeting_actions,
    queries,
    review_actions,
    roll_call,
    rules,
    setting_actions,
    ticking,
)
from samlad.rounds.models import Round
from samlad.rounds.rules import NotAllowed, Reason
from samlad.rounds.workflow import (
    Answer,
    Level,
    Outcome,
    Question,
    RejectionReason,
    ReopenReason,
    Status,
)
from tests.rounds.conftest import CLOSED, MONDAY, TUESDAY_BEFORE, answer, at, decide, presence


class TestRollCall:
    """Lämnad only when somebody says so; silence is not zero."""

    def test_a_report_alone_is_begun_and_nothing_is_silent(self, week, expected, report):
        report(expected["Skolan"])

        assert presence(week) == {
            "Bostadsbolaget": "tyst",
            "Skolan": "påbörjad",
            "Väktarna": "tyst",
        }

    def test_done_and_nothing_to_report_are_submitted(self, week, expected, report):
        report(expected["Skolan"])
        for name, said in (("Skolan", Answer.DONE), ("Väktarna", Answer.NOTHING)):
            organisation = expected[name].memberships.get().organisation_id
            actions.answer(
                round_id=week.pk,
                organisation_id=organisation,
                answer=said,
                by=expected[name],
                now=TUESDAY_BEFORE,
            )

        assert presence(week)["Skolan"] == "lämnad"
        assert presence(week)["Väktarna"] == "inget"
        assert roll_call.coverage(roll_call.roll_call(week)) == {"submitted": 2, "expected": 3}

    def test_nothing_to_report_is_refused_where_there_is_a_report(self, week, expected, report):
        report(expected["Skolan"])

        with pytest.raises(NotAllowed) as refusal:
            answer(week, expected["Skolan"], Answer.NOTHING)

        assert refusal.value.reason == Reason.HAS_REPORTED

    def test_an_answer_after_closing_is_late_and_taken(self, week, expected):
        given = answer(week, expected["Skolan"], Answer.DONE, now=CLOSED)

        assert given.is_late
        assert presence(week)["Skolan"] == "lämnad"

    def test_nobody_answers_for_another_organisation(self, week, expected):
        with pytest.raises(PermissionDenied):
            actions.answer(
                round_id=week.pk,
                organisation_id=expected["Skolan"].memberships.get().organisation_id,
                answer=Answer.DONE,
                by=expected["Väktarna"],
                now=TUESDAY_BEFORE,
            )

    def test_a_connected_source_that_was_read_is_an_answer(self, week, town, take_in, process):
        setting_actions.expect(
            organisation_id=town.process_authority_id,
            starts_on=MONDAY,
            voluntary=False,
            by=None,
            now=at("2026-11-16"),
        )
        batch = take_in("Datum,Kategori\n2026-11-18,Klotter\n")
        type(batch).objects.filter(pk=batch.pk).update(accepted_at=at("2026-11-23", "08:00"))

        assert actions.note_readings(round_id=week.pk, now=TUESDAY_BEFORE) == 1
        assert actions.note_readings(round_id=week.pk, now=TUESDAY_BEFORE) == 0
        assert presence(week)["Kommunstyrelsen"] == "lämnad"

    def test_a_file_read_in_the_middle_of_the_week_is_no_answer(self, week, town, take_in):
        setting_actions.expect(
            organisation_id=town.process_authority_id,
            starts_on=MONDAY,
            voluntary=False,
            by=None,
            now=at("2026-11-16"),
        )
        batch = take_in("Datum,Kategori\n2026-11-18,Klotter\n")
        type(batch).objects.filter(pk=batch.pk).update(accepted_at=at("2026-11-19", "08:00"))

        assert actions.note_readings(round_id=week.pk, now=TUESDAY_BEFORE) == 0


class TestCourse:
    """Öppen → stängd → granskas → klar."""

    def test_rounds_open_once_and_close_by_their_clock(self, week, process):
        assert actions.open_rounds(process_id=process.pk, now=at("2026-11-18")) == []
        assert rules.status_at(week, TUESDAY_BEFORE) == Status.OPEN
        assert rules.status_at(week, CLOSED) == Status.CLOSED

        ticking.tick(CLOSED)

        week.refresh_from_db()
        assert week.status == Status.CLOSED
        assert Round.objects.filter(starts_on=MONDAY + timedelta(7)).exists()

    def test_after_a_standstill_the_week_before_is_opened_too(self, process):
        opened = actions.open_rounds(process_id=process.pk, now=at("2026-11-24"))

        assert [one.starts_on for one in opened] == [MONDAY, MONDAY + timedelta(7)]

    def test_a_reopened_round_stays_open_until_it_is_closed_by_hand(self, week, person):
        coordinator = person(Role.COORDINATOR)
        actions.reopen(
            round_id=week.pk, reason=ReopenReason.MISSING_REPORT, by=coordinator, now=CLOSED
        )
        week.refresh_from_db()
        ticking.tick(CLOSED)

        assert rules.status_at(week, CLOSED) == Status.OPEN
        actions.close(round_id=week.pk, by=coordinator, now=CLOSED)
        week.refresh_from_db()
        assert week.status == Status.CLOSED

    def test_an_open_round_is_not_reviewed(self, week, expected, report, person):
        incident = report(expected["Skolan"])

        with pytest.raises(NotAllowed) as refusal:
            decide(week, incident, person(Role.COORDINATOR), now=TUESDAY_BEFORE)

        assert refusal.value.reason == Reason.NOT_CLOSED

    def test_reminders_go_to_those_who_have_not_answered_once(self, week, expected, worked):
        answer(week, expected["Skolan"], Answer.DONE, now=at("2026-11-20"))
        with worked():
            ticking.tick(at("2026-11-23", "13:01"))
            ticking.tick(at("2026-11-23", "13:02"))

        wanted = {expected["Bostadsbolaget"].email, expected["Väktarna"].email}
        assert {letter.to[0] for letter in mail.outbox} == wanted
        assert len(mail.outbox) == 2
        assert "Torget" not in mail.outbox[0].body


class TestReview:
    """Each report is decided on; a decision can be taken back."""

    def test_only_reviewed_reports_count(self, week, expected, report, person):
        coordinator = person(Role.COORDINATOR)
        kept, asked, rejected, waiting = (report(expected["Skolan"]) for _ in range(4))
        decide(week, kept, coordinator)
        decide(week, asked, coordinator, Outcome.ASKED, reason=Question.WHERE)
        decide(week, rejected, coordinator, Outcome.REJECTED, reason=RejectionReason.TEST)

        left_out, undecided = queries.left_out(week.municipality_id, until=week.ends_before)

        assert left_out == [asked.pk, rejected.pk, waiting.pk]
        assert undecided == 1

    def test_a_rejection_needs_its_reason(self, week, expected, report, person):
        with pytest.raises(NotAllowed) as refusal:
            decide(week, report(expected["Skolan"]), person(Role.COORDINATOR), Outcome.REJECTED)

        assert refusal.value.reason == Reason.NO_REASON

    def test_undo_lets_the_report_wait_again(self, week, expected, report, person):
        coordinator, incident = person(Role.COORDINATOR), report(expected["Skolan"])
        decide(week, incident, coordinator)
        review_actions.undo(round_id=week.pk, incident_id=incident.pk, by=coordinator, now=CLOSED)

        (row,) = queries.reports_to_review(week, coordinator)
        assert row.outcome == ""

    def test_a_twin_is_shown_linked_and_unlinked(self, week, expected, report, person):
        coordinator = person(Role.COORDINATOR)
        first = report(expected["Skolan"], latitude=56.05, longitude=12.95)
        second = report(expected["Väktarna"], latitude=56.05, longitude=12.95)
        rows = {row.incident.pk: row for row in queries.reports_to_review(week, coordinator)}
        assert [twin.pk for twin in rows[first.pk].twins] == [second.pk]

        decide(week, first, coordinator, Outcome.LINKED, twin_id=second.pk)
        first.refresh_from_db()
        assert first.occurrence_id is not None

        review_actions.undo(round_id=week.pk, incident_id=first.pk, by=coordinator, now=CLOSED)
        assert Incident.objects.get(pk=first.pk).occurrence_id is None

    def test_a_late_report_is_shown_as_late(self, week, expected, report, person):
        report(expected["Skolan"], now=at("2026-11-25"))

        (row,) = queries.reports_to_review(week, person(Role.COORDINATOR))
        assert row.is_late

    @pytest.mark.parametrize(
        "role", [r for r in Role if r not in {Role.COORDINATOR, Role.REVIEWER}]
    )
    def test_others_do_not_review(self, role, week, expected, report, person):
        with pytest.raises(PermissionDenied):
            decide(week, report(expected["Skolan"]), person(role))


class TestAdoption:
    """The picture says coverage, counts what was reviewed, and is sent with a log."""

    def test_the_picture_counts_what_was_reviewed_and_says_coverage(self, week, adopted):
        week.refresh_from_db()
        compiled = week.picture.compiled

        assert compiled["reporters"] == {"submitted": 1, "expected": 3}
        assert [row["counts"] for row in compiled["matrix"]] == []  # Torget is in no area
        counted = {c["source"]["name"]: c["incidents"] for c in compiled["coverage"]}
        assert counted["Rapporter: Skolan"] == 1
        assert counted["Rapporter: Väktarna"] == 0

    def test_a_silent_organisation_is_missing_and_not_zero(self, week, adopted):
        week.refresh_from_db()
        methods = {c["source"]["name"]: c["method"] for c in week.picture.compiled["coverage"]}

        assert methods["Rapporter: Väktarna"] == "silent"

    def test_two_persons_where_that_is_demanded(self, week, adopted, person):
        week.refresh_from_db()
        week.process.two_persons = True
        week.process.save()

        with pytest.raises(NotAllowed) as refusal:
            actions.adopt(round_id=week.pk, summary="", by=adopted[0], now=CLOSED)

        assert refusal.value.reason == Reason.SAME_PERSON

    def test_dispatch_shares_logs_and_writes_a_link(self, week, adopted, expected, worked):
        organisation = expected["Skolan"].memberships.get().organisation_id
        coordinator = adopted[0]
        dispatch_actions.save_recipient(
            organisation_id=organisation,
            level=Level.GENERAL,
            with_pdf=True,
            by=coordinator,
            now=CLOSED,
        )
        how = {"round_id": week.pk, "pdf_is_open": False, "by": coordinator, "now": CLOSED}
        with worked():
            dispatched = dispatch_actions.dispatch(**how)
            again = dispatch_actions.dispatch(**how)

        assert [one.organisation_id for one in dispatched] == [organisation]
        assert again == []
        (letter,) = mail.outbox
        assert letter.to == [expected["Skolan"].email]
        assert f"/lagesbild/{week.picture_id}/" in letter.body
        assert "Skadegörelse" not in letter.body
        assert letter.attachments == []

    def test_a_draft_is_not_sent(self, week, person):
        with pytest.raises(NotAllowed) as refusal:
            dispatch_actions.dispatch(
                round_id=week.pk, pdf_is_open=False, by=person(Role.COORDINATOR), now=CLOSED
            )
        assert refusal.value.reason == Reason.NOT_ADOPTED

    def test_the_pdf_goes_with_it_only_when_it_is_said_to_be_open(
        self, week, adopted, expected, worked
    ):
        dispatch_actions.save_recipient(
            organisation_id=expected["Skolan"].memberships.get().organisation_id,
            level=Level.GENERAL,
            with_pdf=True,
            by=adopted[0],
            now=CLOSED,
        )
        with worked():
            dispatch_actions.dispatch(round_id=week.pk, pdf_is_open=True, by=adopted[0], now=CLOSED)

        (attached,) = mail.outbox[0].attachments
        assert attached[0] == "lagesbild.pdf"
        assert attached[1].startswith(b"%PDF")


class TestFeedback:
    """Every reporter sees what became of each report, until the link is erased."""

    def test_the_reporter_is_told_in_coded_text(self, week, adopted, expected):
        (kept,) = feedback.own_reports(expected["Skolan"])
        (rejected,) = feedback.own_reports(expected["Väktarna"])

        assert kept.said == ["Gick in i lägesbilden för v. 47."]
        assert rejected.said == ["Gick inte in i lägesbilden: det rör inte trygghet."]

    def test_a_measure_it_led_to_is_told(self, week, adopted, expected):
        coordinator, kept, _ = adopted
        meeting_actions.act_now(
            round_id=week.pk,
            incident_id=kept.pk,
            finding=None,
            organisation_id=coordinator.memberships.get().organisation_id,
            what="Belysning",
            kind=Kind.REMEDYING,
            by=coordinator,
            now=CLOSED,
        )

        (row,) = feedback.own_reports(expected["Skolan"])
        assert row.said[1] == "Ledde till åtgärd: Belysning, planerad till 2026-12-01."

    def test_the_link_to_the_author_is_erased_by_rule(self, week, adopted, expected):
        dispatch_actions.save_recipient(
            organisation_id=expected["Skolan"].memberships.get().organisation_id,
            level=Level.GENERAL,
            with_pdf=False,
            by=adopted[0],
            now=CLOSED,
        )
        dispatch_actions.dispatch(round_id=week.pk, pdf_is_open=False, by=adopted[0], now=CLOSED)

        ticking.tick(CLOSED + timedelta(weeks=7))
        assert feedback.own_reports(expected["Skolan"])

        ticking.tick(CLOSED + timedelta(weeks=8, hours=1))
        assert not BatchAuthor.objects.filter(user=expected["Skolan"]).exists()
        assert feedback.own_reports(expected["Skolan"]) == []


def test_municipalities_share_a_clock_and_nothing_else(town, other_town, process):
    """One process of two: each its own round; one's coordinator does not see the other's."""
    process.with_municipalities.add(other_town)
    opened = actions.open_rounds(process_id=process.pk, now=at("2026-11-17"))

    assert {one.municipality_id for one in opened} == {town.pk, other_town.pk}
    assert len({(one.starts_on, one.closes_at) for one in opened}) == 1
