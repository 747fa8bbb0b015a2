"""The promises of Bromölla and Båstad, as their pages give them, with invented activities.

The commitments are the pages' own (Bromölla kommun and LPO Karlshamn; Båstads kommun and LPO
Ängelholm). What has been done, Bromölla's period and its areas' borders are invented, and say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities import actions as activities
from samlad.activities.actions import Entry
from samlad.activities.models import ActivityKind
from samlad.audit import recorder
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from samlad.councils import agreement_actions
from samlad.incidents.models import Category, Source
from samlad.indicators import actions as indicators
from samlad.indicators import series_file
from samlad.indicators.models import Indicator
from samlad.organisations.models import Municipality, Organisation, OrganisationKind
from samlad.places import actions as places
from samlad.places import area_files
from samlad.places.models import Area, AreaKind
from samlad.promises import actions as promises
from samlad.promises.counting import Rule
from samlad.promises.models import Promise
from samlad.promises.workflow import Status, Type, Unit
from samlad.releases import actions as releases
from samlad.releases import document_actions
from samlad.releases.workflow import ByArea, ByTime

INVENTED = "(Påhittad.)"


@dataclass(frozen=True)
class Said:
    """One commitment as the page has it; `judged` is for what is told in words."""

    text: str
    rule: Rule
    judged: tuple[Status, str] | None = None
    individuals: int = 0


@dataclass(frozen=True)
class Town:
    """A municipality of the demonstration that has promised something."""

    code: str
    name: str
    short: str
    police: str
    kinds: tuple[tuple[str, str], ...] = ()
    promise: str = ""
    remark: str = ""
    signatories: tuple[str, ...] = ()
    starts_on: date = date(2025, 1, 1)
    ends_on: date = date(2026, 12, 31)
    goals: tuple[str, ...] = ()
    commitments: tuple[Said, ...] = ()
    done: tuple[tuple[str, date, Mapping[str, Any]], ...] = field(default=())
    watch: tuple[tuple[str, date], ...] = ()
    invented_series: tuple[tuple[str, tuple[tuple[int, float], ...]], ...] = ()


def _q(text: str, status: Status, why: str) -> Said:
    return Said(text, Rule(Type.QUALITATIVE), (status, f"{why} {INVENTED}"))


SAFE = "Trygga ute sent på kvällen (påhittad)"
TRUST = "Förtroende för polisen (påhittad)"
TAKE_PART = "Har deltagit i en dialog (påhittad)"
SEEN_BY = {  # the series each goal is seen by
    "Öka tryggheten": ("Problemindex (Trygghetsmätning)", SAFE),
    "Förebygga brott": ("Anmälda brott per 1 000 invånare",),
    "Öka medborgarnas och lokalsamhällets delaktighet": (TAKE_PART,),
    "Stärka förtroendet för polisen": (TRUST,),
    "Öka polisens synlighet": ("Har sett polisen i området (påhittad)",),
}

BROMOLLA = Town(
    code="1272", name="Bromölla kommun", short="bromolla", police="LPO Karlshamn",
    promise="Medborgarlöften Bromölla",
    remark="Sidan anger ingen period: 2025–2026 är påhittad, liksom det som har gjorts.",
    signatories=("chef för lokalpolisområde Karlshamn", "kommunalråd"),
    goals=("Öka tryggheten", "Förebygga brott",
           "Öka medborgarnas och lokalsamhällets delaktighet", "Stärka förtroendet för polisen"),
    commitments=(
        Said("Riktade föräldramöten, näringslivsträffar och andra tillfällen med tema trygghet "
             "vid minst 4 tillfällen",
             Rule(Type.IN_PERIOD, target=4,
                  kinds=("foraldramote", "naringslivstraff", "temamote"))),
        Said("2 riktade seniorinformationstillfällen per år",
             Rule(Type.PER_YEAR, target=2, kinds=("seniorinformation",))),
        Said("Medborgardialoger i områdena norr, söder och centrum",
             Rule(Type.PER_AREA, kinds=("medborgardialog",),
                  areas=("1272-norr", "1272-soder", "1272-centrum"))),
        _q("Arbeta för ett dialogforum mellan seniorer och barn/unga", Status.NOT_BEGUN,
           "Plats söks."),
        Said("Forum med media för att sprida aktuell lägesbild och aktiviteterna",
             Rule(Type.CONTINUOUS, kinds=("mediatraff",))),
        Said("Grannsamverkan: minimum 2 uppstartsmöten",
             Rule(Type.IN_PERIOD, target=2, kinds=("uppstartsmote",))),
        Said("Grannsamverkan: minimum 1 repetitionsmöte",
             Rule(Type.IN_PERIOD, target=1, kinds=("repetitionsmote",))),
        Said("Gemensamt nyhetsbrev 4 gånger per år",
             Rule(Type.PER_YEAR, target=4, kinds=("nyhetsbrev",))),
        _q("Starta upp SSPF", Status.MET, "Uppstart hölls."),
        _q("Rutiner och beslutsprocesser för att upptäcka ungdomar i risk", Status.ONGOING,
           "Ett första utkast finns."),
        Said("Fungerande samverkan mellan styrgrupp, arbetsgrupp och koordinator",
             Rule(Type.CONTINUOUS, kinds=("styrgruppsmote",))),
        Said("Utbilda de grupper som ska arbeta med SSPF",
             Rule(Type.IN_PERIOD, target=1, kinds=("utbildning",), themes=("sspf",))),
        Said("Påbörja arbetet enligt SSPF-modell på två individer",
             Rule(Type.INDIVIDUALS, target=2), individuals=1),
        _q("Översiktsbild av nuläget där aktiviteter kan genomföras omgående", Status.ONGOING,
           "Lägesbilden tas fram varje vecka."),
        _q("Fortsätta dokumentera händelser i Infracontrol", Status.ONGOING, "Görs löpande."),
        Said("Trygghetsvandringar", Rule(Type.CONTINUOUS, kinds=("trygghetsvandring",))),
        Said("Medborgardialog", Rule(Type.CONTINUOUS, kinds=("medborgardialog",))),
        Said("Dela lägesbilder för att skapa aktiviteter och åtgärder",
             Rule(Type.CONTINUOUS, kinds=("lagesbildsmote",))),
        Said("2 mätningar av narkotika i avloppsvattnet",
             Rule(Type.IN_PERIOD, target=2, kinds=("avloppsmatning",))),
        Said("Minska bedrägerier: informationskampanjer genom sociala medier och möten",
             Rule(Type.IN_PERIOD, target=1, kinds=("informationskampanj",))),
        Said("Utbildningar om bedrägerier, t.ex. hemtjänst, medborgardialoger, föreningar, skolor",
             Rule(Type.IN_PERIOD, target=1, kinds=("utbildning",), themes=("bedragerier",),
                  audiences=("hemtjanst", "medborgare", "foreningar", "skolor"))),
        _q("Minska våld i nära relationer: kampanjer och förbättrade rutiner", Status.ONGOING,
           "Rutinen är på remiss."),
        Said("Ta fram informationsbroschyr att dela ut vid händelser eller misstanke",
             Rule(Type.IN_PERIOD, target=1, kinds=("broschyrutdelning",))),
        Said("Uppföljning vid utdelning av broschyrer",
             Rule(Type.CONTINUOUS, kinds=("broschyruppfoljning",))),
        _q("Avhopparverksamhet: strukturella processer och rutiner", Status.NOT_BEGUN,
           "Börjar nästa år."),
    ),
    invented_series=(
        (SAFE, ((2024, 61.0), (2025, 63.5))), (TRUST, ((2024, 54.0), (2025, 55.0))),
        (TAKE_PART, ((2024, 6.0), (2025, 9.5))),
    ),
    done=(
        ("foraldramote", date(2025, 3, 12), {"audiences": ("foraldrar",), "participants": 34}),
        ("naringslivstraff", date(2025, 9, 18), {"audiences": ("naringsliv",), "participants": 21}),
        ("temamote", date(2026, 2, 4), {"audiences": ("medborgare",), "participants": 48}),
        ("seniorinformation", date(2025, 4, 8), {"audiences": ("seniorer",), "participants": 40}),
        ("seniorinformation", date(2025, 10, 14), {"audiences": ("seniorer",), "participants": 31}),
        ("seniorinformation", date(2026, 4, 21), {"audiences": ("seniorer",), "participants": 28}),
        ("medborgardialog", date(2025, 5, 6), {"area": "1272-centrum", "themes": ("belysning",)}),
        ("medborgardialog", date(2025, 11, 11), {"area": "1272-norr", "themes": ("trafik",)}),
        ("medborgardialog", date(2026, 5, 19), {"area": "1272-soder", "themes": ("samlingar",)}),
        ("mediatraff", date(2025, 6, 3), {"audiences": ("media",)}),
        ("mediatraff", date(2026, 6, 2), {"audiences": ("media",)}),
        ("uppstartsmote", date(2025, 9, 2), {"participants": 17}),
        ("repetitionsmote", date(2026, 3, 10), {"participants": 12}),
        *(("nyhetsbrev", date(year, month, 15), {"channels": ("webb",)})
          for year, month in ((2025, 2), (2025, 5), (2025, 9), (2025, 12), (2026, 2), (2026, 6),
                              (2026, 10))),
        *(("styrgruppsmote", date(year, month, 20), {})
          for year in (2025, 2026) for month in (3, 9)),
        ("utbildning", date(2025, 8, 19),
         {"audiences": ("skolor",), "themes": ("sspf",), "participants": 26}),
        ("trygghetsvandring", date(2025, 10, 7), {"area": "1272-centrum", "participants": 15}),
        ("trygghetsvandring", date(2026, 10, 6), {"area": "1272-norr", "participants": 18}),
        ("lagesbildsmote", date(2025, 2, 10), {}), ("lagesbildsmote", date(2026, 2, 9), {}),
        ("avloppsmatning", date(2025, 10, 21), {}),
        ("informationskampanj", date(2026, 1, 20),
         {"channels": ("sociala_medier", "mote"), "themes": ("bedragerier",)}),
        ("utbildning", date(2026, 3, 24),
         {"audiences": ("hemtjanst",), "themes": ("bedragerier",), "participants": 22}),
        ("broschyrutdelning", date(2026, 5, 5), {"handed_out": 40}),
    ),
)  # fmt: skip

BASTAD = Town(
    code="1278", name="Båstads kommun", short="bastad", police="LPO Ängelholm",
    promise="Medborgarlöfte Båstad 2020–2022",
    remark="Löftet är sidans; det som räknas är påhittat.",
    signatories=("kommunstyrelsens ordförande", "chef för lokalpolisområde Ängelholm"),
    starts_on=date(2020, 1, 1), ends_on=date(2022, 12, 31),
    goals=("Öka tryggheten", "Öka polisens synlighet"),
    commitments=(
        Said("Genomföra dialoger", Rule(Type.CONTINUOUS, kinds=("medborgardialog",))),
        Said("Genomföra trygghetsundersökningar varje år",
             Rule(Type.PER_YEAR, target=1, kinds=("trygghetsmatning",))),
        Said("Öka antalet grannsamverkansområden", Rule(Type.STOCK)),
        _q("Prioritera områdena trafik, belysning och kamerabevakning", Status.MET,
           "Åtgärder i alla tre."),
        _q("Fortsätta insatserna mot bostadsinbrott", Status.MET, "Insatserna fortsatte."),
        _q("Samtliga verksamheter arbetar för att öka tryggheten", Status.ONGOING,
           "Två förvaltningar saknade åtgärder."),
        Said("Polisen: trafikkontroller utifrån aktuell problembild",
             Rule(Type.CONTINUOUS, unit=Unit.CONTROLS, kinds=("trafikkontroll",))),
        Said("Kommunen: prioriterade platser genom egna mätningar",
             Rule(Type.CONTINUOUS, kinds=("hastighetsmatning",))),
        Said("Öka polisens synlighet",
             Rule(Type.CONTINUOUS, unit=Unit.HOURS, kinds=("fotpatrull",), must_rise=True)),
        Said("Öka antalet rapporter för trafikbrott",
             Rule(Type.CONTINUOUS, unit=Unit.REPORTS, kinds=("trafikbrottsrapportering",),
                  must_rise=True)),
        Said("Initiera en samverkansgrupp",
             Rule(Type.IN_PERIOD, target=1, kinds=("samverkansmote",))),
        _q("Samla statistik och annan information till en mer heltäckande lägesbild",
           Status.ONGOING, "Fyra källor av sex."),
        _q("Polisen återrapporterar trygghetsmätningar och brottsstatistik", Status.MET,
           "Varje kvartal."),
        _q("Arbeta proaktivt", Status.ONGOING, "Årshjulet används av tre förvaltningar."),
        _q("Jämföra utvecklingen med andra kommuner", Status.MET, "Görs i lägesbilden."),
        _q("Stärka den interna samverkan", Status.ONGOING, "Två förvaltningar saknas i gruppen."),
    ),
    invented_series=(
        ("Har sett polisen i området (påhittad)", ((2020, 31.0), (2021, 34.0), (2022, 38.0))),
    ),
    done=(
        *(("medborgardialog", date(year, 5, 12), {}) for year in (2020, 2021, 2022)),
        *(("trygghetsmatning", date(year, 10, 1), {}) for year in (2020, 2021)),
        ("trygghetsmatning", date(2022, 12, 31), {}),
        ("trygghetsmatning", date(2023, 1, 1), {}),
        *(("trafikkontroll", date(year, 6, 1), {"controls": n})
          for year, n in ((2020, 40), (2021, 52), (2022, 61))),
        *(("hastighetsmatning", date(year, 9, 10), {}) for year in (2020, 2021, 2022)),
        *(("fotpatrull", date(year, 7, 31), {"hours": Decimal(n)})
          for year, n in ((2020, 120), (2021, 150), (2022, 180))),
        *(("trafikbrottsrapportering", date(year, month, day), {"reports": n})
          for year, quarters in ((2020, (70, 81, 84, 75)), (2021, (82, 93, 97, 90)),
                                 (2022, (98, 104, 110, 103)))
          for (month, day), n in zip(((3, 31), (6, 30), (9, 30), (12, 31)), quarters, strict=True)),
        *(("samverkansmote", date(2021, month, 5), {}) for month in (2, 9)),
    ),
    watch=(("Område A", date(2018, 4, 1)), ("Område B", date(2019, 9, 1)),
           ("Område C", date(2021, 3, 1)), ("Område D", date(2022, 5, 1))),
)  # fmt: skip
TOWNS = (BROMOLLA, BASTAD)


def people() -> list[tuple[str, str]]:
    """Return the role and e-mail of each person these towns have."""
    return [
        (role.value, f"{account}@{town.short}.example")
        for town in TOWNS
        for role, account in ((Role.COORDINATOR, "samordnare"), (Role.RELEASER, "publicist"))
    ]


def load(*, data: Path, password: str) -> None:
    """Load what is not loaded yet, and release it: drafted by one, released by another."""
    now = timezone.now()
    for town in TOWNS:
        municipality = _municipality(town, now, password)
        if not Promise.objects.filter(municipality=municipality).exists():
            _promise(town, municipality, data, now)


@recorder.atomic()
def _municipality(town: Town, now: datetime, password: str) -> Municipality:
    municipality, made = Municipality.objects.get_or_create(
        code=town.code, defaults={"name": town.name, "is_demo": True}
    )
    kinds = {kind.code: kind for kind in OrganisationKind.objects.all()}
    for name, kind in (("Kommunstyrelsen", "kommunstyrelse"), (town.police, "polis"),
                       ("Skola", "skola"), ("Socialtjänst", "socialtjanst")):  # fmt: skip
        Organisation.objects.get_or_create(
            municipality=municipality, name=name, defaults={"kind": kinds[kind]}
        )
    authority = municipality.organisations.get(name="Kommunstyrelsen")
    municipality.process_authority = authority
    municipality.save(update_fields=["process_authority"])
    for role, account in ((Role.COORDINATOR, "samordnare"), (Role.RELEASER, "publicist")):
        email = f"{account}@{town.short}.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email=email, password=password, name=f"{account.capitalize()} (demo)", is_demo=True
        )
        Membership.objects.get_or_create(
            user=user, organisation=authority, role=role, ends_before=None,
            defaults={"starts_on": timezone.localdate(now) - timedelta(2500)},
        )  # fmt: skip
    if made:
        recorder.record(event="organisations.demo.loaded", target=municipality, at=now)
    return municipality


def _promise(town: Town, municipality: Municipality, data: Path, now: datetime) -> None:
    by = User.objects.get(email=f"samordnare@{town.short}.example")
    authority = municipality.organisations.get(name="Kommunstyrelsen")
    police = municipality.organisations.get(name=town.police)
    if town is BROMOLLA:
        places.import_areas(
            municipality_id=municipality.pk, kind=AreaKind.OWN,
            file=area_files.read(
                data / "delar_bromolla_pahittade.geojson", code="kod", name="namn"
            ),
            valid_from=date(2020, 1, 1), provenance=INVENTED, by=None, now=now,
        )  # fmt: skip
    dialogues = _done(town, municipality, authority, police, by, now)
    agreement = agreement_actions.save_agreement(
        municipality_id=municipality.pk, agreement_id=None, name="Samverkansöverenskommelse",
        purposes="Öka tryggheten och förebygga brott.", areas="Se löftet.",
        signatories=list(town.signatories), parties=[authority, police],
        starts_on=town.starts_on, ends_on=town.ends_on, signed_on=town.starts_on,
        diarienummer="", by=by, now=now,
    )  # fmt: skip
    said_of: dict[str, Any] = {
        "municipality_id": municipality.pk, "name": town.promise, "text": "",
        "remark": town.remark, "agreement": agreement, "parties": [authority, police],
        "signatories": town.signatories, "starts_on": town.starts_on, "ends_on": town.ends_on,
        "dialogues": dialogues, "by": by, "now": now,
    }  # fmt: skip
    promise = promises.save_promise(**said_of, signed_on=None)
    _series(town, authority, data, by, now)
    for goal in town.goals:
        seen_by = Indicator.objects.filter(municipality=municipality, name__in=SEEN_BY[goal])
        promises.set_goal(
            promise_id=promise.pk, text=goal, indicators=list(seen_by), by=by, now=now
        )
    for said in town.commitments:
        rule = said.rule
        if rule.kinds == ("nyhetsbrev",):  # a joint newsletter has both as senders
            rule = replace(rule, partners=(authority.pk, police.pk))
        version = promises.commit(
            promise_id=promise.pk, text=said.text, rule=rule,
            responsible=police if said.text.startswith("Polisen") else authority, by=by, now=now,
        )  # fmt: skip
        how = {"promise_id": promise.pk, "commitment_id": version.commitment_id}
        if said.judged is not None:
            status, reason = said.judged
            promises.judge(status=status, reason=reason, by=by, now=now, **how)
        if said.individuals:
            promises.count_individuals(number=said.individuals, by=by, now=now, **how)
    promise = promises.save_promise(**said_of, promise_id=promise.pk, signed_on=town.starts_on)
    _released(town, municipality, promise, by, now)


def _series(town: Town, authority: Organisation, data: Path, by: User, now: datetime) -> None:
    """Take in what has been published of a town, and what is invented to see a goal by."""
    today = timezone.localdate(now)
    read, _faults = series_file.read((data / "indicators.csv").read_bytes(), today=today)
    name = authority.municipality.name.removesuffix(" kommun").removesuffix("s")
    rows = [row for row in read if row.geography == name]
    indicators.take_in(organisation_id=authority.pk, rows=rows, by=by, now=now)
    for series, values in town.invented_series:
        made = indicators.add_indicator(
            organisation_id=authority.pk, name=series, geography_type="kommun", geography=name,
            unit="procent", dimension="upplevd", direction="hog", by=by, now=now,
        )  # fmt: skip
        for year, value in values:
            indicators.add_value(
                indicator_id=made.pk, value=value, starts_on=date(year, 1, 1),
                ends_before=date(year + 1, 1, 1), source=INVENTED, retrieved_on=today, n=400,
                by=by, now=now,
            )  # fmt: skip


def _done(
    town: Town,
    municipality: Municipality,
    authority: Organisation,
    police: Organisation,
    by: User,
    now: datetime,
) -> Sequence[activities.Activity]:
    """Log what has been done up to today; return the dialogues."""
    kinds = {one.code: one for one in ActivityKind.objects.filter(municipality=None)}
    areas = {one.code: one for one in Area.objects.filter(municipality=municipality)}
    dialogues = []
    for number, (kind, on, more) in enumerate(town.done):
        if on > timezone.localdate(now):
            continue
        values = dict(more)
        code = values.pop("area", None)
        made = activities.log(
            organisation_id=authority.pk,
            key=uuid5(NAMESPACE_URL, f"samlad-demo-{town.code}-{number}"),
            entry=Entry(
                kind=kinds[kind], on=on, what=INVENTED,
                area=areas[str(code)] if code else None, **values,
            ),
            with_whom=[police],
            by=by,
            now=now,
        )  # fmt: skip
        if kind == "medborgardialog":
            dialogues.append(made)
    for name, started_on in town.watch:
        activities.save_watch_area(
            organisation_id=authority.pk, name=f"{name} {INVENTED}", area=None,
            started_on=started_on, ends_before=None, by=by, now=now,
        )  # fmt: skip
    return dialogues


def _released(
    town: Town, municipality: Municipality, promise: Promise, by: User, now: datetime
) -> None:
    second = User.objects.get(email=f"publicist@{town.short}.example")
    releases.name_publisher(
        municipality_id=municipality.pk, slug=town.short, editor="Samordningsfunktionen",
        mailbox=f"trygghet@{town.short}.example", phone="", by=by, now=now,
    )  # fmt: skip
    for draft in (
        releases.draft_promise(promise_id=promise.pk, by=by, now=now),
        document_actions.draft_statement(municipality_id=municipality.pk, by=by, now=now),
    ):
        releases.release_it(release_id=draft.pk, by=second, now=now)


def release_tables(municipality: Municipality, today: date) -> None:
    """Release two years of the demonstration's own municipality, at three levels.

    Damage and graffiti happen to things; of thefts the small numbers are hidden.
    """
    by = User.objects.get(email="samordnare@bjuv.example")
    second = User.objects.get(email="publicist@bjuv.example")
    now = timezone.make_aware(datetime.combine(today, time(9)))
    releases.name_publisher(
        municipality_id=municipality.pk, slug="bjuv",
        editor="Samordningsfunktionen för trygghet",
        mailbox="trygghet@bjuv.example", phone="", by=by, now=now,
    )  # fmt: skip
    source = Source.objects.get(municipality=municipality, code="polisanmalningar")
    for code, by_area, by_time in (
        ("skadegorelse", ByArea.DISTRICT, ByTime.QUARTER),
        ("stold", ByArea.DISTRICT, ByTime.QUARTER),
        ("klotter", ByArea.MUNICIPALITY, ByTime.MONTH),
    ):
        draft = releases.draft_table(
            source_id=source.pk,
            category_id=Category.objects.get(code=code).pk,
            by_area=by_area,
            by_time=by_time,
            starts_on=date(today.year - 2, 1, 1),
            ends_before=date(today.year, 1, 1),
            by=by,
            now=now,
        )
        releases.release_it(release_id=draft.pk, by=second, now=now)
