"""The demonstration municipality: Bjuv's real areas and police events, invented reports.

Every step looks first whether it has been done: loading twice changes nothing, and a load
that was cut off goes on.
"""

from __future__ import annotations

import csv
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import shapely
from django.core.management import call_command
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from samlad.demo import done, invented, promised, work
from samlad.incidents import actions as incident_actions
from samlad.incidents import report_actions
from samlad.incidents.models import Batch, Category, Source, SourceKind
from samlad.incidents.report_actions import Report
from samlad.incidents.whens import Span
from samlad.incidents.workflow import BatchStatus
from samlad.intake import files
from samlad.intake.rows import Precision
from samlad.organisations.models import Municipality, Organisation, OrganisationKind
from samlad.picture import actions as picture_actions
from samlad.picture import periods
from samlad.picture.models import Picture
from samlad.picture.periods import Period
from samlad.picture.workflow import Decision, SectionKind
from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places import queries as place_queries
from samlad.places.models import Area, AreaKind, Place
from samlad.releases.models import Release
from samlad.rounds import actions as round_actions
from samlad.rounds import dispatch_actions, setting_actions
from samlad.rounds.clock import TRELLEBORG, Cadence, HolidayWeeks
from samlad.rounds.models import Process, Round
from samlad.rounds.workflow import Answer, Level
from samlad.rounds.workflow import Status as RoundStatus

DATA = Path(__file__).parent / "data"
CODE, NAME = "1260", "Bjuvs kommun"
PASSWORD = "samlad-demo-2026"  # noqa: S105 - known on purpose; refused outside the demonstration
AREAS_FROM = date(2018, 1, 1)

AUTHORITY = "Kommunstyrelsen"
ORGANISATIONS = (
    (AUTHORITY, "kommunstyrelse"),
    ("Skola", "skola"),
    ("Elevhälsa", "elevhalsa"),
    ("Socialtjänst", "socialtjanst"),
    ("Samhällsbyggnad", "samhallsbyggnad"),
    ("Kultur och fritid", "kultur-fritid"),
    ("Vård och omsorg", "vard-omsorg"),
    ("Lokalpolisområdet", "polis"),
    ("Räddningstjänsten", "raddningstjanst"),
    ("Bostadsbolaget", "bostadsbolag"),
    ("Bevakningsföretaget", "bevakningsforetag"),
    ("Nattvandrarna", "nattvandrare"),
    ("Ungdomsföreningen", "ungdomsforening"),
    ("Föräldraföreningen", "foraldraforening"),
    ("Trygghetsrådet", "grupp"),
)
SOURCE_OWNERS = {
    "polisanmalningar": "Lokalpolisområdet",
    "felanmalan": "Samhällsbyggnad",
    "vaktare": "Bevakningsföretaget",
    "bostadsbolaget": "Bostadsbolaget",
    "skolorna": "Skola",
    "fritidsgardarna": "Kultur och fritid",
    "fastigheter": "Samhällsbyggnad",
}
PEOPLE = (
    (Role.COORDINATOR, "samordnare", "Samordnare", AUTHORITY),
    (Role.REVIEWER, "granskare", "Granskare", AUTHORITY),
    (Role.REPORTER, "rapportor", "Rapportör", "Bostadsbolaget"),
    (Role.POLICE_LIAISON, "kommunpolis", "Kommunpolis", "Lokalpolisområdet"),
    (Role.MEMBER, "ledamot", "Ledamot", "Trygghetsrådet"),
    (Role.LEADER, "ledning", "Ledning", AUTHORITY),
    (Role.FIELD_WORKER, "faltarbetare", "Fältarbetare", "Kultur och fritid"),
    (Role.ASSOCIATION_CONTACT, "forening", "Föreningskontakt", "Nattvandrarna"),
    (Role.GUARD, "vaktare", "Väktare", "Bevakningsföretaget"),
    (Role.RELEASER, "publicist", "Publicist", AUTHORITY),
    (Role.ADMINISTRATOR, "administrator", "Administratör", AUTHORITY),
)
DISTRICTS = {
    "Bjuv": ("1260R003", "1260R004", "1260R005", "1260R006"),
    "Billesholm": ("1260R001", "1260R002"),
    "Ekeby": ("1260R007", "1260R008"),
}
PLACES = (
    ("Skateparken", "aktivitetsplats", "1260R006", "Kultur och fritid"),
    ("Bjuvs centrum", "centrum", "1260R005", None),
    ("Gångtunneln vid stationen", "vag", "1260R004", "Samhällsbyggnad"),
    ("Billesholms skola", "skola", "1260R001", "Skola"),
    ("Ekeby park", "park", "1260R007", "Samhällsbyggnad"),
)
SHARED_WITH = (
    "Lokalpolisområdet",
    "Trygghetsrådet",
    "Bostadsbolaget",
    "Bevakningsföretaget",
)
SUMMARY = "En vanlig vecka utan större händelser. (Påhittad text.)"
EXPECTED = (
    "Lokalpolisområdet", "Samhällsbyggnad", "Bevakningsföretaget", "Bostadsbolaget", "Skola",
    "Kultur och fritid", "Socialtjänst",
)  # fmt: skip
EXPECTED_VOLUNTARY = ("Nattvandrarna",)
ROUNDS_BACK = 1
ADOPTED_DAYS_AGO = 28
DAYS_TO_ADOPT = 4

Say = Callable[[str], None]


class NotADemo(Exception):
    """The database holds something real: the demonstration stays out of it."""


def sign_ins() -> Iterator[tuple[str, str, str]]:
    """Return role, e-mail and password of each person of the demonstration."""
    for role, account, _, _ in PEOPLE:
        yield role.value, f"{account}@bjuv.example", PASSWORD
    for role_name, email in promised.people():
        yield role_name, email, PASSWORD


def load(*, say: Say, today: date | None = None) -> None:
    """Load what is not loaded yet.

    Raises `NotADemo` if the database holds a municipality or a person that is not the
    demonstration's.
    """
    now = timezone.now()
    today = today or timezone.localdate(now)
    if (
        Municipality.objects.filter(is_demo=False).exists()
        or User.objects.filter(is_demo=False).exists()
    ):
        raise NotADemo("The database holds a real municipality; the demonstration stays out.")
    municipality = _municipality(now)
    _areas(municipality, now)
    _places(municipality)
    _invented_reports(municipality, today, now, say)
    _police_events(municipality, now, say)
    _pictures(municipality, today, say)
    say("  writing down problems, measures, councils and what the law asks for")
    work.load(municipality, today=today, data=DATA)
    say("  counting the promises of Bromölla and Båstad, and releasing them")
    promised.load(data=DATA, password=PASSWORD)
    if not Release.objects.filter(municipality=municipality).exists():
        promised.release_tables(municipality, today)
    done.load(municipality, today=today)
    _rounds(municipality, today, now if today == timezone.localdate(now) else _noon(today), say)


@recorder.atomic()
def _municipality(now: datetime) -> Municipality:
    municipality, made = Municipality.objects.get_or_create(
        code=CODE, defaults={"name": NAME, "is_demo": True}
    )
    kinds = {kind.code: kind for kind in OrganisationKind.objects.all()}
    for name, kind in ORGANISATIONS:
        Organisation.objects.get_or_create(
            municipality=municipality, name=name, defaults={"kind": kinds[kind]}
        )
    by_name = {o.name: o for o in Organisation.objects.filter(municipality=municipality)}
    municipality.process_authority = by_name[AUTHORITY]
    municipality.save(update_fields=["process_authority"])
    for role, account, name, organisation in PEOPLE:
        email = f"{account}@bjuv.example"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(
                email=email, password=PASSWORD, name=f"{name} (demo)", is_demo=True
            )
        Membership.objects.get_or_create(
            user=user,
            organisation=by_name[organisation],
            role=role,
            ends_before=None,
            defaults={"starts_on": timezone.localdate(now) - timedelta(400)},
        )
    if made:
        recorder.record(event="organisations.demo.loaded", target=municipality, at=now)
    return municipality


def _areas(municipality: Municipality, now: datetime) -> None:
    if not Area.objects.filter(municipality=municipality, kind=AreaKind.REGSO).exists():
        place_actions.import_areas(
            municipality_id=municipality.pk,
            kind=AreaKind.REGSO,
            file=area_files.read(DATA / "regso_2025_bjuv.geojson"),
            valid_from=AREAS_FROM,
            provenance="SCB RegSO 2025, CC0",
            by=None,
            now=now,
        )
        with (DATA / "population_2023_bjuv.csv").open() as file:
            for row in csv.DictReader(file):
                Area.objects.filter(
                    municipality=municipality, kind=AreaKind.REGSO, code=row["regso"]
                ).update(population=int(row["population"]), population_year=2023)
        known = Area.objects.filter(municipality=municipality, population__isnull=False)
        Area.objects.filter(municipality=municipality, kind=AreaKind.MUNICIPALITY).update(
            population=sum(area.population or 0 for area in known), population_year=2023
        )
    for name, codes in DISTRICTS.items():
        if not Area.objects.filter(municipality=municipality, name=name).exists():
            parts = Area.objects.filter(municipality=municipality, code__in=codes)
            place_actions.merge_areas(
                municipality_id=municipality.pk,
                name=name,
                code=f"{CODE}-{name.lower()}",
                part_ids=[part.pk for part in parts],
                by=None,
                now=now,
            )


def _places(municipality: Municipality) -> None:
    boundaries = {v.code: v.boundary for v in place_queries.area_versions(municipality)}
    for name, kind, area, owner in PLACES:
        point = boundaries[area].representative_point()
        owned_by = municipality.organisations.get(name=owner) if owner else None
        Place.objects.get_or_create(
            municipality=municipality,
            name=name,
            defaults={"kind": kind, "owner": owned_by, "x_m": point.x, "y_m": point.y},
        )


def _invented_reports(municipality: Municipality, today: date, now: datetime, say: Say) -> None:
    parts = {
        name: place_queries.boundary_as_degrees(
            shapely.from_wkb(
                bytes(Area.objects.get(municipality=municipality, name=name).boundary)
            ),
            municipality,
        )
        for name in DISTRICTS
    }
    for source in invented.SOURCES:
        if not _is_read(municipality, source.code):
            say(f"  inventing reports: {source.name}")
            content = invented.reports(source, parts, ends_on=today)
            name = f"{source.code}_pahittad.csv"
            _read(municipality, source.code, source.name, "reports", name, content, now)


def _police_events(municipality: Municipality, now: datetime, say: Say) -> None:
    if not _is_read(municipality, "polisens-handelser"):
        say("  reading the police's published events")
        path = DATA / "polisen_events_bjuv_2022-2025.ndjson"
        _read(
            municipality,
            "polisens-handelser",
            "Polisens publicerade händelser",
            "notices",
            path.name,
            path.read_bytes(),
            now,
        )


def _is_read(municipality: Municipality, code: str) -> bool:
    return Batch.objects.filter(
        source__municipality=municipality, source__code=code, status=BatchStatus.ACCEPTED
    ).exists()


def _read(
    municipality: Municipality,
    code: str,
    name: str,
    kind: str,
    file_name: str,
    content: bytes,
    now: datetime,
) -> Source:
    owner = Organisation.objects.get(
        municipality=municipality, name=SOURCE_OWNERS.get(code, AUTHORITY)
    )
    source = incident_actions.add_source(
        owner_id=owner.pk,
        code=code,
        name=name,
        kind=SourceKind(kind),
        by=None,
        now=now,
        is_invented=kind == "reports",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file_name
        path.write_bytes(content)
        file = files.recognise(path)
        batch = incident_actions.open_batch(
            source_id=source.pk,
            file=file,
            mapping=file.proposed_mapping(),
            by=None,
            now=now,
        )
        incident_actions.read_batch(batch_id=batch.pk, file=file, now=timezone.now)
    return source


def _pictures(municipality: Municipality, today: date, say: Say) -> None:
    coordinator = User.objects.get(email="samordnare@bjuv.example")
    last_month = periods.last_complete_week(today - timedelta(ADOPTED_DAYS_AGO))
    this_week = periods.last_complete_week(today)
    if not Picture.objects.filter(municipality=municipality, number__isnull=False).exists():
        say("  compiling and adopting last month's picture")
        _adopted(municipality, last_month, coordinator)
    if not Picture.objects.filter(municipality=municipality, number__isnull=True).exists():
        say("  compiling this week's picture")
        _compiled(municipality, this_week, coordinator, timezone.now())


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _rounds(municipality: Municipality, today: date, now: datetime, say: Say) -> None:
    """Set up a weekly EST process with last week's round open for review, reports invented."""
    if Process.objects.filter(municipality=municipality).exists():
        return
    say("  opening the week's round")
    this_week = periods.week_of(today)
    began = this_week.starts_on - timedelta(7 * ROUNDS_BACK)
    process = setting_actions.save_process(
        municipality_id=municipality.pk,
        name="EST Bjuv",
        cadence=Cadence.WEEKLY,
        first_on=began,
        moments=TRELLEBORG,
        holidays=HolidayWeeks.MOVED,
        two_persons=False,
        by=None,
        now=now,
    )
    for name in (*EXPECTED, *EXPECTED_VOLUNTARY):
        setting_actions.expect(
            organisation_id=Organisation.objects.get(municipality=municipality, name=name).pk,
            starts_on=began,
            voluntary=name in EXPECTED_VOLUNTARY,
            by=None,
            now=now,
        )
    for name in SHARED_WITH:
        dispatch_actions.save_recipient(
            organisation_id=Organisation.objects.get(municipality=municipality, name=name).pk,
            level=Level.WORKING if name == "Lokalpolisområdet" else Level.GENERAL,
            with_pdf=False,
            by=None,
            now=now,
        )
    round_actions.open_rounds(process_id=process.pk, now=now)
    _answered_week(municipality, today, now)


def _answered_week(municipality: Municipality, today: date, now: datetime) -> None:
    """Report and answer for last week: three have, one has nothing, the rest are silent."""
    last_week = periods.week_of(today - timedelta(7))
    round_ = Round.objects.get(municipality=municipality, starts_on=last_week.starts_on)
    reporter = User.objects.get(email="rapportor@bjuv.example")
    guard = User.objects.get(email="vaktare@bjuv.example")
    field_worker = User.objects.get(email="faltarbetare@bjuv.example")
    for number, (user, days, category, place, text) in enumerate(
        (
            (reporter, 4, "skadegorelse", "Skateparken", ""),
            (reporter, 5, "nedskrapning", "Ekeby park", ""),
            (reporter, 5, "klotter", "Gångtunneln vid stationen", ""),
            (guard, 4, "skadegorelse", "Skateparken", "Krossad ruta vid kiosken."),
            (guard, 5, "storande-samling", "Bjuvs centrum", "Fem killar i åk 8 stod där."),
            (field_worker, 5, "buskorning", "Ekeby park", "Moped på gångbanan."),
        )
    ):  # fmt: skip
        organisation = user.memberships.get().organisation
        moment = datetime.combine(last_week.starts_on + timedelta(days), time(19 + number // 2))
        report_actions.report(
            organisation_id=organisation.pk,
            report=Report(
                key=uuid.uuid5(uuid.NAMESPACE_URL, f"samlad-demo-{last_week.starts_on}-{number}"),
                category=Category.objects.get(code=category),
                span=Span(moment, None, Precision.MINUTE),
                place=place,
                text=text,
            ),
            by=user,
            now=timezone.make_aware(moment + timedelta(hours=1)),
        )
    for user, answer in ((reporter, Answer.DONE), (guard, Answer.DONE)):
        round_actions.answer(
            round_id=round_.pk,
            organisation_id=user.memberships.get().organisation_id,
            answer=answer,
            by=user,
            now=now,
        )
    round_actions.note_readings(round_id=round_.pk, now=now)
    if round_.closes_at > now:  # so that the review can be tried any day of the week
        Round.objects.filter(pk=round_.pk).update(status=RoundStatus.CLOSED)


def _compiled(municipality: Municipality, period: Period, by: User, now: datetime) -> Picture:
    picture = Picture.objects.filter(
        municipality=municipality, starts_on=period.starts_on, number__isnull=True
    ).first()
    if picture is None:
        picture = picture_actions.start(
            municipality_id=municipality.pk, period=period, by=by, now=now
        )
    call_command("db_worker", batch=True, verbosity=0, startup_delay=False, reload=False)
    picture.refresh_from_db()
    return picture


def _adopted(municipality: Municipality, period: Period, by: User) -> None:
    adopted_at = timezone.make_aware(
        datetime.combine(period.ends_before + timedelta(DAYS_TO_ADOPT - 1), datetime.min.time())
    ) + timedelta(hours=10)
    picture = _compiled(municipality, period, by, adopted_at)
    Picture.objects.filter(pk=picture.pk).update(compiled_at=adopted_at)
    for finding in picture.findings.all():
        picture_actions.decide(
            picture_id=picture.pk,
            position=finding.position,
            decision=Decision.KEPT,
            by=by,
            now=adopted_at,
        )
    picture_actions.write_sections(
        picture_id=picture.pk, texts={SectionKind.SUMMARY: SUMMARY}, by=by, now=adopted_at
    )
    picture_actions.review(picture_id=picture.pk, by=by, now=adopted_at)
    picture_actions.adopt(picture_id=picture.pk, by=by, now=adopted_at)
    for name in SHARED_WITH:
        organisation = Organisation.objects.get(municipality=municipality, name=name)
        picture_actions.share(
            picture_id=picture.pk, organisation_id=organisation.pk, by=by, now=adopted_at
        )
