"""Doors somebody has tried: what must stay shut, and what must not fall over."""

import hashlib
import uuid
from datetime import date, timedelta
from itertools import count

import pytest
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.guard import detecting
from samlad.incidents import actions, queries, report_actions, rules, twins, whens
from samlad.incidents.models import Batch, Category, Incident, IncidentText, Source
from samlad.incidents.whens import When
from samlad.intake import files
from samlad.intake.mapping import Mapping
from tests.cast import NOON, make_organisation

HEADER = "id;tid;typ;lat;lon;område;beskrivning\n"


@pytest.mark.django_db
class TestSources:
    """A stream belongs to one organisation; nobody else reads or writes through it."""

    def test_nobody_takes_the_code_of_another_s_reports(self, town, person, source):
        school = make_organisation(town, "Skola", "skola")

        code = queries.free_source_code(town.pk, f"Rapporter {school.pk}")

        assert code != f"rapporter-{school.pk}"

    def test_reports_do_not_go_to_a_source_of_another(self, town, person, source):
        school = make_organisation(town, "Skola", "skola")
        Source.objects.create(
            municipality=town, owner=source.owner, code=f"rapporter-{school.pk}", name="X"
        )
        report = report_actions.Report(
            key=uuid.uuid4(),
            category=Category.objects.get(code="klotter"),
            span=whens.span(When.NOW, NOON.replace(tzinfo=None)),
        )

        with pytest.raises(rules.NotAllowed) as refusal:
            report_actions.report(
                organisation_id=school.pk, report=report, by=person(Role.REPORTER, school), now=NOON
            )

        assert refusal.value.reason == rules.Reason.SOURCE_OF_ANOTHER

    def test_who_sends_another_s_upload_names_only_sources_both_may_write(
        self, town, person, source, data_folder
    ):
        school = make_organisation(town, "Skola", "skola")
        own = Source.objects.create(municipality=town, owner=school, code="s", name="Skolan")
        coordinator, reporter = person(Role.COORDINATOR), person(Role.REPORTER, school)
        batch = actions.receive(
            source_id=own.pk, name="a.csv", by=coordinator, now=NOON,
            chunks=["tid;typ;s\n2026-11-14;Klotter;Felanmälan\n".encode()],
        )  # fmt: skip
        file = files.recognise(actions.upload_path(batch), name="a.csv")
        mapping = Mapping({"time": "tid", "category": "typ", "source": "s"})

        actions.queue(
            batch_id=batch.pk, file=file, mapping=mapping, accept_outside=False, by=reporter,
            now=NOON,
        )  # fmt: skip
        read = actions.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON)

        assert (read.accepted, read.rejected) == (0, 1)


@pytest.mark.django_db
class TestWords:
    """No word gets by because of where it stands or how long the text is."""

    @pytest.mark.parametrize("place", [1990, 1995, 2000])
    def test_a_hit_across_the_cut_is_a_hit(self, take_in, place):
        text = "x" * (place - 1) + " anna.svensson@exempel.example"
        take_in(HEADER + f"1;2026-11-14;Klotter;;;;{text}\n")

        assert IncidentText.objects.get().state == "removed"

    def test_an_id_that_names_somebody_is_known_again_but_not_stored(self, take_in, signed_in):
        text = HEADER + "Kevin Svensson;2026-11-14;Klotter;;;;\n"
        take_in(text)
        again = take_in(text.replace("Klotter", "Hot"))

        assert again.already_known == 1
        assert Incident.objects.get().external_id.startswith("dold:")

    def test_a_row_whose_id_is_refused_is_known_again_by_all_of_it(self, take_in):
        text = HEADER + "850709-9805;2026-11-14;Klotter;;;;\n"
        take_in(text)

        assert take_in(text).already_known == 1
        assert Incident.objects.get().external_id == ""

    def test_a_row_with_a_very_long_id_is_known_again(self, take_in):
        text = HEADER + "x" * 300 + ";2026-11-14;Klotter;;;;\n"
        take_in(text)

        assert take_in(text.replace("Klotter", "Hot")).already_known == 1

    def test_a_hash_is_no_personnummer(self, take_in):
        ids = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(3000)]
        batch = take_in(HEADER + "".join(f"{one};2026-11-14;Klotter;;;;\n" for one in ids))

        assert (batch.accepted, batch.removed) == (3000, 0)

    def test_a_word_of_the_preview_is_guarded(self, signed_in, source, data_folder):
        client = signed_in(Role.COORDINATOR)
        batch = actions.receive(
            source_id=source.pk, name="a.csv", by=client.person, now=NOON,
            chunks=[b"tid;typ\n2026-11-14;Ring 070-174 06 05\n2026-11-14;Kevin Svensson\n"],
        )  # fmt: skip

        page = client.get(reverse("batch_columns", args=[batch.pk])).content.decode()

        assert "174 06 05" not in page
        assert "Kevin Svensson" not in page

    def test_a_title_of_a_notice_with_a_number_does_not_stop_the_file(self, take_in, town, source):
        notices = Source.objects.create(
            municipality=town, owner=source.owner, code="p", name="P", kind="notices"
        )
        event = '{"id": 1, "datetime": "2026-02-12 7:20:00 +01:00", "type": "Brand", "name": "x, Ring 070-174 06 05"}\n'

        assert take_in(event, into=notices).accepted == 1
        assert Incident.objects.get().area_name == ""

    def test_refused_words_are_not_remembered(self):
        before = detecting._remembered.cache_info().currsize
        for n in range(20):
            detecting.find_hits(f"Anmält {n} av 850709-9805")

        assert detecting._remembered.cache_info().currsize == before

    def test_a_choice_with_a_name_is_asked_about_on_the_page(self, signed_in, take_in):
        take_in(HEADER + "1;2026-11-14;Klotter;;;;\n")
        client = signed_in(Role.COORDINATOR)
        asked = client.post(reverse("filter_save"), {"name": "Anna Andersson"})

        assert "points_out_nobody" in asked.content.decode()
        assert "Anna" not in str(dict(client.session))


@pytest.mark.django_db
class TestLoad:
    """Nothing somebody sends makes a page or a reader stand still."""

    def test_a_reader_of_known_rows_says_that_it_lives(self, take_in, source, tmp_path):
        take_in(HEADER + "".join(f"{n};2026-11-14;Klotter;;;;\n" for n in range(5000)))
        clock = (NOON + timedelta(seconds=20 * n) for n in count())
        file = files.recognise(tmp_path / "rows.csv")
        batch = actions.open_batch(
            source_id=source.pk, file=file, mapping=file.proposed_mapping(), by=None, now=NOON
        )
        seen = set()

        actions.read_batch(
            batch_id=batch.pk,
            file=file,
            now=lambda: next(clock),
            progress=lambda _: seen.add(Batch.objects.get(pk=batch.pk).seen_at),
        )

        assert len(seen) > 1

    def test_a_crowd_in_one_place_is_no_pair(self, take_in, town, source, person):
        guards = Source.objects.create(
            municipality=town, owner=source.owner, code="v", name="Väktarna"
        )
        rows = HEADER + "".join(f"{n};2026-11-14;Klotter;;;Södra;\n" for n in range(600))
        take_in(rows)
        take_in(rows, into=guards)

        found = twins.likely(
            user=person(Role.COORDINATOR),
            starts_on=date(2026, 11, 1),
            ends_before=date(2026, 12, 1),
        )

        assert len(found) <= twins.MOST_SHOWN

    @pytest.mark.parametrize(
        ("name", "args", "sent"),
        [
            ("text_decide", [999], {"decision": "refuse"}),
            ("twins_unlink", [999], {}),
            ("rule_end", [999], {}),
            ("twins_pair", [], {"first": 998, "second": 999, "decision": "link"}),
            ("batch_end", [999], {}),
        ],
    )
    def test_what_is_not_there_is_not_found(self, signed_in, town, name, args, sent):
        client = signed_in(Role.COORDINATOR)

        assert client.post(reverse(name, args=args), sent).status_code == 404

    def test_a_number_no_database_holds_is_no_error(self, signed_in, town):
        client = signed_in(Role.COORDINATOR)
        sent = {"first": 10**30, "second": 1, "decision": "link"}

        assert client.post(reverse("twins_pair"), sent).status_code == 302

    @pytest.mark.parametrize(
        "cell", ["x" + " " * 100_000 + "x", "2026-01-01 10:00" + " " * 100_000 + "x"]
    )
    def test_a_time_of_spaces_is_only_a_time_that_cannot_be_read(self, take_in, cell):
        assert take_in(HEADER + f"1;{cell};Klotter;;;;\n2;2026-01-01;Klotter;;;;\n").rejected == 1
