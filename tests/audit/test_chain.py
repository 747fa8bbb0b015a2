"""The record of who did what: whole, in order, and not to be changed."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, connections, transaction

from samlad.audit import protection, recorder, verification
from samlad.audit.models import AuditEvent, AuditHead
from tests.cast import NOON


def note(event="picture.picture.adopted", **fields):
    with recorder.atomic():
        recorder.record(event=event, at=NOON, **fields)


@pytest.mark.django_db
class TestRecord:
    """An event and what it speaks of are one transaction."""

    def test_events_are_chained_in_order(self):
        for n in range(3):
            note(counts={"n": n})

        assert [e.sequence for e in AuditEvent.objects.all()] == [1, 2, 3]
        assert verification.verify().links == 3

    def test_nothing_is_recorded_outside_an_action(self):
        with pytest.raises(RuntimeError, match="outside"):
            recorder.record(event="x.y.z", at=NOON)

    def test_a_failed_action_leaves_no_event(self):
        with pytest.raises(ValueError, match="no"), recorder.atomic():
            recorder.record(event="x.y.z", at=NOON)
            raise ValueError("no")

        assert not AuditEvent.objects.exists()
        note()
        assert verification.verify().links == 1

    def test_an_inner_action_that_fails_takes_only_its_own_events_with_it(self):
        with recorder.atomic():
            recorder.record(event="x.outer.kept", at=NOON)
            with pytest.raises(ValueError, match="no"), recorder.atomic():
                recorder.record(event="x.inner.lost", at=NOON)
                raise ValueError("no")

        assert [e.event for e in AuditEvent.objects.all()] == ["x.outer.kept"]

    def test_inner_and_outer_actions_are_written_together_at_the_end(self):
        with recorder.atomic():
            with recorder.atomic():
                recorder.record(event="x.inner.first", at=NOON)
            assert not AuditEvent.objects.exists()
            recorder.record(event="x.outer.second", at=NOON)

        assert [e.event for e in AuditEvent.objects.all()] == ["x.inner.first", "x.outer.second"]

    def test_what_could_be_a_text_or_a_name_is_refused(self):
        for value in ("Anna Svensson", "0701234567 Anna", 56.08, ["a"], "x" * 65):
            with pytest.raises(ValueError, match="no coded value"):
                note(after={"name": value})

    @pytest.mark.django_db(transaction=True)
    def test_an_action_on_commit_has_its_own_event(self):
        with recorder.atomic():
            recorder.record(event="x.first.done", at=NOON)
            transaction.on_commit(lambda: note("x.second.done"))

        assert [e.event for e in AuditEvent.objects.all()] == ["x.first.done", "x.second.done"]


@pytest.mark.django_db
class TestProtection:
    """The database refuses to change or remove a link."""

    def test_an_update_is_refused(self):
        note()
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            AuditEvent.objects.update(event="x")

    def test_a_removal_is_refused(self):
        note()
        with pytest.raises(DatabaseError, match="cannot be"), transaction.atomic():
            AuditEvent.objects.all().delete()

    def test_a_replacement_is_refused(self):
        if connection.vendor != "sqlite":
            return
        note()
        with (
            pytest.raises(DatabaseError, match="cannot be"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("INSERT OR REPLACE INTO audit_auditevent SELECT * FROM audit_auditevent")

    def test_verify_names_the_first_broken_link(self):
        for n in range(5):
            note(counts={"n": n})
        protection.lift(connection)
        AuditEvent.objects.filter(sequence=3).update(event="something.else.happened")

        found = verification.verify()
        protection.put_back(connection)

        assert (found.links, found.broken_at) == (2, 3)
        assert "changed" in found.fault

    def test_verify_sees_a_removed_link_and_a_cut_end(self):
        for n in range(4):
            note(counts={"n": n})
        protection.lift(connection)
        AuditEvent.objects.filter(sequence=4).delete()
        cut = verification.verify()
        AuditEvent.objects.filter(sequence=2).delete()
        removed = verification.verify()
        protection.put_back(connection)

        assert cut.broken_at == 4
        assert removed.broken_at == 2


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_neither_fork_nor_deadlock():
    def work(number):
        for n in range(10):
            note(event="x.y.z", counts={"writer": number, "n": n})
        connections.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert AuditEvent.objects.count() == 80
    assert verification.verify().broken_at is None
    assert AuditHead.objects.get().sequence == 80


@pytest.mark.django_db(transaction=True)
def test_writers_that_point_at_a_locked_row_do_not_deadlock():
    """Foreign keys lock their targets before the head is locked, not at commit."""
    from samlad.organisations.models import Municipality, Organisation, OrganisationKind

    town = Municipality.objects.create(code="1260", name="Bjuv")
    kind = OrganisationKind.objects.get(code="skola")
    failures = []

    def add(number):
        try:
            for n in range(15):
                with recorder.atomic():
                    if number % 2:
                        Municipality.objects.select_for_update().get(pk=town.pk)
                    else:
                        Organisation.objects.create(
                            municipality=town, kind=kind, name=f"{number}-{n}"
                        )
                    recorder.record(event="x.y.z", at=NOON)
        except DatabaseError as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert verification.verify().links == 90


def test_the_link_depends_on_the_instant_not_on_its_zone():
    from zoneinfo import ZoneInfo

    from samlad.audit import chain

    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    local = at.astimezone(ZoneInfo("Europe/Stockholm"))

    assert chain.link("0", at=at, event="x") == chain.link("0", at=local, event="x")
