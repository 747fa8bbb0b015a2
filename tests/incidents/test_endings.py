"""A file is undone as a whole until an adopted picture has used it, and withdrawn after that."""

import os
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.incidents import actions, ending_actions, storing, tasks
from samlad.incidents.models import Batch, Incident, Source
from samlad.incidents.rules import NotAllowed, Reason
from samlad.intake import files
from samlad.intake.errors import FileFault, UnusableFile
from tests.cast import NOON, make_organisation

ROWS = "id;tid;typ;område\n1;2026-11-14;Klotter;Södra\n2;2026-11-14;Klotter;Norra\n"
LATER = NOON + timedelta(minutes=5)


@pytest.mark.django_db
class TestUndo:
    """All of it or none of it, with its audit event."""

    def test_its_rows_are_in_no_count_and_then_gone(self, take_in, person):
        batch = take_in(ROWS)

        ending_actions.end(batch_id=batch.pk, by=person(Role.COORDINATOR), now=NOON)

        assert Incident.objects.accepted().count() == 0
        tasks.remove_undone_rows.call(batch.pk)
        assert not Incident.objects.exists()
        assert Batch.objects.get().status == "undone"

    def test_the_same_file_can_be_read_again(self, take_in, person):
        batch = take_in(ROWS)
        ending_actions.end(batch_id=batch.pk, by=person(Role.COORDINATOR), now=NOON)

        assert take_in(ROWS).accepted == 2

    def test_once_used_it_is_withdrawn_and_its_rows_stay(self, take_in, person):
        batch, by = take_in(ROWS), person(Role.COORDINATOR)
        actions.mark_used(batch_ids=[batch.pk], by=by, now=NOON)

        ended = ending_actions.end(batch_id=batch.pk, by=by, now=LATER)

        assert ended.status == "withdrawn"
        assert Incident.objects.accepted().count() == 0
        assert Incident.objects.count() == 2

    def test_it_is_ended_once(self, take_in, person):
        batch, by = take_in(ROWS), person(Role.COORDINATOR)
        ending_actions.end(batch_id=batch.pk, by=by, now=NOON)

        with pytest.raises(NotAllowed) as refusal:
            ending_actions.end(batch_id=batch.pk, by=by, now=NOON)

        assert refusal.value.reason == Reason.NOT_ACCEPTED

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.LEADER, Role.ADMINISTRATOR, None])
    def test_only_those_who_import_undo(self, role, take_in, person):
        batch = take_in(ROWS)

        with pytest.raises(PermissionDenied):
            ending_actions.end(batch_id=batch.pk, by=person(role), now=NOON)

    def test_a_picture_counted_from_it_is_not_adopted(self, take_in, person):
        batch, by = take_in(ROWS), person(Role.COORDINATOR)
        ending_actions.end(batch_id=batch.pk, by=by, now=NOON)

        with pytest.raises(NotAllowed) as refusal:
            actions.mark_used(batch_ids=[batch.pk], by=by, now=NOON)

        assert refusal.value.reason == Reason.NO_LONGER_COUNTED


@pytest.mark.django_db
class TestCutOff:
    """A reading that was cut off begins again from the beginning, or says so."""

    @pytest.fixture
    def waiting(self, source, person, data_folder):
        """An upload as a worker left it when it was killed: some rows staged."""
        batch = actions.receive(
            source_id=source.pk, name="a.csv", chunks=[ROWS.encode()],
            by=person(Role.COORDINATOR), now=NOON,
        )  # fmt: skip
        actions._start(batch.pk, NOON)
        return batch

    def test_it_is_queued_and_read_anew(self, waiting):
        assert ending_actions.resume_cut_off_batches(now=LATER) == 1
        assert Batch.objects.get().status == "waiting"

        tasks.read_batch.call(waiting.pk)

        assert Batch.objects.get().accepted == 2
        assert Batch.objects.get().attempts == 2

    def test_not_while_its_reader_lives(self, waiting):
        assert ending_actions.resume_cut_off_batches(now=NOON + timedelta(seconds=30)) == 0

    def test_a_reader_of_a_process_that_is_gone_does_not_live(self, waiting):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        host = Batch.objects.get().reader_process.split(":")[0]
        Batch.objects.update(reader_process=f"{host}:{child}:x")

        assert ending_actions.resume_cut_off_batches(now=NOON) == 1

    def test_the_earlier_reader_writes_nothing_more(self, waiting):
        earlier = Batch.objects.get()
        ending_actions.resume_cut_off_batches(now=LATER)
        actions._start(waiting.pk, LATER)

        with pytest.raises(NotAllowed):
            storing.note_alive(earlier, now=LATER)
        actions.fail_batch(batch_id=earlier.pk, fault="x", now=LATER, reader=earlier.reader_process)
        assert Batch.objects.get().status == "staging"

    def test_after_three_attempts_it_says_so(self, waiting):
        Batch.objects.update(attempts=3)
        ending_actions.resume_cut_off_batches(now=LATER)

        batch = Batch.objects.get()
        assert batch.status == "failed"
        assert batch.fault

    def test_what_was_taken_from_the_queue_and_never_begun_is_queued_again(self, waiting):
        Batch.objects.update(status="waiting", queued_at=NOON, reader_process="")
        ending_actions.resume_cut_off_batches(now=LATER)

        assert Batch.objects.get().queued_at == LATER


@pytest.mark.django_db
class TestRejected:
    """Rejected rows come back as the same kind of file, made from the file sent once more."""

    CONTENT = ROWS + "3;igår;=Klotter;070-174 06 05\n4;;Klotter;Södra\n"

    def test_with_the_reason_and_without_what_the_guard_refuses(
        self, take_in, signed_in, source, tmp_path
    ):
        from django.core.files.uploadedfile import SimpleUploadedFile

        batch = take_in(self.CONTENT)
        client = signed_in(Role.COORDINATOR)
        same = SimpleUploadedFile("rows.csv", self.CONTENT.encode())

        answer = client.post(reverse("batch_rejected", args=[batch.pk]), {"file": same})

        lines = b"".join(answer).decode("utf-8-sig").splitlines()
        assert lines[0] == "id;tid;typ;område;rad i filen;skäl till avvisning"
        assert lines[1] == "3;igår;'=Klotter;;4;Tiden går inte att läsa."
        assert len(lines) == 3

    def test_corrected_and_sent_again_they_are_read_by_the_same_mapping(self, take_in, tmp_path):
        take_in(self.CONTENT)
        corrected = "id;tid;typ;område;skäl till avvisning\n3;2026-11-15;Klotter;;Tiden går inte\n"

        assert take_in(corrected).accepted == 1

    def test_another_file_gets_nothing(self, take_in, source, tmp_path):
        from samlad.incidents import rejected_rows

        batch = take_in(self.CONTENT)
        (tmp_path / "other.csv").write_text(ROWS)

        with pytest.raises(UnusableFile) as refusal:
            rejected_rows.write(batch, tmp_path / "other.csv", tmp_path / "out")

        assert refusal.value.reason == FileFault.ANOTHER_FILE


@pytest.mark.django_db
class TestSources:
    """A file whose rows name their source is read into those one may import to, and no others."""

    TEXT = (
        "id;tid;typ;källa\n1;2026-11-14;Klotter;Väktarna\n2;2026-11-14;Klotter;felanmälan\n"
        "3;2026-11-14;Klotter;Okänd\n4;2026-11-14;Klotter;\n"
    )

    def test_each_row_goes_where_it_says(self, take_in, source, town):
        guards = Source.objects.create(
            municipality=town, owner=source.owner, code="v", name="Väktarna"
        )

        batch = take_in(self.TEXT)

        assert (batch.accepted, batch.rejected) == (3, 1)
        assert Incident.objects.filter(source=guards).count() == 1
        assert batch.rejections.get().reason == "unknown_source"
        assert list(batch.also_into.all()) == [guards]

    def test_trying_it_says_what_reading_it_does(self, take_in, source, town, tmp_path):
        Source.objects.create(municipality=town, owner=source.owner, code="v", name="Väktarna")
        path = tmp_path / "trying.csv"
        path.write_text(self.TEXT)
        file = files.recognise(path)

        tally = actions.try_reading(
            source=source, file=file, mapping=file.proposed_mapping(), now=lambda: NOON
        )

        assert not Batch.objects.exists()
        batch = take_in(path)
        assert (tally.accepted, tally.rejected) == (batch.accepted, batch.rejected) == (3, 1)

    def test_never_into_a_source_one_may_not_import_to(self, take_in, source, town, person):
        school = make_organisation(town, "Skola", "skola")
        own = Source.objects.create(municipality=town, owner=school, code="s", name="Skolan")
        Source.objects.create(municipality=town, owner=source.owner, code="v", name="Väktarna")

        batch = take_in(self.TEXT, into=own, by=person(Role.REPORTER, school))

        assert (batch.accepted, batch.rejected) == (1, 3)
        assert set(Incident.objects.values_list("source", flat=True)) == {own.pk}


@pytest.mark.django_db
class TestMappings:
    """The columns a person has chosen are proposed for the next file of the same shape."""

    def test_saved_for_the_organisation_and_the_shape(self, source, person, data_folder):
        by = person(Role.COORDINATOR)
        content = b"a;b;c\n2026-11-14;Klotter;x\n"

        def upload(text):
            return actions.receive(
                source_id=source.pk, name="a.csv", chunks=[text], by=by, now=NOON
            )

        from samlad.intake import files
        from samlad.intake.mapping import Mapping

        first = upload(content)
        chosen = Mapping({"time": "a", "category": "c"})
        file = files.recognise(actions.upload_path(first), name="a.csv")
        actions.queue(
            batch_id=first.pk, file=file, mapping=chosen, accept_outside=False, by=by, now=NOON
        )

        assert upload(content + b"2026-11-15;y;z\n").mapping == chosen.as_json()
        assert upload(b"a;b;d\n2026-11-14;Klotter;x\n").mapping != chosen.as_json()
