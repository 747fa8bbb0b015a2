"""The demonstration's documents of the law: an adopted lägesbild, a plan, its logs. Invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from samlad.accounts.models import User
from samlad.law import actions as law
from samlad.organisations.models import Municipality

INVENTED = "(Påhittat.)"


def load(municipality: Municipality, by: User, today: date, now: datetime) -> None:
    """Adopt a lägesbild and a plan so long ago that one of the two clocks warns."""
    authority = municipality.organisations.get(name="Kommunstyrelsen")
    picture = law.draft_picture(municipality_id=municipality.pk, by=by, now=now)
    law.write_picture(
        picture_id=picture.pk,
        texts={
            "extent": f"Skadegörelse och nedskräpning är vanligast, mest i centrum. {INVENTED}",
            "consequences": f"Kostnader för kommunen, och platser som undviks. {INVENTED}",
            "other": f"Trygghetsmätningen och skolornas enkät. {INVENTED}",
            "analysis": f"Kvällar utan vuxna på plats förklarar mest. {INVENTED}",
        },
        sources=["Polisanmälningar", "Felanmälan", "Trygghetsmätningen"],
        missing=["Vården", "Bostadsbolagets störningsjour"],
        by=by,
        now=now,
    )
    adopted = today - timedelta(600)
    law.adopt_picture(
        picture_id=picture.pk, on=adopted, body="Kommunstyrelsen", diarienummer="KS 2025/3",
        by=by, now=now,
    )  # fmt: skip
    plan = law.save_plan(
        plan_id=None,
        picture_id=picture.pk,
        name="Brottsförebyggande åtgärdsplan",
        text=f"Vuxna på plats, ljus och öppna verksamheter. {INVENTED}",
        measures=list(
            authority.municipality.organisations.get(name="Bevakningsföretaget").measures.all()
        ),
        by=by,
        now=now,
    )
    law.decide_plan(
        plan_id=plan.pk, on=adopted + timedelta(40), body="Kommunfullmäktige",
        diarienummer="KF 2025/9", by=by, now=now,
    )  # fmt: skip
    law.follow_up_plan(
        plan_id=plan.pk, on=today - timedelta(90), text=f"Två av tre åtgärder pågår. {INVENTED}",
        diarienummer="", by=by, now=now,
    )  # fmt: skip
    law.name_function(
        municipality_id=municipality.pk, unit=authority, name="Samordningsfunktionen för trygghet",
        mailbox="trygghet@bjuv.example", switchboard="", information="", leads="ks", led_by=None,
        by=by, now=now,
    )  # fmt: skip
    law.report(
        municipality_id=municipality.pk, on=today - timedelta(120),
        what="Läget och planens uppföljning", diarienummer="KF 2026/4", by=by, now=now,
    )  # fmt: skip
