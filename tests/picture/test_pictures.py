"""Edit, review, adopt, share: what the state allows and who may."""

import json
from datetime import date, timedelta

import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from samlad.audit.models import AuditEvent
from samlad.authorization.permissions import Role
from samlad.incidents import actions as incidents
from samlad.intake import files
from samlad.picture import actions, from_database, rules, showing, tasks
from samlad.picture.models import Picture
from samlad.picture.periods import Cadence, week_of
from samlad.picture.rules import NotAllowed, Reason
from samlad.picture.workflow import Decision, SectionKind, Status
from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places.models import AreaKind
from tests.cast import NOON, make_organisation
from tests.places.test_areas import SQUARES, geojson

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WEEK = week_of(date(2026, 11, 12))


def rows(weeks=120, planted=12):
    """Return a CSV of two vandalisms a week, and `planted` in the last."""
    lines = ["id;tid;typ;lat;lon"]
    for back in range(weeks):
        day = WEEK.starts_on - timedelta(7 * back) + timedelta(2)
        for n in range(2 + (planted if back == 0 else 0)):
            lines.append(f"{back}-{n};{day} 21:{n:02};Skadegörelse;56.0{n % 9 + 1};13.05")
    return "\n".join(lines) + "\n"


def make_picture_town(town, tmp_path, text):
    """Give a town two areas and one source with a file read."""
    squares = {k.replace("1260", town.code): v for k, v in SQUARES.items() if "1260" in k}
    place_actions.import_areas(
        municipality_id=town.pk,
        kind=AreaKind.REGSO,
        file=area_files.read(geojson(tmp_path / "areas.geojson", squares)),
        valid_from=date(2018, 1, 1),
        provenance="test",
        by=None,
        now=NOON,
    )
    source = incidents.add_source(
        owner_id=town.process_authority_id,
        code="fil",
        name="rows.csv",
        kind="reports",
        by=None,
        now=NOON,
    )
    path = tmp_path / "rows.csv"
    path.write_text(text)
    file = files.recognise(path)
    batch = incidents.open_batch(
        source_id=source.pk, file=file, mapping=file.proposed_mapping(), by=None, now=NOON
    )
    incidents.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON)
    return path


@pytest.fixture
def draft(town, person, tmp_path):
    """A compiled draft with one finding, and its coordinator."""
    make_picture_town(town, tmp_path, rows())
    coordinator = person(Role.COORDINATOR)
    made = actions.start(municipality_id=town.pk, period=WEEK, by=coordinator, now=NOON)
    tasks.compile_draft.call(made.pk, coordinator.pk)
    made.refresh_from_db()
    made.coordinator = coordinator
    return made


def finish(draft, by=None):
    """Decide, write and review."""
    by = by or draft.coordinator
    for finding in draft.findings.all():
        actions.decide(
            picture_id=draft.pk, position=finding.position, decision=Decision.KEPT, by=by, now=NOON
        )
    actions.write_sections(
        picture_id=draft.pk, texts={SectionKind.SUMMARY: "En vecka."}, by=by, now=NOON
    )
    actions.review(picture_id=draft.pk, by=by, now=NOON)


@pytest.mark.django_db
class TestDraft:
    """A draft is compiled, edited and reviewed."""

    def test_is_compiled_with_its_finding_and_charts(self, draft):
        assert draft.compiled["findings"][0]["certainty"] == "tydlig"
        assert draft.charts["lines"][0]["svg"].startswith("<svg")
        assert "style=" not in draft.charts["map"]["svg"]

    def test_the_page_and_the_command_make_the_same_picture(self, other_town, person, tmp_path):
        """The same file, areas, period and seed: the same picture.json but for the names."""
        from samlad.picture import compiling, from_file

        path = make_picture_town(other_town, tmp_path, rows())
        other_town.code, other_town.name = "0000", "hela området"
        other_town.save()
        from samlad.places.models import Area

        Area.objects.filter(kind="kommun").update(code="0000", name="hela området")
        user = person(Role.COORDINATOR, other_town.process_authority)
        picture = actions.start(municipality_id=other_town.pk, period=WEEK, by=user, now=NOON)
        page = from_database.prepare(picture, user=user)
        command = from_file.prepare(
            path,
            areas=area_files.read(tmp_path / "areas.geojson"),
            until=WEEK.ends_before - timedelta(1),
        ).inputs

        made, other = compiling.compile_picture(page), compiling.compile_picture(command)
        named = json.loads(json.dumps(other).replace('"county": ""', '"county": "00"'))
        named["hash"] = made["hash"]
        for one in (made, named):
            one["hash"] = ""
        assert made == named

    def test_cannot_be_reviewed_while_a_finding_is_undecided(self, draft):
        with pytest.raises(NotAllowed) as refusal:
            actions.review(picture_id=draft.pk, by=draft.coordinator, now=NOON)

        assert refusal.value.reason == Reason.UNDECIDED

    def test_cannot_be_reviewed_without_a_summary(self, draft):
        actions.decide(
            picture_id=draft.pk, position=0, decision=Decision.DISMISSED, reason="reporting",
            by=draft.coordinator, now=NOON,
        )  # fmt: skip
        with pytest.raises(NotAllowed) as refusal:
            actions.review(picture_id=draft.pk, by=draft.coordinator, now=NOON)

        assert refusal.value.reason == Reason.NO_SUMMARY

    def test_keeps_its_decisions_when_compiled_again(self, draft):
        actions.decide(
            picture_id=draft.pk, position=0, decision=Decision.KEPT, by=draft.coordinator, now=NOON
        )
        actions.recompile(picture_id=draft.pk, by=draft.coordinator, now=NOON)
        tasks.compile_draft.call(draft.pk, draft.coordinator.pk)

        assert draft.findings.get(position=0).decision == Decision.KEPT

    def test_there_is_one_draft_per_period_and_none_of_the_future(self, draft, town):
        with pytest.raises(NotAllowed) as twice:
            actions.start(municipality_id=town.pk, period=WEEK, by=draft.coordinator, now=NOON)
        with pytest.raises(NotAllowed) as early:
            actions.start(
                municipality_id=town.pk,
                period=week_of(date(2026, 12, 1)),
                by=draft.coordinator,
                now=NOON,
            )

        assert (twice.value.reason, early.value.reason) == (
            Reason.ALREADY_DRAFT,
            Reason.PERIOD_NOT_OVER,
        )


@pytest.mark.django_db
class TestEmpty:
    """A municipality that has nothing yet gets a page that says so, not an error."""

    @pytest.mark.parametrize("with_rows", [False, True])
    def test_without_areas_and_without_reports(self, town, person, client, tmp_path, with_rows):
        if with_rows:
            source = incidents.add_source(
                owner_id=town.process_authority_id,
                code="fil",
                name="Fil",
                kind="reports",
                by=None,
                now=NOON,
            )
            path = tmp_path / "rows.csv"
            path.write_text("tid;typ;lat;lon\n2026-11-10 10:00;Klotter;56.05;13.05\n")
            file = files.recognise(path)
            batch = incidents.open_batch(
                source_id=source.pk, file=file, mapping=file.proposed_mapping(), by=None, now=NOON
            )
            incidents.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON)
        user = person(Role.COORDINATOR)
        made = actions.start(municipality_id=town.pk, period=WEEK, by=user, now=NOON)
        tasks.compile_draft.call(made.pk, user.pk)
        client.force_login(user, BACKEND)

        page = client.get(reverse("picture", args=[made.pk]))

        assert page.status_code == 200
        said = "historik nog" if with_rows else "Inget har rapporterats"
        assert said in page.content.decode()
        assert client.get(reverse("picture_pdf", args=[made.pk])).status_code == 200
        assert client.get(reverse("picture_areas", args=[made.pk])).status_code == 200


@pytest.mark.django_db
class TestAdoption:
    """Adopting freezes, numbers and hashes; only a coordinator may."""

    def test_an_unreviewed_picture_is_not_adopted(self, draft):
        with pytest.raises(NotAllowed) as refusal:
            actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)

        assert refusal.value.reason == Reason.NOT_REVIEWED

    def test_a_reviewer_reviews_but_does_not_adopt(self, draft, person):
        reviewer = person(Role.REVIEWER)
        finish(draft, by=reviewer)

        with pytest.raises(PermissionDenied):
            actions.adopt(picture_id=draft.pk, by=reviewer, now=NOON)

    def test_is_frozen_numbered_and_hashed(self, draft):
        finish(draft)
        adopted = actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)

        assert (adopted.status, adopted.number) == (Status.ADOPTED, 1)
        assert adopted.frozen["picture"]["hash"] == draft.compiled["hash"]
        assert adopted.frozen_hash == adopted.frozen["hash"]
        event = AuditEvent.objects.get(event="picture.picture.adopted")
        assert event.details["after"]["hash"] == adopted.frozen_hash
        assert len(bytes(adopted.tables)) > 100

    def test_recompiling_never_changes_it(self, draft):
        finish(draft)
        actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)

        for action in (actions.recompile, actions.reopen, actions.review):
            with pytest.raises(NotAllowed):
                action(picture_id=draft.pk, by=draft.coordinator, now=NOON)
        with pytest.raises(NotAllowed):
            actions.store_compiled(
                picture_id=draft.pk, compiled={"findings": []}, charts={}, tables=b"", batch_ids=[], given={},
                by=draft.coordinator, now=NOON,
            )  # fmt: skip

    def test_a_new_one_of_the_same_period_replaces_it(self, draft, town):
        finish(draft)
        actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)
        again = actions.start(municipality_id=town.pk, period=WEEK, by=draft.coordinator, now=NOON)
        tasks.compile_draft.call(again.pk, draft.coordinator.pk)
        again.coordinator = draft.coordinator
        finish(again)
        newer = actions.adopt(picture_id=again.pk, by=draft.coordinator, now=NOON)

        draft.refresh_from_db()
        assert (draft.status, newer.number, newer.replaces_id) == (Status.REPLACED, 2, draft.pk)

    def test_if_the_audit_fails_nothing_is_adopted(self, draft, monkeypatch):
        from samlad.audit import recorder

        finish(draft)
        monkeypatch.setattr(recorder, "_write", lambda events: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)

        assert Picture.objects.get(pk=draft.pk).status == Status.REVIEWED

    def test_the_pdf_is_tagged_swedish_with_its_hash_and_always_the_same(self, draft, tmp_path):
        finish(draft)
        adopted = actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)
        from django.utils import translation

        with translation.override("sv"):
            first, second = showing.pdf(adopted), showing.pdf(adopted)
        path = tmp_path / "a.pdf"
        path.write_bytes(first)
        reader = pypdf.PdfReader(path)
        catalog = reader.trailer["/Root"]
        text = "".join(page.extract_text() for page in reader.pages)

        assert first == second
        assert catalog["/Lang"] == "sv-SE"
        assert catalog["/MarkInfo"]["/Marked"]
        assert "pdfuaid" in catalog["/Metadata"].get_data().decode()
        assert adopted.frozen_hash in text.replace("\n", "")
        assert "En vecka." in text


@pytest.mark.django_db
class TestSharing:
    """An adopted picture reaches who it is sent to, and no one else."""

    def test_a_draft_is_not_shared(self, draft, town):
        with pytest.raises(NotAllowed):
            actions.share(
                picture_id=draft.pk,
                organisation_id=town.process_authority_id,
                by=draft.coordinator,
                now=NOON,
            )

    def test_the_cast_sees_what_it_may(self, draft, town, other_town, person, client):
        police = make_organisation(town, "Polisen", "polis")
        cast = {
            "coordinator": person(Role.COORDINATOR),
            "leader": person(Role.LEADER),
            "police": person(Role.POLICE_LIAISON, police),
            "outsider": person(Role.COORDINATOR, other_town.process_authority),
        }
        address = reverse("picture", args=[draft.pk])

        def seen():
            found = {}
            for name, user in cast.items():
                client.force_login(user, BACKEND)
                found[name] = client.get(address).status_code
            return found

        before = seen()
        finish(draft)
        actions.adopt(picture_id=draft.pk, by=draft.coordinator, now=NOON)
        adopted = seen()
        share = actions.share(
            picture_id=draft.pk, organisation_id=police.pk, by=draft.coordinator, now=NOON
        )
        shared = seen()
        actions.end_share(share_id=share.pk, by=draft.coordinator, now=NOON)
        ended = seen()

        assert before == {"coordinator": 200, "leader": 404, "police": 404, "outsider": 404}
        assert adopted == {"coordinator": 200, "leader": 200, "police": 404, "outsider": 404}
        assert shared["police"] == 200
        assert ended["police"] == 404


@pytest.mark.django_db
class TestPages:
    """The picture's page and its buttons."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, draft, client):
        client.force_login(draft.coordinator, BACKEND)

    def test_the_whole_way_by_its_buttons(self, draft, client):
        page = client.get(reverse("picture", args=[draft.pk])).content.decode()
        assert "tydligt fler rapporter än väntat" in page
        decided = client.post(
            reverse("finding_decide", args=[draft.pk, 0]),
            {"decision": "kept"},
            headers={"HX-Request": "true"},
        )
        assert 'data-decision="kept"' in decided.content.decode()
        client.post(
            reverse("picture_write", args=[draft.pk]), {"summary": "En vecka.", "review": "1"}
        )
        client.post(reverse("picture_adopt", args=[draft.pk]))

        draft.refresh_from_db()
        assert draft.status == Status.ADOPTED
        pdf = client.get(reverse("picture_pdf", args=[draft.pk]))
        assert pdf.content.startswith(b"%PDF")
        assert AuditEvent.objects.last().event == "picture.picture.exported"

    def test_a_dismissal_is_one_button_with_its_reason(self, draft, client):
        client.post(reverse("finding_decide", args=[draft.pk, 0]), {"reason": "known_cause"})

        finding = draft.findings.get()
        assert (finding.decision, finding.reason) == (Decision.DISMISSED, "known_cause")

    def test_a_rewording_needs_words(self, draft, client):
        client.post(reverse("finding_decide", args=[draft.pk, 0]), {"decision": "reworded"})
        assert draft.findings.get().decision == Decision.OPEN

        client.post(
            reverse("finding_decide", args=[draft.pk, 0]),
            {"decision": "reworded", "wording": "Mer skadegörelse."},
        )
        assert (
            "Mer skadegörelse." in client.get(reverse("picture", args=[draft.pk])).content.decode()
        )

    def test_the_filter_reaches_table_and_map(self, draft, client):
        where = client.get(
            reverse("picture", args=[draft.pk]),
            {"category": "skadegorelse", "bins": "1"},
            headers={"HX-Request": "true", "HX-Target": "var"},
        ).content.decode()
        areas = client.get(reverse("picture_areas", args=[draft.pk])).json()
        none = client.get(reverse("picture_areas", args=[draft.pk]), {"category": "klotter"}).json()

        assert where.strip().startswith('<div id="var"')
        assert {f["properties"]["certainty"] for f in areas["features"]} & {"tydlig", "möjlig"}
        assert {f["properties"]["certainty"] for f in none["features"]} == {"ingen"}

    def test_costs_the_same_whatever_the_number_of_incidents(
        self, draft, client, django_assert_max_num_queries
    ):
        client.get(reverse("picture", args=[draft.pk]))
        with django_assert_max_num_queries(20):
            client.get(reverse("picture", args=[draft.pk]))

    def test_reads_in_english_too(self, draft, client):
        client.cookies["django_language"] = "en"
        page = client.get(reverse("picture", args=[draft.pk])).content.decode()

        assert '<html lang="en"' in page
        assert "clearly more reports than expected" in page

    def test_a_season_is_chosen_with_its_last_day(self, town, client):
        response = client.post(
            reverse("picture_start"),
            {"municipality": town.pk, "cadence": "season", "day": "2026-06-01"},
        )
        assert "sista dag" in response.content.decode()
        client.post(
            reverse("picture_start"),
            {
                "municipality": town.pk,
                "cadence": "season",
                "day": "2026-06-01",
                "last_day": "2026-08-31",
            },
        )

        made = Picture.objects.get(cadence=Cadence.SEASON)
        assert made.ends_before == date(2026, 9, 1)


def test_every_reason_has_its_sentence():
    assert set(rules.REASONS) == set(Reason)
