"""The demonstration's own municipality: shifts, staffing, a centre, traffic, and its releases.

All of it is invented, and says so where it is shown.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities import actions as activities
from samlad.activities.actions import Entry, ShiftEntry
from samlad.activities.models import Activity, ActivityKind
from samlad.activities.vocabulary import ShiftRole
from samlad.calendar.dayparts import Daypart
from samlad.centres import actions as centres
from samlad.centres.models import Centre, Topic
from samlad.indicators import actions as indicators
from samlad.indicators.speed_file import Speed
from samlad.measures import actions as measures
from samlad.measures import traffic_actions
from samlad.measures.models import Measure, TrafficList
from samlad.measures.workflow import Status
from samlad.organisations.models import Municipality, Organisation
from samlad.picture.models import ADOPTED, Picture
from samlad.places.models import Area, AreaKind, Place
from samlad.public import actions as public
from samlad.releases import actions as releases
from samlad.releases import document_actions, documents
from samlad.releases.documents import Words
from samlad.releases.models import Release
from samlad.releases.workflow import Kind

INVENTED = "(Påhittat.)"
STREETS = (  # name, limit, mean speed, share over the limit, vehicles: invented
    ("Storgatan", 40, 44.2, 61.0, 3120),
    ("Skolgatan", 30, 33.1, 58.5, 1480),
    ("Norra infarten", 60, 63.9, 47.2, 5210),
    ("Parkvägen", 30, 28.4, 22.0, 640),
    ("Grusvägen", 30, 41.0, 88.0, 60),
)
WEEKS_OF_SHIFTS = 12
CONTACTS = ("ny", "aterkommande", "enskild", "grupp")


def load(municipality: Municipality, *, today: date) -> None:
    """Load what is not loaded yet."""
    by = User.objects.get(email="samordnare@bjuv.example")
    now = timezone.make_aware(datetime.combine(today, time(8)))
    if not Activity.objects.filter(municipality=municipality, shift__isnull=False).exists():
        _shifts(municipality, today, now)
        _guards(municipality, today, now)
        _staffing(municipality, today, by, now)
    if not Centre.objects.filter(municipality=municipality).exists():
        _centre(municipality, today, by, now)
    if not TrafficList.objects.filter(municipality=municipality).exists():
        _traffic(municipality, today, by, now)
    if not Release.objects.filter(municipality=municipality, kind=Kind.ADVICE).exists():
        _releases(municipality, today, by, now)


def _organisation(municipality: Municipality, name: str) -> Organisation:
    return Organisation.objects.get(municipality=municipality, name=name)


def _shifts(municipality: Municipality, today: date, now: datetime) -> None:
    rng = np.random.default_rng(1260)
    by = User.objects.get(email="faltarbetare@bjuv.example")
    places = list(Place.objects.filter(municipality=municipality).order_by("name"))
    kind = ActivityKind.objects.get(municipality=None, code="faltpass")
    team = _organisation(municipality, "Kultur och fritid")
    friday = today - timedelta((today.weekday() - 4) % 7 + 7)
    for week in range(WEEKS_OF_SHIFTS):
        for evening in (0, 1):
            on = friday - timedelta(7 * week - evening)
            counts = [int(n) for n in rng.poisson((6, 9, 7, 4))]
            activities.log(
                organisation_id=team.pk,
                key=uuid5(NAMESPACE_URL, f"samlad-demo-pass-{week}-{evening}"),
                entry=Entry(
                    kind=kind, on=on, place=places[int(rng.integers(len(places)))],
                    hours=Decimal("4.5"), orientations=("relationsskapande", "uppsokande"),
                ),
                shift=ShiftEntry(
                    role=ShiftRole.FIELD, daypart=Daypart.WEEKEND_EVENING,
                    contacts=dict(zip(CONTACTS, counts, strict=True)),
                    topics={"droger": int(rng.poisson(1.5)), "psykisk_ohalsa": int(rng.poisson(2))},
                    referrals={"stodcentrum": int(rng.poisson(0.4))},
                ),
                by=by, now=now,
            )  # fmt: skip


def _guards(municipality: Municipality, today: date, now: datetime) -> None:
    """Log the guards' shifts in the centre, and link them to their measure."""
    by = User.objects.get(email="vaktare@bjuv.example")
    coordinator = User.objects.get(email="samordnare@bjuv.example")
    kind = ActivityKind.objects.get(municipality=None, code="vaktarpass")
    centre = Place.objects.get(municipality=municipality, name="Bjuvs centrum")
    measure = Measure.objects.filter(
        municipality=municipality, what="Väktare med social inriktning i centrum"
    ).first()
    friday = today - timedelta((today.weekday() - 4) % 7 + 7)
    for week in range(4):
        made = activities.log(
            organisation_id=_organisation(municipality, "Bevakningsföretaget").pk,
            key=uuid5(NAMESPACE_URL, f"samlad-demo-vaktarpass-{week}"),
            entry=Entry(
                kind=kind, on=friday - timedelta(7 * week), place=centre, hours=Decimal(6),
                orientations=("social",),
            ),
            shift=ShiftEntry(
                role=ShiftRole.GUARD, daypart=Daypart.WEEKEND_NIGHT, contacts={"grupp": 3 + week},
                topics={}, referrals={},
            ),
            by=by, now=now,
        )  # fmt: skip
        if measure is not None:
            measures.link_activity(
                measure_id=measure.pk, activity_id=made.pk, by=coordinator, now=now
            )


def _staffing(municipality: Municipality, today: date, by: User, now: datetime) -> None:
    team = _organisation(municipality, "Kultur och fritid").pk
    months = [date(today.year - 1, month, 1) for month in (9, 12)]
    months += [date(today.year, month, 1) for month in (3, 6, 9) if month <= today.month]
    for month, actual in zip(months, (3, 3, 4, 4, 4), strict=False):
        activities.staff(
            organisation_id=team, month=month, planned=5, actual=actual, by=by, now=now
        )
    activities.staff(
        organisation_id=team, month=months[-1], planned=1, actual=0, speciality="föräldrastöd",
        by=by, now=now,
    )  # fmt: skip


def _centre(municipality: Municipality, today: date, by: User, now: datetime) -> None:
    weekdays = [(day, time(10), time(16)) for day in (0, 1, 3, 4)]
    centre = centres.save_centre(
        organisation_id=_organisation(municipality, "Kommunstyrelsen").pk,
        name=f"Trygghetscenter Bjuv {INVENTED}", address="Torget 1, Bjuv", covers="hela kommunen",
        about="Kom in och prata om trygghet, grannsamverkan eller något du har varit med om.",
        hours=[*weekdays, (2, time(13), time(19))], by=by, now=now,
    )  # fmt: skip
    centres.close(
        centre_id=centre.pk, starts_on=date(today.year, 12, 23), ends_on=date(today.year + 1, 1, 6),
        reason="Jullov", by=by, now=now,
    )  # fmt: skip
    begins = timezone.make_aware(datetime.combine(today + timedelta(7), time(17)))
    centres.book(
        centre_id=centre.pk, organisation=_organisation(municipality, "Nattvandrarna"),
        starts_at=begins, ends_at=begins + timedelta(hours=2), what="Kväll för nya vandrare",
        by=by, now=now,
    )  # fmt: skip
    rng = np.random.default_rng(17)
    for back in range(1, 60):
        on = today - timedelta(back)
        if on.weekday() < 5:
            numbers = rng.poisson((2.0, 1.2, 0.5, 0.8), size=4)
            topics = (Topic.UNSAFE, Topic.CRIME, Topic.NEIGHBOURS, Topic.PLACE)
            centres.count_visits(
                centre_id=centre.pk, on=on, by=by, now=now,
                counts={topic: int(n) for topic, n in zip(topics, numbers, strict=True)},
            )  # fmt: skip


def _traffic(municipality: Municipality, today: date, by: User, now: datetime) -> None:
    authority = _organisation(municipality, "Kommunstyrelsen")
    measured = today - timedelta(today.weekday() + 70)
    centre = Place.objects.get(municipality=municipality, name="Bjuvs centrum")
    streets = []
    for number, (name, limit, mean, share, vehicles) in enumerate(STREETS):
        place, _made = Place.objects.get_or_create(
            municipality=municipality, name=name,
            defaults={"kind": "vag", "x_m": centre.x_m + 150 * number, "y_m": centre.y_m + 90},
        )  # fmt: skip
        streets.append(place)
        indicators.measure_speed(
            organisation_id=authority.pk,
            one=Speed(place, measured, measured + timedelta(7), limit, mean, None, share, vehicles),
            by=by, now=now, today=today,
        )  # fmt: skip
    handed = timezone.make_aware(datetime.combine(measured + timedelta(14), time(9)))
    made = traffic_actions.rank_places(municipality_id=municipality.pk, by=by, now=handed)
    police = _organisation(municipality, "Lokalpolisområdet")
    traffic_actions.hand_over(
        list_id=made.pk, organisation_id=police.pk, reference="KS 2026/118", by=by, now=handed
    )
    officer = User.objects.get(email="kommunpolis@bjuv.example")
    kind = ActivityKind.objects.get(municipality=None, code="trafikkontroll")
    district = Area.objects.get(
        municipality=municipality, kind=AreaKind.DISTRICT, name="Bjuv", ends_before=None
    )
    for number, (place, controls, reports) in enumerate(
        ((streets[0], 46, 7), (streets[0], 38, 4), (streets[1], 22, 5))
    ):
        activities.log(
            organisation_id=police.pk, key=uuid5(NAMESPACE_URL, f"samlad-demo-kontroll-{number}"),
            entry=Entry(
                kind=kind, on=measured + timedelta(21 + 7 * number), place=place, area=district,
                what=INVENTED, controls=controls, reports=reports,
            ),
            by=officer, now=now,
        )  # fmt: skip
    again = measured + timedelta(49)
    indicators.measure_speed(
        organisation_id=authority.pk,
        one=Speed(streets[0], again, again + timedelta(7), 40, 41.8, None, 49.5, 3040),
        by=by, now=now, today=today,
    )  # fmt: skip


def _releases(municipality: Municipality, today: date, by: User, now: datetime) -> None:
    """Release the situation, advice, hours, a list, a question and the statement."""
    how: dict[str, Any] = {"by": by, "now": now}
    drafts = [
        document_actions.draft_advice(
            municipality_id=municipality.pk,
            title=Words("När du reser bort", "When you are away"),
            words=Words(
                f"Låt någon tömma brevlådan och tänd en lampa på kvällen. {INVENTED}",
                "Let somebody empty your letter box, and light a lamp in the evening. (Invented.)",
            ),
            link="https://polisen.se/utsatt-for-brott/skydda-dig-mot-brott/",
            shown_from=today, shown_before=None, **how,
        ),
        document_actions.draft_centre(
            centre_id=Centre.objects.get(municipality=municipality).pk, **how
        ),
        document_actions.draft_campaign(
            municipality_id=municipality.pk,
            title=Words("Hur trygg känner du dig utomhus?", "How safe do you feel outdoors?"),
            words=Words(
                f"Dina svar hjälper oss att välja var vi börjar. {INVENTED}",
                "Your answers help us choose where to begin. (Invented.)",
            ),
            places=["Bjuv", "Billesholm", "Ekeby", "Skateparken", "Gångtunneln vid stationen"],
            starts_on=today, ends_on=today + timedelta(28), **how,
        ),
        document_actions.draft_activities(
            municipality_id=municipality.pk, starts_on=today - timedelta(90), ends_on=today,
            kinds=["trafikkontroll"], **how,
        ),
        document_actions.draft_statement(municipality_id=municipality.pk, **how),
    ]  # fmt: skip
    picture = Picture.objects.filter(municipality=municipality, status__in=ADOPTED).first()
    if picture is not None:
        drafts.append(
            document_actions.draft_picture(
                picture_id=picture.pk,
                words=Words(f"En vanlig månad med ett undantag. {INVENTED}"),
                findings=[number for number, _finding in documents.findings(picture)],
                measures=list(
                    Measure.objects.filter(municipality=municipality, status=Status.PLANNED)[:3]
                ),
                **how,
            )
        )
    second = User.objects.get(email="publicist@bjuv.example")
    for draft in drafts:
        made = releases.release_it(release_id=draft.pk, by=second, now=now)
        if made.kind == Kind.CAMPAIGN:
            _answers(made.pk, now)


def _answers(release: int, now: datetime) -> None:
    rng = np.random.default_rng(28)
    for place, unsafe in (("Gångtunneln vid stationen", 14), ("Skateparken", 6), ("Ekeby", 2)):
        for _ in range(unsafe):
            reason = ("belysning", "vuxennarvaro", "droger")[int(rng.integers(3))]
            public.take_answer(
                release=release, place=place, feeling="otrygg", reason=reason, time="kvall", now=now
            )
