"""Doors of the round that are shut: each was found open once."""

import io
from datetime import timedelta

import pypdf
import pytest

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
    feedback,
    meeting_actions,
    queries,
    setting_actions,
    ticking,
)
from samlad.rounds.clock import TRELLEBORG, Cadence, HolidayWeeks
from samlad.rounds.rules import NotAllowed, Reason
from samlad.rounds.workflow import (
    Answer,
    Outcome,
    Question,
    RejectionReason,
)
from tests.rounds.conftest import (
    CLOSED,
    MONDAY,
    TUESDAY_BEFORE,
    adopt,
    answer,
    at,
    decide,
    presence,
)

ABOUT_REPORTS = ("incidents.incident.reported", "rounds.answer.given")


def compile_now(picture, by):
    tasks.compile_draft.call(picture.pk, by.pk)
    picture.refresh_from_db()
    return picture


class TestShut:
    """What must not be seen, changed or counted once it is past."""

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
