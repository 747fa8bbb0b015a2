"""The kinds of organisation an installation starts with: code, Swedish, English, class.

The member types of Bjuv's trygghetsråd and the five internal units of Trygga chefer
(domain.md A19, B07), and the actors EST pages name (1.3).
"""

from samlad.organisations.models import ActorClass

DEFAULT_KINDS = [
    ("kommunstyrelse", "Kommunstyrelse", "Municipal executive board", ActorClass.OFFICE),
    ("skola", "Skola", "School", ActorClass.OFFICE),
    ("elevhalsa", "Elevhälsa", "Student health", ActorClass.OFFICE),
    ("socialtjanst", "Socialtjänst", "Social services", ActorClass.OFFICE),
    ("samhallsbyggnad", "Samhällsbyggnad", "Planning and streets", ActorClass.OFFICE),
    ("kultur-fritid", "Kultur och fritid", "Culture and leisure", ActorClass.OFFICE),
    ("vard-omsorg", "Vård och omsorg", "Health and social care", ActorClass.OFFICE),
    ("forvaltning", "Annan förvaltning", "Other department", ActorClass.OFFICE),
    ("grupp", "Grupp eller råd", "Group or council", ActorClass.OFFICE),
    ("polis", "Polis", "Police", ActorClass.POLICE),
    ("raddningstjanst", "Räddningstjänst", "Rescue services", ActorClass.RESCUE),
    ("bostadsbolag", "Bostadsbolag", "Housing company", ActorClass.HOUSING),
    ("bevakningsforetag", "Bevakningsföretag", "Security company", ActorClass.GUARD),
    ("nattvandrare", "Nattvandrare", "Night walkers", ActorClass.ASSOCIATION),
    ("ungdomsforening", "Ungdomsförening", "Youth association", ActorClass.ASSOCIATION),
    (
        "foraldraforening",
        "Föräldraförening",
        "Parents' association",
        ActorClass.ASSOCIATION,
    ),
    ("forening", "Annan förening", "Other association", ActorClass.ASSOCIATION),
    ("byalag", "Byalag", "Village association", ActorClass.ASSOCIATION),
    ("naringsidkare", "Näringsidkare", "Business", ActorClass.ASSOCIATION),
]
