"""The demonstration's work: indicators that are published, problems and councils invented.

Everything is written through the rooms' own actions, as the coordinator, at the time it is said
to have been done; what is done already is left alone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from samlad.accounts.models import User
from samlad.calendar.models import SchoolBreakKind
from samlad.councils import actions as councils
from samlad.councils import agreement_actions
from samlad.councils import queries as council_queries
from samlad.councils.models import Group, Meeting
from samlad.councils.workflow import GroupStatus, GroupType, OutcomeKind
from samlad.demo import law
from samlad.incidents.models import Category, Source
from samlad.indicators import actions as indicators
from samlad.indicators import series_file
from samlad.indicators.models import Indicator
from samlad.measures import actions as measures
from samlad.measures import evaluation_actions, problem_actions, year_actions
from samlad.measures.actions import Description
from samlad.measures.models import Measure, Problem
from samlad.measures.vocabulary import Answer, Bone, EveryTime, Funding, Kind, Level, Unit
from samlad.measures.workflow import Status
from samlad.organisations.models import Municipality, Organisation
from samlad.picture.models import Picture
from samlad.places.models import Area, Place

WEEKS_BACK, WEEKS_READ = 34, 26
INVENTED = "(Påhittat.)"


def load(municipality: Municipality, *, today: date, data: Path) -> None:
    """Load what is not loaded yet."""
    coordinator = User.objects.get(email="samordnare@bjuv.example")
    now = timezone.now()
    if not Indicator.objects.filter(municipality=municipality).exists():
        rows, _faults = series_file.read((data / "indicators.csv").read_bytes(), today=today)
        indicators.take_in(
            organisation_id=_organisation(municipality, "Kommunstyrelsen").pk,
            rows=rows,
            by=coordinator,
            now=now,
        )
    if not Problem.objects.filter(municipality=municipality).exists():
        _problem(municipality, coordinator, today)
        _shown_problem(municipality, coordinator, today, now)
        _year(municipality, coordinator, today, now)
    if not Group.objects.filter(municipality=municipality).exists():
        _councils(municipality, coordinator, today)
        law.load(municipality, coordinator, today, now)


def _organisation(municipality: Municipality, name: str) -> Organisation:
    return Organisation.objects.get(municipality=municipality, name=name)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def _problem(municipality: Municipality, by: User, today: date) -> None:
    """State a problem with causes, a goal and a programme, and a measure that has been read."""
    starts_on = today - timedelta(today.weekday() + 7 * WEEKS_BACK)
    decided = _at(starts_on - timedelta(10))
    area = Area.objects.get(municipality=municipality, code="1260R005", ends_before=None)
    authority = _organisation(municipality, "Kommunstyrelsen")
    problem = problem_actions.state_problem(
        organisation_id=authority.pk,
        name="Skadegörelse i centrum på kvällar",
        description=f"Flera källor, mest helgkvällar. {INVENTED}",
        category=Category.objects.get(code="skadegorelse"),
        areas=[area],
        places=[Place.objects.get(municipality=municipality, name="Bjuvs centrum")],
        by=by,
        now=decided,
    )
    for bone, text in (
        (Bone.PLACE, "Mörkt mellan torget och stationen"),
        (Bone.PLACE, "Ingen vuxen i närheten efter stängning"),
        (Bone.OFFENDER, "Inget att göra på fredagskvällar"),
        (Bone.VICTIM, "Skyltfönster utan insyn från gatan"),
    ):
        problem_actions.add_cause(problem_id=problem.pk, bone=bone, text=text, by=by, now=decided)
    unseen, idle = (
        problem.causes.get(text__startswith=start) for start in ("Ingen vuxen", "Inget att")
    )
    source = Source.objects.get(municipality=municipality, code="polisanmalningar")
    goal = problem_actions.set_goal(
        problem_id=problem.pk,
        organisation_id=_organisation(municipality, "Trygghetsrådet").pk,
        what="En fjärdedel färre anmälningar om skadegörelse i centrum",
        target=25,
        target_year=today.year + 1,
        baseline=None,
        baseline_year=None,
        source=source,
        indicator=None,
        is_accepted=True,
        is_realistic=True,
        by=by,
        now=decided,
    )
    programme = problem_actions.start_programme(
        organisation_id=authority.pk,
        name=f"Ökad trygghet sommaren {starts_on.year}",
        purpose=f"Vuxna på plats där det behövs. {INVENTED}",
        tag_words=["sommar", "GIREC"],
        starts_on=starts_on,
        ends_before=None,
        problems=[problem],
        groups=[_organisation(municipality, "Trygghetsrådet")],
        by=by,
        now=decided,
    )
    for what, unit, amount in (
        ("Väktare", Unit.KRONOR, "180000"), ("Fältarbetare", Unit.HOURS, "240"),
        ("Belysning", Unit.KRONOR, "60000"),
    ):  # fmt: skip
        problem_actions.add_resource(
            programme_id=programme.pk, what=what, unit=unit, amount=Decimal(amount),
            funding=Funding.OWN, by=by, now=decided,
        )  # fmt: skip
    existing = problem_actions.register_activity(
        organisation_id=_organisation(municipality, "Kultur och fritid").pk,
        name="Fritidsgårdens fredagskvällar",
        description=f"Öppet till 23. {INVENTED}",
        target_groups=["ungdomar"],
        by=by,
        now=decided,
    )
    guards = measures.decide_measure(
        organisation_id=_organisation(municipality, "Bevakningsföretaget").pk,
        what="Väktare med social inriktning i centrum",
        due_on=starts_on + timedelta(7 * WEEKS_READ),
        area=area,
        described=Description(
            problem=problem, cause=unseen, goal=goal, programme=programme,
            kind=Kind.PREVENTING, approach="situationell",
            mechanism="upptacktsrisk", field="narvaro", purposes=("trygghetsskapande",
            "brottsforebyggande"), work_areas=("trygghet",), target_groups=("ungdomar", "besokare"),
            orientations=("social", "relationsskapande", "uppsokande"),
            dayparts=("helgkväll", "helgnatt"), is_priority=True, is_extra=True, hours=320,
            cost_kr=180_000, starts_on=starts_on,
            expected_effect="Färre anmälningar om skadegörelse i centrum på helgkvällar",
            follow_up_on=starts_on + timedelta(7 * WEEKS_READ),
        ),
        by=by,
        now=decided,
    )  # fmt: skip
    measures.decide_measure(
        organisation_id=_organisation(municipality, "Kultur och fritid").pk,
        what="Fritidsgården öppen längre på fredagar",
        due_on=today + timedelta(60),
        area=area,
        described=Description(
            problem=problem, cause=idle, goal=goal, programme=programme, existing=existing,
            kind=Kind.PROMOTING, funding=Funding.STATE, grant_applied_on=today - timedelta(200),
            grant_report_on=today + timedelta(20), starts_on=today - timedelta(120),
            approach="social", mechanism="skyddsfaktorer", field="fritid",
            purposes=("trygghetsskapande",), work_areas=("folkhalsa", "trygghet"),
            target_groups=("ungdomar",), dayparts=("helgkväll",), is_early=True,
        ),
        by=by,
        now=decided,
    )  # fmt: skip
    evaluation_actions.propose(
        measure_id=guards.pk,
        source_id=source.pk,
        category_id=Category.objects.get(code="skadegorelse").pk,
        weeks=WEEKS_READ,
        by=by,
        now=decided,
    )
    evaluation_actions.freeze(measure_id=guards.pk, now=_at(starts_on))
    measures.follow_up(
        measure_id=guards.pk, status=Status.PLANNED, reason="", every_time=EveryTime.MOSTLY,
        note=f"Två kvällar ställdes in. {INVENTED}", hours_used=148,
        next_on=starts_on + timedelta(7 * WEEKS_READ), by=by,
        now=_at(starts_on + timedelta(7 * WEEKS_READ // 2)),
    )  # fmt: skip
    evaluation_actions.assess(
        measure_id=guards.pk, by=by, now=_at(starts_on + timedelta(7 * WEEKS_READ + 3))
    )


def _shown_problem(municipality: Municipality, by: User, today: date, now: datetime) -> None:
    """State a problem that a finding shows, with a chain of events and a measure to come."""
    picture = (
        Picture.objects.filter(municipality=municipality, number__isnull=False)
        .order_by("starts_on")
        .first()
    )
    if picture is None or not picture.compiled["findings"]:
        return
    finding = picture.compiled["findings"][0]
    area = Area.objects.get(
        municipality=municipality, code=finding["area"]["code"], ends_before=None
    )
    problem = problem_actions.state_problem(
        organisation_id=_organisation(municipality, "Kommunstyrelsen").pk,
        name=f"{finding['category']['label']} i {area.name}",
        description=f"Syntes först i lägesbilden. {INVENTED}",
        category=Category.objects.get(code=finding["category"]["code"]),
        areas=[area],
        places=[],
        starts_on=picture.starts_on,
        shown_by=(picture.pk, 0),
        by=by,
        now=now,
    )
    for text in ("Färg köps", "Gångtunneln är tom efter 21", "Klottret syns i flera veckor",
                 "Fler fyller på"):  # fmt: skip
        problem_actions.add_cause(problem_id=problem.pk, bone=Bone.CHAIN, text=text, by=by, now=now)
    cleaning = measures.decide_measure(
        organisation_id=_organisation(municipality, "Samhällsbyggnad").pk,
        what="Klottret borta inom ett dygn",
        due_on=today + timedelta(120),
        area=area,
        described=Description(
            problem=problem, kind=Kind.PREVENTING, approach="situationell",
            mechanism="mindre_vinst", field="skotsel", purposes=("brottsforebyggande",),
            work_areas=("trygghet",), target_groups=("invanare",), hours=60, cost_kr=24_000,
            starts_on=today + timedelta(14), ends_before=today + timedelta(120),
            expected_effect="Färre anmälningar om klotter", follow_up_on=today + timedelta(60),
        ),
        by=by,
        now=now,
    )  # fmt: skip
    evaluation_actions.propose_where_possible(measure_ids=[cleaning.pk], by=by, now=now)
    landlord = _organisation(municipality, "Bostadsbolaget")
    measures.ask_partner(measure_id=cleaning.pk, organisation_id=landlord.pk, by=by, now=now)
    measures.answer_partner(
        measure_id=cleaning.pk, organisation_id=landlord.pk, answer=Answer.DECLINED,
        reason="Har egen sanering i området.",
        by=User.objects.get(email="rapportor@bjuv.example"), now=now,
    )  # fmt: skip


def _year(municipality: Municipality, by: User, today: date, now: datetime) -> None:
    authority = _organisation(municipality, "Kommunstyrelsen")
    for kind, month, day, days in (
        (SchoolBreakKind.WINTER, 2, 15, 7),
        (SchoolBreakKind.SUMMER, 6, 11, 68),
        (SchoolBreakKind.WINTER, 14, 15, 7),
        (SchoolBreakKind.SUMMER, 18, 11, 68),
    ):
        first = date(today.year + month // 13, (month - 1) % 12 + 1, day)
        year_actions.set_break(
            municipality_id=municipality.pk,
            kind=kind,
            starts_on=first,
            ends_before=first + timedelta(days),
            by=by,
            now=now,
        )
    for what, month, before, weeks in (
        ("Planera sommarens väktare", 6, SchoolBreakKind.SUMMER, 12),
        ("Lovaktiviteter med föreningarna", 2, SchoolBreakKind.WINTER, 8),
        ("Vuxna ute på Valborg", 4, "", 6),
        ("Trygghetsvandringar", 10, "", 4),
        ("Årets lägesbild och plan i kommunstyrelsen", 1, "", 6),
        ("Samverkan med polisen: läget och löftet", 3, "", 3),
        ("Skolavslutningar och studenten", 5, "", 6),
        ("Trygghetsmätningen skickas ut", 8, "", 4),
        ("Höstens upptakt med skolor och föreningar", 9, "", 4),
        ("Mörkertid: belysning och siktröjning", 11, "", 8),
        ("Lucia och jullov: vuxna ute", 12, "", 5),
    ):
        year_actions.add_entry(
            organisation_id=authority.pk,
            what=what,
            month=month,
            before_break=before,
            weeks_before=weeks,
            by=by,
            now=now,
        )
    year_actions.save_camera(
        camera_id=None,
        organisation_id=_organisation(municipality, "Samhällsbyggnad").pk,
        place=Place.objects.get(municipality=municipality, name="Gångtunneln vid stationen"),
        purpose=f"Förebygga skadegörelse i gångtunneln. {INVENTED}",
        weighing="SBN 2026/31",
        impact_assessment="SBN 2026/32",
        alternatives="Bättre ljus sedan 2024, klottersanering inom ett dygn. Räckte inte.",
        sign_posted=True,
        in_register=True,
        started_on=today - timedelta(200),
        review_on=today + timedelta(165),
        ended_on=None,
        by=by,
        now=now,
    )


def _councils(municipality: Municipality, by: User, today: date) -> None:
    """Form a council and an operative group that has put a question to it."""
    authority = _organisation(municipality, "Kommunstyrelsen")
    last = today - timedelta(28)

    def group(name: str, type_: GroupType, level: Level, *, strategic: bool) -> Group:
        return councils.form_group(
            municipality_id=municipality.pk, name=name, type_=type_, status=GroupStatus.ACTIVE,
            level=level, is_strategic_council=strategic, remit="", founded_on=date(2018, 1, 15),
            chair=authority, quorum=4, programme=None, by=by, now=_at(last - timedelta(60)),
        )  # fmt: skip

    council = group("Trygghetsrådet", GroupType.SAFETY, Level.STRATEGIC, strategic=True)
    managers = group("Trygga chefer", GroupType.MANAGERS, Level.OPERATIVE, strategic=False)
    seats = {
        council: ("Skola", "Socialtjänst", "Lokalpolisområdet", "Bostadsbolaget", "Nattvandrarna",
                  "Ungdomsföreningen", "Föräldraföreningen", "Elevhälsa"),
        managers: ("Skola", "Socialtjänst", "Samhällsbyggnad", "Kultur och fritid",
                   "Vård och omsorg", "Lokalpolisområdet"),
    }  # fmt: skip
    for one, names in seats.items():
        for name in names:
            councils.seat(
                group_id=one.pk,
                organisation_id=_organisation(municipality, name).pk,
                position="chef",
                is_leading=True,
                is_substitute=False,
                by=by,
                now=_at(last - timedelta(60)),
            )
    first = _held(managers, seats[managers][:5], last, by)
    asked = councils.decide(
        meeting_id=first.pk,
        kind=OutcomeKind.ESCALATED,
        text=f"Ska väktarna finnas kvar över vintern? {INVENTED}",
        put_to=council,
        by=by,
        now=_at(last),
    )
    councils.decide(
        meeting_id=first.pk,
        kind=OutcomeKind.MEASURE,
        text="Se över belysningen mellan torget och stationen",
        organisation=_organisation(municipality, "Samhällsbyggnad"),
        due_on=today + timedelta(30),
        by=by,
        now=_at(last),
    )
    second = _held(council, seats[council][:6], last + timedelta(14), by)
    councils.decide(
        meeting_id=second.pk,
        kind=OutcomeKind.ANSWERED,
        text=f"Ja, fredagar och lördagar till mars. {INVENTED}",
        answers=asked,
        organisation=_organisation(municipality, "Bevakningsföretaget"),
        due_on=date(today.year + 1, 3, 31),
        work=Kind.PREVENTING,
        by=by,
        now=_at(last + timedelta(14)),
    )
    councils.decide(
        meeting_id=second.pk,
        kind=OutcomeKind.MEASURE,
        text=f"Väktarna i centrum fortsätter som planerat. {INVENTED}",
        measure=Measure.objects.get(
            municipality=municipality, what="Väktare med social inriktning i centrum"
        ),
        by=by,
        now=_at(last + timedelta(14)),
    )
    casework = councils.form_group(
        municipality_id=municipality.pk, name="SSPF-arbetsgrupp", type_=GroupType.CASEWORK,
        status=GroupStatus.ACTIVE, level=Level.OPERATIVE, is_strategic_council=False, remit="",
        founded_on=date(2022, 8, 15), chair=authority, quorum=None, programme=None, by=by,
        now=_at(last),
    )  # fmt: skip
    for name in ("Skola", "Socialtjänst", "Lokalpolisområdet", "Kultur och fritid"):
        councils.seat(
            group_id=casework.pk, organisation_id=_organisation(municipality, name).pk,
            position="", is_leading=False, is_substitute=False, by=by, now=_at(last),
        )  # fmt: skip
    sspf = councils.plan_meeting(
        group_id=casework.pk, starts_at=_at(last), where="", by=by, now=_at(last)
    )
    councils.hold(
        meeting_id=sspf.pk,
        attended=[_organisation(municipality, name) for name in ("Skola", "Socialtjänst")],
        minutes="", diarienummer="", by=by, now=_at(last),
    )  # fmt: skip
    councils.form_group(
        municipality_id=municipality.pk, name="Trafikgruppen", type_=GroupType.COOPERATION,
        status=GroupStatus.FORMING, level=Level.OPERATIVE, is_strategic_council=False,
        remit=f"Trafik vid skolorna. {INVENTED}", founded_on=None, chair=authority, quorum=None,
        programme=None, by=by, now=_at(last),
    )  # fmt: skip
    now = timezone.now()
    planned = councils.plan_meeting(
        group_id=council.pk, starts_at=_at(today + timedelta(9)), where="Kommunhuset", by=by,
        now=now,
    )  # fmt: skip
    councils.write_agenda(
        meeting_id=planned.pk,
        items=council_queries.proposed_agenda(council, by, now=now),
        by=by,
        now=now,
    )
    for name, tasks, competence in (
        ("Socialtjänst", "Stöd till barn, unga och familjer", ["föräldrastöd", "samtal"]),
        ("Samhällsbyggnad", "Gator, parker och belysning", ["belysning", "trygga platser"]),
        ("Kultur och fritid", "Fritidsgårdar och fältgrupp", ["unga", "fritid"]),
    ):
        agreement_actions.write_page(
            organisation_id=_organisation(municipality, name).pk,
            tasks=f"{tasks}. {INVENTED}",
            challenges="",
            competence=competence,
            mailbox="",
            by=by,
            now=now,
        )
    agreement_actions.save_agreement(
        municipality_id=municipality.pk,
        agreement_id=None,
        name="Samverkansöverenskommelse med polisen",
        purposes=f"Gemensamt brottsförebyggande och trygghetsskapande arbete. {INVENTED}",
        areas="Centrum på kvällar, trafik vid skolorna",
        signatories=["kommunstyrelsens ordförande", "lokalpolisområdeschef"],
        parties=[authority, _organisation(municipality, "Lokalpolisområdet")],
        starts_on=date(today.year - 1, 1, 1),
        ends_on=date(today.year + 1, 12, 31),
        signed_on=date(today.year - 1, 1, 1),
        diarienummer="KS 2025/17",
        by=by,
        now=_at(last),
    )


def _held(group: Group, there: tuple[str, ...], day: date, by: User) -> Meeting:
    meeting = councils.plan_meeting(
        group_id=group.pk, starts_at=_at(day), where="Kommunhuset", by=by, now=_at(day)
    )
    return councils.hold(
        meeting_id=meeting.pk,
        attended=[_organisation(group.municipality, name) for name in there],
        minutes=f"Läget gicks igenom. {INVENTED}",
        diarienummer="",
        by=by,
        now=_at(day),
    )
