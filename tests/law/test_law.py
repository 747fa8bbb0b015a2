"""Lagkollen: what is found, what is not, two clocks, and no word on whether the law is followed."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.incidents import actions as incident_actions
from samlad.intake import files
from samlad.law import actions, documents, lagkollen, violence
from samlad.law.clocks import State, clock
from samlad.law.lagkollen import Kind
from samlad.law.models import ActionPlan, StatutoryPicture
from samlad.law.rules import NotAllowed, Reason
from samlad.measures import actions as measure_actions
from samlad.measures import problem_actions
from samlad.measures.vocabulary import Bone
from samlad.measures.vocabulary import Kind as WorkKind
from tests.cast import NOON
from tests.incidents.conftest import signed_in  # noqa: F401

TODAY = date(2026, 11, 20)
TEXTS = dict.fromkeys(("extent", "consequences", "other", "analysis"), "Text.")


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def adopt(town, coordinator):
    """Return an adopter of a version of the lägesbild."""

    def make(on=date(2025, 3, 1), **texts):
        draft = actions.draft_picture(municipality_id=town.pk, by=coordinator, now=NOON)
        actions.write_picture(
            picture_id=draft.pk, texts=TEXTS | texts, sources=["Polisen"], missing=["Skolan"],
            by=coordinator, now=NOON,
        )  # fmt: skip
        return actions.adopt_picture(
            picture_id=draft.pk, on=on, body="Kommunstyrelsen", diarienummer="KS 2025/1",
            by=coordinator, now=NOON,
        )  # fmt: skip

    return make


@pytest.fixture
def plan(town, coordinator, adopt):
    """A plan on the adopted lägesbild, with one measure."""
    measure = measure_actions.decide_measure(
        organisation_id=town.process_authority_id, what="Laga ljuset", due_on=TODAY,
        described=measure_actions.Description(kind=WorkKind.REMEDYING), by=coordinator, now=NOON,
    )  # fmt: skip
    return actions.save_plan(
        plan_id=None, picture_id=adopt().pk, name="Åtgärdsplan 2025", text="Så gör vi.",
        measures=[measure], by=coordinator, now=NOON,
    )  # fmt: skip


def found(town, number):
    return next(one for one in lagkollen.paragraphs(town, today=TODAY) if one.number == number)


class TestParagraphs:
    """Each paragraph with its own verb."""

    def test_the_kinds_are_the_laws_own(self, town):
        kinds = {one.number: one.kind for one in lagkollen.paragraphs(town, today=TODAY)}

        assert kinds == {
            "4 §": Kind.SHALL, "5 §": Kind.SHALL, "6 §": Kind.SHALL,
            "7 §": Kind.WHERE_SUITABLE, "8 §": Kind.SHALL, "9 §": Kind.WORK_FOR,
            "10 §": Kind.WORK_FOR, "11–12 §§": Kind.SHALL, "13 §": Kind.SHALL, "14 §": Kind.MAY,
        }  # fmt: skip

    def test_what_the_municipality_may_do_is_never_missing(self, town):
        assert found(town, "14 §").missing == []
        assert all(one.missing for one in lagkollen.paragraphs(town, today=TODAY)[:-1])

    def test_a_missing_source_and_a_missing_section_are_named(self, town, adopt):
        adopt()
        four = found(town, "4 §")

        assert "Version 1" in four.found[0]
        assert four.missing == []  # 4 § names neither
        assert any("Skolan" in line for line in four.notes)
        assert any("våld i nära relationer" in line.lower() for line in four.notes)

    def test_function_reports_and_other_plans_are_found(self, town, coordinator):
        how = {"municipality_id": town.pk, "by": coordinator, "now": NOON}
        actions.name_function(
            unit=town.process_authority, name="Enheten för trygghet", mailbox="trygg@bjuv.example",
            switchboard="", information="bjuv.example/trygghet", leads="ks", led_by=None, **how,
        )  # fmt: skip
        actions.report(on=date(2026, 10, 1), what="Läget i höst", diarienummer="", **how)
        actions.link_plan(name="RSA 2026", reference="", **how)

        assert found(town, "11–12 §§").missing == []
        assert found(town, "13 §").missing == []
        assert found(town, "7 §").found == ["RSA 2026"]


class TestViolence:
    """The section that is most often missing is fed by sums, and no small number is told."""

    def test_few_are_never_counted_out(self):
        assert [violence.shown(n) for n in (0, 4, 5)] == ["färre än fem", "färre än fem", "5"]

    def test_reported_violence_is_counted_by_year_and_kept_with_the_version(
        self, town, coordinator, tmp_path, adopt
    ):
        source = incident_actions.add_source(
            owner_id=town.process_authority_id, code="pol", name="Polisen", kind="reports",
            by=None, now=NOON,
        )  # fmt: skip
        path = tmp_path / "vald.csv"
        rows = [f"2025-{month:02}-03,Våld i nära relationer" for month in range(1, 8)]
        path.write_text("\n".join(["datum,kategori", *rows, "2024-05-01,Våld i nära relationer"]))
        file = files.recognise(path)
        batch = incident_actions.open_batch(
            source_id=source.pk, file=file, mapping=file.proposed_mapping(), by=None, now=NOON
        )
        incident_actions.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON)

        version = adopt()
        version.refresh_from_db()
        (line,) = version.violence_figures
        assert "2024: färre än fem" in line
        assert "2025: 7" in line
        assert not any("våld" in note.lower() for note in found(town, "4 §").notes)
        assert documents.of_picture(version).pdf().startswith(b"%PDF")


class TestRead:
    """What is adopted is read as a page too, and the law's logs are lists."""

    def test_version_plan_and_logs(self, town, plan, coordinator, signed_in):  # noqa: F811
        how = {"municipality_id": town.pk, "by": coordinator, "now": NOON}
        actions.report(on=date(2026, 10, 1), what="Läget i höst", diarienummer="KF 4", **how)
        actions.link_plan(name="RSA 2026", reference="https://bjuv.example/rsa", **how)
        page = signed_in(Role.COORDINATOR)

        version = page.get(reverse("statutory_page", args=[plan.picture_id])).content.decode()
        assert "Analys" in version
        assert "Laga ljuset" in page.get(reverse("plan_page", args=[plan.pk])).content.decode()
        logs = page.get(reverse("lagkollen")).content.decode()
        assert "Läget i höst (KF 4)" in logs
        assert 'href="https://bjuv.example/rsa"' in logs


class TestClocks:
    """Two clocks: the lägesbild is updated, the plan is followed up; they go apart."""

    @pytest.mark.parametrize(
        ("today", "state"),
        [(date(2026, 8, 31), State.IN_TIME), (date(2026, 9, 1), State.SOON),
         (date(2026, 12, 1), State.URGENT), (date(2027, 3, 1), State.URGENT),
         (date(2027, 3, 2), State.OVERDUE)],
    )  # fmt: skip
    def test_warnings_at_18_and_21_months(self, today, state):
        assert clock(date(2025, 3, 1), today).state == state

    def test_updating_the_picture_does_not_follow_the_plan_up(self, town, plan, adopt, coordinator):
        StatutoryPicture.objects.update(adopted_on=date(2021, 6, 1))
        actions.decide_plan(
            plan_id=plan.pk, on=date(2024, 6, 1), body="Kommunfullmäktige", diarienummer="KF 1",
            by=coordinator, now=NOON,
        )  # fmt: skip
        adopt(on=date(2026, 10, 1))
        update, follow_up = lagkollen.clocks(town, today=TODAY)
        assert (update.state, follow_up.state) == (State.IN_TIME, State.OVERDUE)

        actions.follow_up_plan(
            plan_id=plan.pk, on=date(2026, 11, 1), text="Två av tre gjorda", diarienummer="",
            by=coordinator, now=NOON,
        )  # fmt: skip
        assert lagkollen.clocks(town, today=TODAY)[1].state == State.IN_TIME

    def test_an_older_plans_follow_up_says_nothing_of_the_plan_in_force(
        self, town, plan, adopt, coordinator
    ):
        StatutoryPicture.objects.update(adopted_on=date(2021, 6, 1))
        how = {"by": coordinator, "now": NOON}
        decided = {"body": "Kommunfullmäktige", "diarienummer": "KF 1"}
        newer = actions.save_plan(
            plan_id=None, picture_id=plan.picture_id, name="Plan 2024", text="", measures=[], **how
        )
        actions.decide_plan(plan_id=plan.pk, on=date(2022, 1, 1), **decided, **how)
        actions.decide_plan(plan_id=newer.pk, on=date(2024, 6, 1), **decided, **how)
        actions.follow_up_plan(
            plan_id=plan.pk, on=date(2026, 11, 1), text="Gammal", diarienummer="", **how
        )

        assert lagkollen.clocks(town, today=TODAY)[1].state == State.OVERDUE


class TestDays:
    """A clock that is wound to a day to come would stand still: such a day is refused."""

    def test_no_day_to_come_and_none_before_what_it_rests_on(self, town, plan, adopt, coordinator):
        how = {"by": coordinator, "now": NOON}
        decided = {"body": "Kommunfullmäktige", "diarienummer": "KF 1"}
        tomorrow, first = TODAY + timedelta(1), plan.picture.adopted_on
        refused = [
            lambda: adopt(on=tomorrow),
            lambda: actions.decide_plan(plan_id=plan.pk, on=tomorrow, **decided, **how),
            lambda: actions.decide_plan(plan_id=plan.pk, on=first - timedelta(1), **decided, **how),
            lambda: actions.report(
                municipality_id=town.pk, on=tomorrow, what="x", diarienummer="", **how
            ),
        ]
        for act in refused:
            with pytest.raises(NotAllowed) as refusal:
                act()
            assert refusal.value.reason in {Reason.TO_COME, Reason.TOO_EARLY}
        actions.decide_plan(plan_id=plan.pk, on=first, **decided, **how)
        with pytest.raises(NotAllowed):
            actions.follow_up_plan(
                plan_id=plan.pk, on=first - timedelta(1), text="x", diarienummer="", **how
            )


class TestDocuments:
    """A version is adopted whole and stays; a plan rests on one and is decided by a body."""

    @pytest.mark.parametrize("part", TEXTS)
    def test_an_empty_part_is_not_adopted(self, part, adopt):
        with pytest.raises(NotAllowed) as refusal:
            adopt(**{part: ""})

        assert refusal.value.reason == Reason.PART_EMPTY

    def test_an_adopted_version_stays_and_the_next_begins_from_it(self, town, adopt, coordinator):
        one = adopt()
        with pytest.raises(NotAllowed) as refusal:
            actions.write_picture(
                picture_id=one.pk, texts={"extent": "x"}, sources=[], missing=[], by=coordinator,
                now=NOON,
            )  # fmt: skip
        assert refusal.value.reason == Reason.ALREADY
        draft = actions.draft_picture(municipality_id=town.pk, by=coordinator, now=NOON)

        assert (draft.version, draft.extent, draft.adopted_on) == (2, "Text.", None)
        with pytest.raises(IntegrityError), transaction.atomic():
            StatutoryPicture.objects.filter(pk=one.pk).update(extent="")

    def test_a_plan_needs_an_adopted_lagesbild_and_a_body(self, town, plan, coordinator):
        decide = {"plan_id": plan.pk, "on": TODAY, "by": coordinator, "now": NOON}
        with pytest.raises(NotAllowed) as refusal:
            actions.decide_plan(body="KF", diarienummer="", **decide)
        assert refusal.value.reason == Reason.NO_BODY
        StatutoryPicture.objects.update(adopted_on=None)
        with pytest.raises(NotAllowed) as refusal:
            actions.decide_plan(body="KF", diarienummer="KF 1", **decide)
        assert refusal.value.reason == Reason.NOT_ADOPTED

    def test_only_the_coordinator_writes(self, town, person):
        for role in (Role.LEADER, Role.REVIEWER, Role.REPORTER):
            with pytest.raises(PermissionDenied):
                actions.draft_picture(municipality_id=town.pk, by=person(role), now=NOON)


class TestPages:
    """On the pages: begun, written, adopted, planned, decided, followed up, printed."""

    def test_from_a_draft_to_a_followed_plan(self, town, coordinator, signed_in):  # noqa: F811
        how = {"by": coordinator, "now": NOON}
        problem = problem_actions.state_problem(
            organisation_id=town.process_authority_id, name="Klotter", description="",
            category=None, areas=[], **how,
        )  # fmt: skip
        problem_actions.add_cause(problem_id=problem.pk, bone=Bone.PLACE, text="Mörkt", **how)
        measure_actions.decide_measure(
            organisation_id=town.process_authority_id, what="Laga ljuset", due_on=TODAY,
            described=measure_actions.Description(kind=WorkKind.REMEDYING, problem=problem), **how,
        )  # fmt: skip
        client = signed_in(Role.COORDINATOR)
        client.post(reverse("statutory_begin"))
        page = reverse("statutory_picture")
        client.post(page, TEXTS | {"violence": "Sammanställt.", "sources": "Polisen\nSkolan"})
        early = client.post(page, {"adopt-on": "2026-11-20", "adopt-body": ""})
        assert StatutoryPicture.objects.get().adopted_on is None
        assert early.status_code == 200
        client.post(page, {"adopt-on": "2026-11-20", "adopt-body": "Kommunstyrelsen"})
        picture = StatutoryPicture.objects.get()
        assert picture.sources == ["Polisen", "Skolan"]
        proposed = client.get(reverse("plan_add")).content.decode()
        assert "Troliga orsaker: Mörkt" in proposed
        assert "Åtgärd: Laga ljuset" in proposed
        assert re.search(r'type="checkbox" name="measures"[^>]* checked', proposed)
        client.post(reverse("plan_add"), {"name": "Plan", "picture": picture.pk, "text": "Så."})
        plan = ActionPlan.objects.get()
        client.post(
            reverse("plan_decide", args=[plan.pk]),
            {"on": "2026-11-20", "body": "Kommunfullmäktige", "diarienummer": "KF 7"},
        )
        client.post(
            reverse("plan_follow_up", args=[plan.pk]), {"on": "2026-11-21", "text": "Det går bra."}
        )

        assert plan.follow_ups.count() == 1
        for name, pk in (("statutory_pdf", picture.pk), ("plan_pdf", plan.pk)):
            content = client.get(reverse(name, args=[pk])).content
            assert content.startswith(b"%PDF")
            assert b"pdfuaid" in content
        shown = client.get(reverse("lagkollen")).content.decode()
        assert "KF 7" in shown
        assert client.get(reverse("action_plans")).status_code == 200
        assert client.get(reverse("coordinating_function")).status_code == 200

    def test_the_leader_reads_and_others_see_nothing(self, town, signed_in):  # noqa: F811
        assert signed_in(Role.LEADER).get(reverse("lagkollen")).status_code == 200
        for role in (Role.REPORTER, Role.MEMBER, Role.GUARD):
            assert signed_in(role).get(reverse("lagkollen")).status_code == 404
