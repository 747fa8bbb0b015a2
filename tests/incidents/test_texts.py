"""What somebody wrote: refused, held, redacted, cleared. Never seen by the wrong person."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.urls import reverse

from samlad.audit.models import AuditEvent
from samlad.authorization.permissions import Permission, Role
from samlad.guard.refusing import PersonalData
from samlad.incidents import reviewing, text_actions
from samlad.incidents.models import Batch, Incident, IncidentText
from samlad.incidents.rules import NotAllowed
from samlad.incidents.workflow import ClearReason, TextState
from tests.cast import NOON, make_organisation

HEADER = "id;tid;typ;område;plats;beskrivning\n"
NAMED = "Kevin Andersson sparkade på dörren"
NUMBERED = "Anmält av 850709-9805 på plats"


@pytest.fixture
def held(take_in):
    """An incident whose text waits."""
    take_in(HEADER + f"1;2026-11-14;Klotter;Södra;;{NAMED}\n")
    return Incident.objects.get()


@pytest.mark.django_db
class TestImport:
    """Certain: stored without the words, and listed. Uncertain: hidden. The event counts."""

    def test_a_row_with_a_certain_hit_is_stored_without_its_words_and_listed(self, take_in):
        batch = take_in(
            HEADER
            + f"1;2026-11-14;Klotter;Södra;;{NUMBERED}\n"
            + "2;2026-11-14;Klotter;Södra;;Ring 070-174 06 05\n"
            + "3;2026-11-14;Klotter;Södra;;Vid kiosken\n"
        )

        assert (batch.accepted, batch.rejected, batch.removed) == (3, 0, 2)
        texts = {t.incident.row_number: t for t in IncidentText.objects.all()}
        assert (texts[2].state, texts[2].text, texts[2].kinds) == ("removed", "", "personnummer")
        assert (texts[3].state, texts[3].text, texts[3].kinds) == ("removed", "", "phone")
        assert (texts[4].state, texts[4].text) == ("shown", "Vid kiosken")

    def test_a_row_with_an_uncertain_hit_counts_while_its_words_wait(self, take_in):
        batch = take_in(HEADER + f"1;2026-11-14;Klotter;Södra;;{NAMED}\n")

        assert (batch.accepted, batch.held) == (1, 1)
        assert IncidentText.objects.get().state == TextState.HELD

    @pytest.mark.parametrize("column", ["id", "typ", "plats", "område"])
    def test_whatever_the_column_a_certain_hit_is_not_stored(self, take_in, column):
        cells = {"id": "7", "tid": "2026-11-14", "typ": "Klotter", "område": "", "plats": "",
                 "beskrivning": "", column: "850709-9805"}  # fmt: skip

        batch = take_in(HEADER + ";".join(cells.values()) + "\n")

        assert batch.accepted == 1
        assert "850709-9805" not in whole_database()

    def test_an_address_nobody_knows_is_kept_in_words_and_guarded(self, take_in):
        take_in(
            HEADER
            + "1;2026-11-14;Klotter;;Vid kiosken;\n"
            + "2;2026-11-14;Klotter;;bor på Ekvägen 14;\n"
        )

        states = {t.place_text: t.state for t in IncidentText.objects.all()}
        assert states == {"Vid kiosken": "shown", "bor på Ekvägen 14": "held"}

    def test_a_name_of_a_column_is_not_stored(self, take_in, person, source, data_folder):
        from samlad.incidents import actions
        from samlad.intake.errors import FileFault, UnusableFile

        with pytest.raises(UnusableFile) as refusal:
            actions.receive(
                source_id=source.pk,
                name="lista.csv",
                chunks=[b"2026-11-14;850709-9805\n2026-11-15;x\n"],
                by=person(Role.COORDINATOR),
                now=NOON,
            )

        assert refusal.value.reason == FileFault.NO_HEADER
        assert not list((data_folder / "uploads").iterdir())

    def test_a_name_of_a_file_is_stored_without_people(self, take_in, source, tmp_path):
        path = tmp_path / "Kevin Andersson 850709-9805.csv"
        path.write_text(HEADER + "1;2026-11-14;Klotter;;;\n")

        take_in(path)

        assert Batch.objects.get().file_name == "▮ ▮.csv"


def whole_database():
    """Return every character the database holds in its tables."""
    from django.apps import apps

    return str([list(m._default_manager.values()) for m in apps.get_models()])


@pytest.mark.django_db
class TestReview:
    """A reviewer of the receiving authority sees the words marked, and decides."""

    def test_the_words_are_marked_for_the_reviewer(self, held, person):
        (waiting,), number = reviewing.held_texts(person(Role.REVIEWER))

        assert number == 1
        assert [(p.text, bool(p.label)) for p in waiting.pieces] == [
            ("Kevin Andersson", True), (" sparkade på dörren", False),
        ]  # fmt: skip

    @pytest.mark.parametrize("role", [*Role, None])
    def test_only_those_who_review_decide(self, role, held, person):
        by = person(role)
        if role in {Role.COORDINATOR, Role.REVIEWER}:
            assert text_actions.refuse(incident_id=held.pk, by=by, now=NOON).state == "refused"
        else:
            with pytest.raises(PermissionDenied):
                text_actions.refuse(incident_id=held.pk, by=by, now=NOON)
            assert reviewing.held_texts(by) == ([], 0)

    def test_a_neighbour_s_reviewer_sees_nothing(self, held, person, other_town):
        other = person(Role.REVIEWER, other_town.process_authority)

        assert reviewing.count_held(other) == 0
        with pytest.raises(PermissionDenied):
            text_actions.clear(incident_id=held.pk, reason=ClearReason.PLACE, by=other, now=NOON)

    def test_redacting_takes_the_marked_words_out(self, held, person):
        decided = text_actions.redact(
            incident_id=held.pk, words=None, by=person(Role.REVIEWER), now=NOON
        )

        assert (decided.state, decided.text) == ("redacted", "▮▮▮ sparkade på dörren")

    def test_clearing_needs_its_reason_and_leaves_a_trace_without_the_words(self, held, person):
        text_actions.clear(
            incident_id=held.pk, reason=ClearReason.OTHER_WORD, by=person(Role.REVIEWER), now=NOON
        )

        event = AuditEvent.objects.get(event="incidents.text.cleared")
        assert event.details["after"] == {"state": "cleared", "reason": "other_word"}
        assert "Kevin" not in str(event.details)

    def test_a_certain_hit_is_refused_in_a_reviewer_s_own_words_too(self, held, person):
        with pytest.raises(PersonalData):
            text_actions.reword(
                incident_id=held.pk, text=NUMBERED, place_text="", by=person(Role.REVIEWER),
                now=NOON,
            )  # fmt: skip

    def test_a_decision_is_made_once_and_can_be_taken_back(self, held, person):
        reviewer = person(Role.REVIEWER)
        text_actions.refuse(incident_id=held.pk, by=reviewer, now=NOON)
        with pytest.raises(NotAllowed):
            text_actions.refuse(incident_id=held.pk, by=reviewer, now=NOON)

        assert text_actions.hold(incident_id=held.pk, by=reviewer, now=NOON).state == "held"


@pytest.mark.django_db
class TestPages:
    """A held text is on no page but the reviewer's."""

    def test_nobody_else_sees_it(self, held, signed_in, town):
        addresses = [
            reverse("incidents"), reverse("start"), reverse("twins"), reverse("batches"),
            reverse("batch", args=[Batch.objects.get().pk]),
            reverse("incident_export", args=["csv"]), reverse("incident_export", args=["geojson"]),
        ]  # fmt: skip
        for role in Role:
            client = signed_in(role)
            for address in addresses:
                answer = client.get(address)
                content = b"".join(answer) if answer.streaming else answer.content
                assert b"Kevin" not in content, (role, address)
            reviews = role in {Role.COORDINATOR, Role.REVIEWER}
            page = client.get(reverse("held"))
            assert page.status_code == (200 if reviews else 404)
            assert (b"Kevin" in page.content) == reviews

    def test_a_form_with_a_certain_hit_is_refused_and_says_what_kind(self, signed_in, town):
        client = signed_in(Role.COORDINATOR)
        answer = client.post(
            reverse("place_new"),
            {"name": "Ring 070-174 06 05", "kind": "park", "access": "offentlig",
             "latitude": "56.08", "longitude": "12.95"},
        )  # fmt: skip

        assert "telefonnummer" in answer.content.decode()
        assert "070-174" not in whole_database()

    def test_an_uncertain_hit_in_the_authority_s_own_text_is_asked_about(self, signed_in, source):
        client = signed_in(Role.COORDINATOR)
        sent = {"name": "Kevin Andersson", "kind": "park", "access": "offentlig",
                "latitude": "56.05", "longitude": "13.05"}  # fmt: skip

        asked = client.post(reverse("place_new"), sent).content.decode()
        done = client.post(reverse("place_new"), {**sent, "points_out_nobody": "on"})

        assert "Kevin" in asked
        assert "points_out_nobody" in asked
        assert done.status_code == 302

    def test_what_reaches_the_database_s_door_is_answered_with_one_sentence(
        self, signed_in, town, monkeypatch
    ):
        from samlad.organisations.models import Organisation

        client = signed_in(Role.COORDINATOR)

        def open_the_door(*_):
            with transaction.atomic():
                Organisation.objects.update(name="850709-9805")

        monkeypatch.setattr("samlad.incidents.views.importing.queries.batches", open_the_door)
        answer = client.get(reverse("batches"))

        assert answer.status_code == 400
        assert "personnummer" in answer.content.decode()
        assert "850709" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
class TestTraces:
    """What was refused or redacted is in no page of the database's files."""

    def test_refused_and_redacted_words_are_nowhere(self, take_in, person, data_folder):
        if connection.vendor != "sqlite":
            pytest.skip("looks into SQLite's file; PostgreSQL's pages are vacuumed by the server")
        make_organisation(person(Role.REVIEWER).memberships.first().organisation.municipality, "X")
        take_in(
            HEADER
            + f"1;2026-11-14;Klotter;Södra;;{NUMBERED}\n"
            + f"2;2026-11-14;Klotter;Södra;;{NAMED}\n"
        )
        held = IncidentText.objects.get(state=TextState.HELD)
        assert b"Kevin" in database_bytes()

        text_actions.redact(incident_id=held.pk, words=None, by=person(Role.REVIEWER), now=NOON)

        content = database_bytes()
        assert b"Kevin" not in content
        assert b"850709" not in content


def database_bytes():
    """Return the database's file and its log, as they lie on the disk."""
    name = Path(connection.settings_dict["NAME"])
    return b"".join(
        path.read_bytes() for path in (name, name.with_name(name.name + "-wal")) if path.exists()
    )


@pytest.mark.parametrize("permission", [Permission.TEXT_REVIEW, Permission.INCIDENT_LINK])
@pytest.mark.django_db
def test_a_reviewer_outside_the_authority_reviews_the_own_organisation_only(
    permission, person, town, source
):
    from samlad.authorization import policy

    school = make_organisation(town, "Skola", "skola")

    assert not policy.can(person(Role.REVIEWER, school), permission, source)
