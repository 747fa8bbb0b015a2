"""Groups and their members, meetings and decisions; agreements; units that help each other."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from samlad.authorization.permissions import Permission
from samlad.authorization.policy import AuthorizedQuerySet, ShareQuerySet
from samlad.councils.workflow import GroupStatus, GroupType, OutcomeKind, Status
from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField
from samlad.measures.models import Measure
from samlad.measures.vocabulary import Level
from samlad.measures.workflow import Status as MeasureStatus
from samlad.organisations.models import Municipality, Organisation


class Group(models.Model):
    """A council or group: an organisation of the kind *grupp* with members and meetings.

    It owns itself: whoever has a role in it reads it, and each member organisation does.
    """

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="group")
    type = models.CharField(max_length=16, choices=GroupType.choices)
    status = models.CharField(
        max_length=10, choices=GroupStatus.choices, default=GroupStatus.FORMING
    )
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.STRATEGIC)
    is_strategic_council = models.BooleanField(default=False)
    remit = GuardedTextField(max_length=1000, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    chair = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    quorum = models.PositiveSmallIntegerField(null=True, blank=True)
    objects = AuthorizedQuerySet["Group"].as_manager()

    class Meta:
        ordering: ClassVar = ["organisation__name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(type=GroupType.CASEWORK) | Q(is_strategic_council=False),
                name="councils_casework_is_no_council",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def is_casework(self) -> bool:
        """Tell whether it is about individuals: then no text is kept of it."""
        return self.type == GroupType.CASEWORK


class GroupMember(models.Model):
    """An organisation's seat: in which position, leading or not, a substitute for which seat."""

    GIVES: ClassVar = frozenset({Permission.COUNCIL_READ})

    group = models.ForeignKey(Group, models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seats")
    position = GuardedCharField(max_length=80, blank=True)
    is_leading = models.BooleanField(default=False)
    is_substitute = models.BooleanField(default=False)
    substitutes_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="substitutes"
    )
    joined_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    objects = ShareQuerySet["GroupMember"].as_manager()

    class Meta:
        ordering: ClassVar = ["organisation__name", "is_substitute", "joined_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "organisation", "position"],
                condition=Q(ended_at__isnull=True),
                name="councils_one_seat",
            ),
        ]


class Meeting(models.Model):
    """A meeting: planned with an agenda, then held with attendance, decisions and minutes.

    `agenda` is a list of {text, internal, measure, decision}: frozen when it is held.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    where = GuardedCharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    agenda = GuardedJSONField(default=list)
    minutes = GuardedTextField(max_length=8000, blank=True)
    diarienummer = GuardedCharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["-starts_at"]


class MinutesVersion(models.Model):
    """A held meeting's minutes as they stood before they were written again."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    minutes = GuardedTextField(max_length=8000, blank=True)
    diarienummer = GuardedCharField(max_length=60, blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "number"], name="councils_one_minutes_version"
            ),
        ]


class EarlierChair(models.Model):
    """An organisation that led a group until a day: handed over, not forgotten."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="earlier_chairs")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-ended_at"]


class Attendance(models.Model):
    """An organisation was there; nobody is named."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["organisation__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "organisation"], name="councils_attends_once"
            ),
        ]


class Decision(models.Model):
    """What a meeting decided: a measure, a position, or a question put to another group.

    `answers` is the question of another group that this decision answers.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=18, choices=OutcomeKind.choices)
    text = GuardedTextField(max_length=1000)
    measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    put_to = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="questions"
    )
    answers = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="answer"
    )
    due_from = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    becomes = models.CharField(max_length=8, choices=MeasureStatus.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["meeting", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "number"], name="councils_one_number"),
            models.CheckConstraint(
                condition=Q(kind=OutcomeKind.ESCALATED, put_to__isnull=False)
                | (~Q(kind=OutcomeKind.ESCALATED) & Q(put_to__isnull=True)),
                name="councils_escalated_goes_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(kind=OutcomeKind.ANSWERED, answers__isnull=False)
                | (~Q(kind=OutcomeKind.ANSWERED) & Q(answers__isnull=True)),
                name="councils_answer_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localdate(self.meeting.starts_at)} § {self.number}: {self.text[:80]}"


class Agreement(models.Model):
    """A cooperation agreement (9 §): purposes, areas, parties, signed by roles; inclusive days."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = GuardedCharField(max_length=160)
    purposes = GuardedTextField(max_length=1000, blank=True)
    areas = GuardedTextField(max_length=1000, blank=True)
    signatories = GuardedJSONField(default=list)
    parties = models.ManyToManyField(
        Organisation, through="AgreementParty", related_name="agreements"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    diarienummer = GuardedCharField(max_length=60, blank=True)

    objects = AuthorizedQuerySet["Agreement"].as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True) | (~Q(purposes="") & ~Q(areas="")),
                name="councils_signed_has_purpose_and_area",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="councils_agreement_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgreementParty(models.Model):
    """A party of an agreement: it reads the agreement it is a party of."""

    GIVES: ClassVar = frozenset({Permission.COUNCIL_READ})

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ShareQuerySet["AgreementParty"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"], name="councils_party_once"
            ),
        ]


class AgreementVersion(models.Model):
    """An agreement as it was signed, before it was changed: its words, parties and days.

    `content` holds what `Agreement` holds, parties by name and days in ISO form.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = GuardedJSONField()
    reason = GuardedCharField(max_length=200)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="councils_one_agreement_version"
            ),
        ]


class UnitPage(models.Model):
    """What a unit does, what it struggles with, and what it can help others with. Staff only."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="unit_page"
    )
    tasks = GuardedTextField(max_length=1000, blank=True)
    challenges = GuardedTextField(max_length=1000, blank=True)
    competence = GuardedJSONField(default=list)
    mailbox = models.EmailField(blank=True)

    @property
    def municipality_id(self) -> int:
        """Return the municipality of the unit (which must be loaded)."""
        return self.organisation.municipality_id

    @property
    def owner_id(self) -> int:
        """Return the unit: its page is its own."""
        return self.organisation_id


class Contact(models.Model):
    """A colleague who can be asked: while they have a role, and their identity is not protected."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    competence = GuardedJSONField(default=list)
    is_protected = models.BooleanField(default=False)


class HelpRequest(models.Model):
    """A unit asks another for a hand or a second opinion. No persons are written about."""

    from_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="asked_for")
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="asked_of")
    text = GuardedTextField(max_length=600)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at"]
