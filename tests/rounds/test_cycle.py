"""A week from opening to feedback: who has said what, what is reviewed, what is told."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from samlad.audit.models import AuditEvent
from samlad.authorization.permissions import Role
from samlad.incidents.models import BatchAuthor, Incident
from samlad.picture import actions as picture_actions
from samlad.picture import showing, tasks
from samlad.picture.periods import Cadence as PictureCadence
from samlad.picture.periods import Period
from samlad.picture.rules import NotAllowed as PictureRefused
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
from samlad.rounds.clock import TRELLEBORG, Cadence, HolidayWeeks
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
from tests.rounds.conftest import MONDAY, at

TUESDAY_BEFORE = at("2026-11-24", "09:00")
CLOSED = at("2026-11-24", "12:01")
ABOUT_REPORTS = ("incidents.incident.reported", "rounds.answer.given")


def presence(round_):
    return {row.organisation: row.presence for row in roll_call.roll_call(round_)}


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
        for name, answer in (("Skolan", Answer.DONE), ("Väktarna", Answer.NOTHING)):
            organisation = expected[name].memberships.get().organisation_id
            actions.answer(
                round_id=week.pk,
                organisation_id=organisation,
                answer=answer,
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


def answer(week, user, said, now=TUESDAY_BEFORE):
    return actions.answer(
        round_id=week.pk,
        organisation_id=user.memberships.get().organisation_id,
        answer=said,
        by=user,
        now=now,
    )


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


def decide(week, incident, by, outcome=Outcome.INCLUDED, now=CLOSED, **more):
    return review_actions.decide(
        round_id=week.pk, incident_id=incident.pk, outcome=outcome, by=by, now=now, **more
    )


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


@pytest.fixture
def adopted(week, expected, report, person, worked):
    """The week's picture adopted by a coordinator; one report kept, one rejected."""
    coordinator = person(Role.COORDINATOR)
    kept, rejected = report(expected["Skolan"]), report(expected["Väktarna"])
    answer(week, expected["Skolan"], Answer.DONE)
    decide(week, kept, coordinator)
    decide(week, rejected, coordinator, Outcome.REJECTED, reason=RejectionReason.NOT_SAFETY)
    with worked():
        actions.finish_review(round_id=week.pk, by=coordinator, now=CLOSED)
    adopt(week, coordinator)
    return coordinator, kept, rejected


def adopt(week, by):
    week.refresh_from_db()
    return actions.adopt(round_id=week.pk, summary="Lugnt.", by=by, now=CLOSED)


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


def compile_now(picture, by):
    tasks.compile_draft.call(picture.pk, by.pk)
    picture.refresh_from_db()
    return picture


class TestShut:
    """Doors a second pair of eyes found open."""

    def test_who_answered_is_not_beside_what_was_reported(self, week, expected, report):
        """The chain must not tell who wrote a report by who answered in the same breath."""
        report(expected["Skolan"])
        answer(week, expected["Skolan"], Answer.DONE)

        for event in AuditEvent.objects.filter(event__in=ABOUT_REPORTS):
            assert f"user:{expected['Skolan'].pk}" not in event.actor

    def test_the_adopted_version_names_nobody_silent(self, week, adopted):
        week.refresh_from_db()
        read = showing.read(week.picture, public=True)
        said = " ".join([*read.how, read.built_on, read.beside.reporters])

        assert "1 av 3 har lämnat" in said
        assert "Väktarna" not in said
        assert read.coverage == []

    def test_a_report_that_comes_after_the_review_is_left_out(
        self, week, expected, report, person, worked
    ):
        coordinator = person(Role.COORDINATOR)
        kept = report(expected["Skolan"])
        decide(week, kept, coordinator)
        with worked():
            actions.finish_review(round_id=week.pk, by=coordinator, now=CLOSED)
        report(expected["Skolan"], now=CLOSED)
        week.refresh_from_db()
        picture_actions.recompile(picture_id=week.picture_id, by=coordinator, now=CLOSED)
        picture = compile_now(week.picture, coordinator)

        (skolan,) = [
            c for c in picture.compiled["coverage"] if c["source"]["name"].endswith("Skolan")
        ]
        assert skolan["incidents"] == 1
        assert picture.compiled["unreviewed"] == 1

    def test_a_picture_made_by_hand_leaves_out_the_same(self, week, expected, report, person):
        coordinator, refused = person(Role.COORDINATOR), report(expected["Skolan"])
        decide(week, refused, coordinator, Outcome.REJECTED, reason=RejectionReason.PERSON)
        period = Period(PictureCadence.WEEK, week.starts_on, week.ends_before)
        made = picture_actions.start(
            municipality_id=week.municipality_id, period=period, by=coordinator, now=CLOSED
        )

        assert compile_now(made, coordinator).given["excluded"] == [refused.pk]

    def test_what_was_said_is_frozen_and_what_was_removed_is_not(
        self, week, expected, person, worked
    ):
        coordinator = person(Role.COORDINATOR)
        with worked():
            actions.finish_review(round_id=week.pk, by=coordinator, now=CLOSED)
        week.refresh_from_db()
        how = {
            "round_id": week.pk,
            "organisation_id": week.owner_id,
            "area": None,
            "by": coordinator,
            "now": CLOSED,
        }
        meeting_actions.write_note(text="Mer rörelse vid stationen.", **how)
        gone = meeting_actions.write_note(text="Tas bort.", **how)
        meeting_actions.remove_note(round_id=week.pk, note_id=gone.pk, by=coordinator, now=CLOSED)
        picture = adopt(week, coordinator)

        assert [note["text"] for note in picture.frozen["notes"]] == ["Mer rörelse vid stationen."]
        with pytest.raises(NotAllowed):
            meeting_actions.write_note(text="För sent.", **how)

    def test_a_round_s_picture_is_adopted_at_its_meeting_alone(self, week, adopted, person, worked):
        week.refresh_from_db()
        assert week.picture.in_round
        type(week.picture).objects.filter(pk=week.picture_id).update(
            status="granskad", number=None, adopted_at=None, adopted_by=None, frozen_hash=""
        )

        with pytest.raises(PictureRefused):
            picture_actions.adopt(picture_id=week.picture_id, by=adopted[0], now=CLOSED)

    def test_a_compilation_that_fails_late_spoils_no_adopted_picture(self, week, adopted):
        week.refresh_from_db()
        picture_actions.note_failed_compilation(
            picture_id=week.picture_id, by=adopted[0], now=CLOSED
        )
        week.picture.refresh_from_db()

        assert week.picture.compilation == "done"

    def test_authors_are_erased_also_where_nothing_is_sent(self, week, adopted, expected):
        ticking.tick(CLOSED + timedelta(weeks=8, days=1))

        assert not BatchAuthor.objects.filter(user=expected["Skolan"]).exists()

    def test_a_longer_process_leaves_earlier_reports_alone(self, town, week, expected, report):
        earlier = report(expected["Skolan"], day="2026-03-02")
        yearly = setting_actions.save_process(
            municipality_id=town.pk,
            name="Året",
            cadence=Cadence.YEARLY,
            first_on=MONDAY,
            moments=TRELLEBORG,
            holidays=HolidayWeeks.MOVED,
            two_persons=False,
            by=None,
            now=CLOSED,
        )
        actions.open_rounds(process_id=yearly.pk, now=CLOSED)

        assert earlier.pk not in queries.left_out(town.pk, until=week.ends_before)[0]

    def test_a_question_waits_in_the_next_round_too(self, process, week, expected, report, person):
        coordinator, asked = person(Role.COORDINATOR), report(expected["Skolan"])
        decide(week, asked, coordinator, Outcome.ASKED, reason=Question.WHERE)
        (following,) = actions.open_rounds(process_id=process.pk, now=at("2026-11-24"))

        assert [row.incident.pk for row in queries.reports_to_review(following, coordinator)] == [
            asked.pk
        ]

    def test_the_week_is_not_answered_before_its_last_days(self, week, expected):
        with pytest.raises(NotAllowed) as refusal:
            answer(week, expected["Skolan"], Answer.NOTHING, now=at("2026-11-17"))

        assert refusal.value.reason == Reason.TOO_EARLY

    def test_a_report_after_nothing_to_report_is_seen(self, week, expected, report):
        answer(week, expected["Skolan"], Answer.NOTHING)
        report(expected["Skolan"], now=TUESDAY_BEFORE)

        assert presence(week)["Skolan"] == "lämnad"

    def test_an_answer_given_in_time_stays_in_time(self, week, expected):
        answer(week, expected["Skolan"], Answer.DONE)

        assert not answer(week, expected["Skolan"], Answer.DONE, now=CLOSED).is_late

    def test_linking_twice_keeps_the_link(self, week, expected, report, person):
        coordinator = person(Role.COORDINATOR)
        first = report(expected["Skolan"], latitude=56.05, longitude=12.95)
        second = report(expected["Väktarna"], latitude=56.05, longitude=12.95)
        for _ in range(2):
            decide(week, first, coordinator, Outcome.LINKED, twin_id=second.pk)

        assert Incident.objects.get(pk=first.pk).occurrence_id is not None

    @pytest.mark.parametrize("twin", [None, 999_999])
    def test_an_unknown_twin_is_refused(self, twin, week, expected, report, person):
        with pytest.raises(NotAllowed) as refusal:
            decide(
                week, report(expected["Skolan"]), person(Role.COORDINATOR), Outcome.LINKED,
                twin_id=twin,
            )  # fmt: skip

        assert refusal.value.reason == Reason.NO_TWIN

    def test_one_s_reports_are_not_read_after_one_has_left(self, week, expected, report):
        user = expected["Skolan"]
        report(user)
        user.memberships.update(ends_before="2020-01-02")

        assert feedback.own_reports(type(user).objects.get(pk=user.pk)) == []

    def test_changing_the_clock_keeps_who_shares_it(self, town, other_town, process):
        process.with_municipalities.add(other_town)
        setting_actions.save_process(
            municipality_id=town.pk,
            name="EST",
            cadence=Cadence.WEEKLY,
            first_on=MONDAY,
            moments=TRELLEBORG,
            holidays=HolidayWeeks.MOVED,
            two_persons=False,
            by=None,
            now=CLOSED,
        )

        assert list(process.with_municipalities.all()) == [other_town]


def test_the_pdf_says_coverage_and_what_was_said(week, adopted):
    """The general version as it is sent: how many had submitted, and not who was silent."""
    week.refresh_from_db()
    text = " ".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(showing.pdf(week.picture))).pages
    )

    assert "1 av 3 har lämnat" in " ".join(text.split())
    assert "Väktarna" not in text


def test_what_stands_beside_an_adopted_picture_stays_and_says_so(week, adopted, client):
    """A page kept open since before the adoption is told, and nothing fails."""
    client.force_login(adopted[0], "allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/omgangar/{week.pk}/mote/").content.decode()
    assert "fokus/1/ta-bort" not in page
    assert 'name="focus-what"' not in page

    for address in ("mote/fokus/1/ta-bort/", "mote/notis/1/ta-bort/"):
        answer = client.post(f"/omgangar/{week.pk}/{address}", follow=True)
        assert answer.status_code == 200
        assert "Omgångens lägesbild är fastställd." in answer.content.decode()
