"""The names: what may be done, by which role. `policy.py` decides; nothing else does."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What a person may be allowed to do. THING_VERB."""

    INCIDENT_READ = "incident_read"
    INCIDENT_IMPORT = "incident_import"
    INCIDENT_LINK = "incident_link"
    TEXT_REVIEW = "text_review"
    CATEGORY_MANAGE = "category_manage"
    AREA_MANAGE = "area_manage"
    PICTURE_READ_DRAFT = "picture_read_draft"
    PICTURE_READ_ADOPTED = "picture_read_adopted"
    PICTURE_EDIT = "picture_edit"
    PICTURE_ADOPT = "picture_adopt"
    PICTURE_SHARE = "picture_share"
    EVENT_EDIT = "event_edit"
    INDICATOR_READ = "indicator_read"
    INDICATOR_EDIT = "indicator_edit"
    MEASURE_READ = "measure_read"
    MEASURE_EDIT = "measure_edit"
    PROBLEM_EDIT = "problem_edit"
    EFFECT_ASSESS = "effect_assess"
    COUNCIL_READ = "council_read"
    COUNCIL_EDIT = "council_edit"
    UNIT_EDIT = "unit_edit"
    LAW_READ = "law_read"
    LAW_EDIT = "law_edit"
    ACTIVITY_READ = "activity_read"
    ACTIVITY_EDIT = "activity_edit"
    PROMISE_READ = "promise_read"
    PROMISE_EDIT = "promise_edit"
    RELEASE_READ = "release_read"
    RELEASE_DRAFT = "release_draft"
    RELEASE_APPROVE = "release_approve"
    ROUND_READ = "round_read"
    ROUND_REVIEW = "round_review"
    ROUND_RUN = "round_run"
    PRESENCE_READ = "presence_read"
    PRESENCE_MOVE = "presence_move"
    USER_MANAGE = "user_manage"
    ORGANISATION_MANAGE = "organisation_manage"
    AUDIT_SEARCH = "audit_search"


class Role(TextChoices):
    """What a person is in an organisation."""

    COORDINATOR = "coordinator", _("Coordinator")
    REVIEWER = "reviewer", _("Reviewer")
    REPORTER = "reporter", _("Reporter")
    POLICE_LIAISON = "police_liaison", _("Police liaison")
    MEMBER = "member", _("Council member")
    LEADER = "leader", _("Leader")
    FIELD_WORKER = "field_worker", _("Field worker")
    ASSOCIATION_CONTACT = "association_contact", _("Association contact")
    GUARD = "guard", _("Guard")
    RELEASER = "releaser", _("Releaser")
    ADMINISTRATOR = "administrator", _("Administrator")


_OWN_REPORTS = frozenset(
    {
        Permission.INCIDENT_READ,
        Permission.INCIDENT_IMPORT,
        Permission.PICTURE_READ_ADOPTED,
        Permission.EVENT_EDIT,
        Permission.MEASURE_READ,
        Permission.MEASURE_EDIT,
        Permission.COUNCIL_READ,
        Permission.ACTIVITY_READ,
        Permission.ACTIVITY_EDIT,
    }
)
_STAFF = frozenset({Permission.UNIT_EDIT})  # the municipality's and the police's own
_PRESENT = _OWN_REPORTS | {Permission.PRESENCE_READ, Permission.PRESENCE_MOVE}
_READS_ADOPTED = frozenset({Permission.PICTURE_READ_ADOPTED, Permission.COUNCIL_READ})

GRANTS: dict[str, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(
        {
            Permission.INCIDENT_READ,
            Permission.INCIDENT_IMPORT,
            Permission.INCIDENT_LINK,
            Permission.TEXT_REVIEW,
            Permission.CATEGORY_MANAGE,
            Permission.AREA_MANAGE,
            Permission.PICTURE_READ_DRAFT,
            Permission.PICTURE_READ_ADOPTED,
            Permission.PICTURE_EDIT,
            Permission.PICTURE_ADOPT,
            Permission.PICTURE_SHARE,
            Permission.EVENT_EDIT,
            Permission.INDICATOR_READ,
            Permission.INDICATOR_EDIT,
            Permission.MEASURE_READ,
            Permission.MEASURE_EDIT,
            Permission.PROBLEM_EDIT,
            Permission.EFFECT_ASSESS,
            Permission.COUNCIL_READ,
            Permission.COUNCIL_EDIT,
            Permission.UNIT_EDIT,
            Permission.LAW_READ,
            Permission.LAW_EDIT,
            Permission.ACTIVITY_READ,
            Permission.ACTIVITY_EDIT,
            Permission.PROMISE_READ,
            Permission.PROMISE_EDIT,
            Permission.RELEASE_READ,
            Permission.RELEASE_DRAFT,
            Permission.ROUND_READ,
            Permission.ROUND_REVIEW,
            Permission.ROUND_RUN,
            Permission.PRESENCE_READ,
            Permission.PRESENCE_MOVE,
            Permission.AUDIT_SEARCH,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.INCIDENT_READ,
            Permission.INCIDENT_LINK,
            Permission.TEXT_REVIEW,
            Permission.PICTURE_READ_DRAFT,
            Permission.PICTURE_READ_ADOPTED,
            Permission.PICTURE_EDIT,
            Permission.INDICATOR_READ,
            Permission.MEASURE_READ,
            Permission.COUNCIL_READ,
            Permission.UNIT_EDIT,
            Permission.ACTIVITY_READ,
            Permission.PROMISE_READ,
            Permission.ROUND_READ,
            Permission.ROUND_REVIEW,
            Permission.PRESENCE_READ,
        }
    ),
    Role.REPORTER: _OWN_REPORTS | _STAFF,
    Role.POLICE_LIAISON: _PRESENT | _STAFF,
    Role.FIELD_WORKER: _PRESENT | _STAFF,
    Role.GUARD: _PRESENT,
    Role.ASSOCIATION_CONTACT: _PRESENT,
    Role.MEMBER: _READS_ADOPTED,
    Role.LEADER: _READS_ADOPTED
    | {
        Permission.MEASURE_READ,
        Permission.INDICATOR_READ,
        Permission.LAW_READ,
        Permission.ACTIVITY_READ,
        Permission.PROMISE_READ,
    },
    Role.RELEASER: _READS_ADOPTED
    | {Permission.PROMISE_READ, Permission.RELEASE_READ, Permission.RELEASE_APPROVE},
    Role.ADMINISTRATOR: frozenset(
        {Permission.USER_MANAGE, Permission.ORGANISATION_MANAGE, Permission.AUDIT_SEARCH}
    ),
}

# These roles see the whole municipality, and only when held inside the authority that runs
# the process there. Held anywhere else they reach no further than their own organisation.
WHOLE_MUNICIPALITY = frozenset(
    {Role.COORDINATOR, Role.REVIEWER, Role.LEADER, Role.RELEASER, Role.ADMINISTRATOR}
)
