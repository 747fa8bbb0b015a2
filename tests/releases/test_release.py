"""Nothing reaches residents but through a release by a second person; withdrawn it is gone."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from samlad.authorization.permissions import Role
from samlad.promises import actions as promises
from samlad.promises.workflow import Status as Stands
from samlad.public.models import PageFeedback, Publication
from samlad.public.serving import SHELF
from samlad.releases import actions
from samlad.releases.models import Release
from samlad.releases.rules import NotAllowed, Reason
from samlad.releases.workflow import Status
from tests.cast import NOON


def page(client, path):
    SHELF.forget()
    return client.get(path)


@pytest.fixture
def draft(promise, coordinator):
    return actions.draft_promise(promise_id=promise.pk, by=coordinator, now=NOON)


class TestSecondPerson:
    """One drafts, another releases; nobody else, and no way round."""

    def test_the_drafter_does_not_release(self, draft, coordinator, releaser, person):
        for by in (coordinator, person(Role.LEADER), person(Role.ADMINISTRATOR)):
            with pytest.raises(PermissionDenied):
                actions.release_it(release_id=draft.pk, by=by, now=NOON)
        Release.objects.filter(pk=draft.pk).update(drafted_by=releaser)
        with pytest.raises(NotAllowed) as refusal:
            actions.release_it(release_id=draft.pk, by=releaser, now=NOON)

        assert refusal.value.reason == Reason.SAME_PERSON
        assert not Publication.objects.exists()

    def test_the_database_holds_it_too(self, draft, coordinator):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.filter(pk=draft.pk).update(released_by=coordinator)

    def test_what_is_released_is_what_was_drafted(
        self, draft, promise, log, coordinator, releaser, client
    ):
        log("nyhetsbrev", date(2026, 11, 1))  # after the draft
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)

        shown = page(client, "/loften/bjuv/").content.decode()
        assert "0 sammanlagt" in shown

    def test_withdrawn_it_is_gone_and_the_reason_stays(self, draft, releaser, client):
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)
        assert page(client, "/loften/bjuv/").status_code == 200
        with pytest.raises(NotAllowed):
            actions.withdraw(release_id=draft.pk, reason="", by=releaser, now=NOON)
        actions.withdraw(release_id=draft.pk, reason="Fel siffra", by=releaser, now=NOON)

        assert page(client, "/loften/bjuv/").status_code != 200
        assert Publication.objects.get().reason == "Fel siffra"
        with pytest.raises(NotAllowed):
            actions.release_it(release_id=draft.pk, by=releaser, now=NOON)

    def test_a_newer_release_takes_the_older_ones_place(
        self, draft, promise, log, coordinator, releaser, client
    ):
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)
        log("nyhetsbrev", date(2026, 11, 1))
        second = actions.draft_promise(promise_id=promise.pk, by=coordinator, now=NOON)
        assert "0 sammanlagt" in page(client, "/loften/bjuv/").content.decode()
        actions.release_it(release_id=second.pk, by=releaser, now=NOON)

        assert "1 sammanlagt" in page(client, "/loften/bjuv/").content.decode()
        assert Publication.objects.filter(withdrawn_at=None).count() == 1


class TestContent:
    """Words and counts of activities; of individuals nothing but begun or not."""

    def test_no_number_of_individuals_leaves(self, draft):
        rows = draft.content["sv"]["commitments"]

        assert (rows[1]["label"], rows[1]["said"], rows[1]["lines"]) == ("påbörjat", "", [])
        text = json.dumps(rows[1] | {"text": ""}, ensure_ascii=False)
        assert not any(digit in text for digit in "0123456789")

    def test_a_judgement_is_shown_as_such(self, promise, coordinator):
        first = promise.commitments.get(position=1)
        promises.judge(
            promise_id=promise.pk, commitment_id=first.pk, status=Stands.MET,
            reason="Brevet gick som bilaga", by=coordinator, now=NOON,
        )  # fmt: skip
        draft = actions.draft_promise(promise_id=promise.pk, by=coordinator, now=NOON)

        row = draft.content["sv"]["commitments"][0]
        assert row["is_deviation"]
        assert (row["status"], row["judged"]) == ("uppfyllt", "Brevet gick som bilaga")

    def test_both_languages_and_no_cookie(self, draft, releaser, client):
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)
        for path, language, word in (
            ("/loften/", "sv", "Medborgarlöften"), ("/en/loften/", "en", "Promises to residents"),
        ):  # fmt: skip
            answer = page(client, path)
            assert answer.headers["Content-Language"] == language
            assert f'<html lang="{language}">' in answer.content.decode()
            assert word in answer.content.decode()
            assert not answer.cookies
            assert "public" in answer.headers["Cache-Control"]

    def test_a_tag_saves_the_body(self, draft, releaser, client):
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)
        tag = page(client, "/loften/").headers["ETag"]

        again = client.get("/loften/", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")

    def test_the_same_release_gives_the_same_bytes(self, draft, releaser, client):
        from samlad.public import actions as public

        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)

        assert public.rebuild_whole(now=NOON) == 0


class TestFeedback:
    """A yes or a no, from the page's own form, and nothing else is kept."""

    def test_only_the_number_and_the_day_are_kept(self, draft, releaser, client):
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)
        form = page(client, "/tyck/?sida=/loften/").content.decode()
        token = form.split('name="token" value="')[1].split('"')[0]
        sent = {"token": token, "sida": "/loften/", "svar": "ja"}

        strange = client.post("/tyck/", sent, headers={"origin": "https://elsewhere.example"})
        forged = client.post(
            "/tyck/", sent | {"token": "x"}, headers={"origin": "http://testserver"}
        )
        assert not PageFeedback.objects.exists()
        client.post("/tyck/", sent, headers={"origin": "http://testserver"})

        row = PageFeedback.objects.get()
        assert (row.path, row.yes, row.no) == ("/loften/", 1, 0)
        assert all("Tack" not in one.content.decode() for one in (strange, forged))
        assert {f.name for f in PageFeedback._meta.fields} == {"id", "path", "on", "yes", "no"}

    def test_one_caller_answers_so_often_a_day(self, draft, releaser, client):
        actions.release_it(release_id=draft.pk, by=releaser, now=NOON)
        form = page(client, "/tyck/?sida=/loften/").content.decode()
        token = form.split('name="token" value="')[1].split('"')[0]
        for _ in range(40):
            client.post(
                "/tyck/", {"token": token, "sida": "/loften/", "svar": "nej"},
                headers={"origin": "http://testserver"},
            )  # fmt: skip

        assert PageFeedback.objects.get().no == 30


def test_a_draft_is_discarded_by_the_next(draft, promise, coordinator):
    second = actions.draft_promise(promise_id=promise.pk, by=coordinator, now=NOON)
    draft.refresh_from_db()

    assert (draft.status, second.status) == (Status.DISCARDED, Status.DRAFT)
