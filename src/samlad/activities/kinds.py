"""The kinds of activity an installation starts with: data to edit, not rules (texts A-E).

Code, Swedish, English, and whether those who come are few enough to be counted in bands.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DefaultKind:
    """One kind of the default list."""

    code: str
    label_sv: str
    label_en: str
    banded: bool = False
    is_shift: bool = False


DEFAULT_KINDS = (
    DefaultKind("medborgardialog", "Medborgardialog", "Dialogue with residents"),
    DefaultKind("foraldramote", "Föräldramöte", "Meeting with parents"),
    DefaultKind("naringslivstraff", "Näringslivsträff", "Meeting with businesses"),
    DefaultKind("seniorinformation", "Seniorinformation", "Information to seniors"),
    DefaultKind("temamote", "Tillfälle med tema trygghet", "Occasion on safety"),
    DefaultKind("informationskampanj", "Informationskampanj", "Information campaign"),
    DefaultKind("utbildning", "Utbildning", "Training"),
    DefaultKind("uppstartsmote", "Uppstartsmöte grannsamverkan",
                "Neighbourhood watch: first meeting"),
    DefaultKind("repetitionsmote", "Repetitionsmöte grannsamverkan",
                "Neighbourhood watch: later meeting"),
    DefaultKind("nyhetsbrev", "Nyhetsbrev", "Newsletter"),
    DefaultKind("trygghetsvandring", "Trygghetsvandring", "Safety walk"),
    DefaultKind("nattvandring", "Nattvandring", "Night walk"),
    DefaultKind("trygghetsmatning", "Trygghetsmätning", "Safety survey"),
    DefaultKind("trafikkontroll", "Trafikkontroll", "Traffic control"),
    DefaultKind("hastighetsmatning", "Hastighetsmätning", "Speed measurement"),
    DefaultKind("avloppsmatning", "Avloppsmätning", "Measurement of wastewater"),
    DefaultKind("faltpass", "Fältpass", "Field shift", banded=True, is_shift=True),
    DefaultKind("vaktarpass", "Väktarpass", "Guard shift", banded=True, is_shift=True),
    DefaultKind("ordningsvaktspass", "Ordningsvaktspass", "Public order guard shift",
                banded=True, is_shift=True),
    DefaultKind("vardpass", "Trygghetsvärdspass", "Safety host shift", banded=True, is_shift=True),
    DefaultKind("fotpatrull", "Fotpatrull", "Foot patrol"),
    DefaultKind("broschyrutdelning", "Broschyrutdelning", "Brochures handed out", banded=True),
    DefaultKind("broschyruppfoljning", "Uppföljning av utdelning", "Follow-up of brochures",
                banded=True),
    DefaultKind("styrgruppsmote", "Styrgruppsmöte", "Steering group meeting"),
    DefaultKind("mediatraff", "Medieträff", "Meeting with the media"),
    DefaultKind("lagesbildsmote", "Möte om delad lägesbild", "Meeting on the shared picture"),
    DefaultKind("samverkansmote", "Möte i samverkansgruppen", "Cooperation group meeting"),
    DefaultKind("trafikbrottsrapportering", "Rapporterade trafikbrott (polisens sammanställning)",
                "Traffic offences reported (summary by the police)"),
)  # fmt: skip
