"""Every text in the product passes the guard, or is named here with the reason why not.

A new text field of a model, a form or an API fails until it is one or the other.
"""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.db import models, transaction

import samlad
from samlad.guard.entries import TextField
from samlad.guard.storing import GuardedCharField, GuardedJSONField, GuardedTextField

GUARDED = (GuardedCharField, GuardedTextField, GuardedJSONField)
TEXTS = (models.CharField, models.TextField, models.JSONField)

CODE = "written by the program: a code, a hash, a time zone"
ACCOUNT = "the name and e-mail of a person who signs in: staff, not somebody written about"
MAILBOX = "how a function is reached: a mailbox or a switchboard, nobody's own"
DERIVED = "counted from rows and lists whose own texts are guarded"
COLUMNS_OF_MODELS = {
    "accounts.User.password": CODE,
    "accounts.User.email": ACCOUNT,
    "accounts.User.name": ACCOUNT,
    "accounts.SignInFailure.key": CODE,
    "audit.AuditEvent.event": CODE,
    "audit.AuditEvent.actor": CODE,
    "audit.AuditEvent.target_type": CODE,
    "audit.AuditEvent.target_id": CODE,
    "audit.AuditEvent.details": "the recorder lets only codes and numbers through",
    "audit.AuditEvent.previous_hash": CODE,
    "audit.AuditEvent.hash": CODE,
    "audit.AuditHead.hash": CODE,
    "organisations.Municipality.code": CODE,
    "organisations.Municipality.metric_crs": CODE,
    "organisations.OrganisationKind.code": CODE,
    "incidents.Category.code": CODE,
    "incidents.Source.code": CODE,
    "incidents.Batch.sha256": CODE,
    "incidents.Batch.reader": CODE,
    "incidents.Batch.reader_process": CODE,
    "incidents.Batch.notes": CODE,
    "incidents.IncidentText.kinds": CODE,
    "incidents.SavedMapping.shape": CODE,
    "incidents.SavedFilter.chosen": CODE,
    "picture.Picture.compiled": DERIVED,
    "picture.Picture.charts": DERIVED,
    "picture.Picture.frozen": DERIVED,
    "picture.Picture.frozen_hash": CODE,
    "picture.Picture.batch_ids": CODE,
    "picture.Picture.given": "the roll-call, keys of reports, and notes guarded where written",
    "authorization.ApiToken.digest": CODE,
    "councils.UnitPage.mailbox": MAILBOX,
    "law.CoordinatingFunction.mailbox": MAILBOX,
    "law.CoordinatingFunction.switchboard": MAILBOX,
    **{
        f"measures.{column}": CODE
        for column in (
            "Measure.purposes",
            "Measure.work_areas",
            "Measure.target_groups",
            "Measure.orientations",
            "Measure.dayparts",
            "ExistingActivity.target_groups",
            "Evaluation.areas",
            "Evaluation.dayparts",
            "Evaluation.design",
            "EffectReading.result",
        )
    },
    **dict.fromkeys(
        (
            "activities.ActivityKind.code",
            "activities.Activity.audiences",
            "activities.Activity.channels",
            "activities.Activity.themes",
            "activities.Activity.orientations",
            "activities.Shift.daypart",
            "activities.Shift.contacts",
            "activities.Shift.topics",
            "activities.Shift.referrals",
            "promises.CommitmentVersion.kinds",
            "promises.CommitmentVersion.audiences",
            "promises.CommitmentVersion.areas",
            "promises.CommitmentVersion.partners",
            "promises.CommitmentVersion.themes",
            "public.Publication.kind",
            "public.Publication.subject",
            "public.Publication.slug",
            "public.Publication.digest",
            "public.File.path",
            "public.File.content_type",
            "public.File.etag",
            "public.PageFeedback.path",
            "releases.Release.subject",
            "releases.Release.checked",
            "releases.ReleasedTable.shown",
            "releases.ReleasedTable.grid",
            "releases.Publisher.slug",
        ),
        CODE,
    ),
    "public.Publication.publisher": MAILBOX,
    "releases.Publisher.mailbox": MAILBOX,
    "releases.Publisher.phone": MAILBOX,
    "rounds.CalendarFeed.digest": CODE,
    "rounds.Process.clock": CODE,
    "rounds.PlannedPresence.daypart": CODE,
    "public.Answer.feeling": CODE,
    "public.Answer.reason": CODE,
    "public.Answer.time": CODE,
    "public.Defect.slug": CODE,
    "public.Defect.path": CODE,
    "rounds.PresenceMove.from_daypart": CODE,
}
NOT_STORED = "looked for or looked up, never stored"
FIELDS_OF_FORMS = {
    "administration.InviteForm.name": ACCOUNT,
    "administration.InviteForm.email": ACCOUNT,
    "administration.EventsForm.text": NOT_STORED,
    "setup.BeginForm.code": CODE,
    "councils.UnitForm.mailbox": MAILBOX,
    "law.FunctionForm.mailbox": MAILBOX,
    "law.FunctionForm.switchboard": MAILBOX,
    "activities.KindForm.code": CODE,
    "activities.WeekLine.key": CODE,
    "releases.AdviceForm.link": "a link; the guard sees the whole document before it is drafted",
    "releases.PublisherForm.mailbox": MAILBOX,
    "releases.PublisherForm.phone": MAILBOX,
    "releases.PublisherForm.slug": CODE,
    "setup.BeginForm.person": ACCOUNT,
    "setup.BeginForm.email": ACCOUNT,
    "setup.PasswordForm.password": NOT_STORED,
    "places.AreaFileForm.code": NOT_STORED,
    "places.AreaFileForm.name": NOT_STORED,
    "places.MergeForm.code": CODE,
    "incidents.MappingForm.timezone": "refused unless it is a time zone's name",
    "incidents.NewCategoryForm.code": CODE,
    "incidents.ReportForm.key": CODE,
}


def own_models():
    return [m for m in apps.get_models() if m.__module__.startswith("samlad.")]


def text_columns():
    for model in own_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXTS) and not field.choices:
                yield f"{model._meta.label}.{field.name}", field


def own_forms():
    for module in pkgutil.walk_packages(samlad.__path__, "samlad."):
        if ".migrations" not in module.name and "__main__" not in module.name:
            importlib.import_module(module.name)
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("samlad.") and hasattr(form, "base_fields"):
                found.add(form)
    return sorted(found, key=lambda form: form.__name__)


def text_fields():
    for form in own_forms():
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField):
                room = form.__module__.split(".")[1]
                yield f"{room}.{form.__name__}.{name}", field


def test_every_text_column_is_guarded_or_named_here():
    unguarded = {name for name, field in text_columns() if not isinstance(field, GUARDED)}

    assert unguarded == set(COLUMNS_OF_MODELS)


def test_every_text_field_of_a_form_is_guarded_or_named_here():
    unguarded = {name for name, field in text_fields() if not isinstance(field, TextField)}

    assert unguarded == set(FIELDS_OF_FORMS)


def test_there_is_no_text_of_an_api_that_the_guard_does_not_see():
    """An API's texts are the report's own, which the guard sees before they are stored."""
    from samlad.rounds import receiving
    from samlad.rounds.api import ReportIn

    apis = [
        module.name
        for module in pkgutil.walk_packages(samlad.__path__, "samlad.")
        if module.name.endswith((".api", ".schemas"))
    ]
    assert apis == ["samlad.rounds.api"]
    coded = {"category", "when", "clock", "end_clock", "property_owner"}
    texts = {name for name, one in ReportIn.model_fields.items() if one.annotation is str} - coded
    assert texts == {"where", "text"}
    for name in texts:
        reading = receiving.Reading({name: "Ring 070-174 06 05"}, {})
        reading.text(name, 200)
        assert reading.errors[name]


def test_a_form_whose_fields_are_made_as_it_runs_is_guarded_too():
    from samlad.picture.forms import SectionsForm

    assert all(isinstance(field, TextField) for field in SectionsForm().fields.values())


@pytest.mark.parametrize("value", ["850709-9805", "070-174 06 05", "a.b@skola.example"])
@pytest.mark.django_db
def test_no_guarded_column_takes_a_certain_hit(value):
    """However it comes: created, updated, or many at a time."""
    from samlad.guard.refusing import PersonalData
    from samlad.organisations.models import Municipality

    for write in (
        lambda: Municipality.objects.create(code="9999", name=value),
        lambda: Municipality.objects.update(name=value),
        lambda: Municipality.objects.bulk_create([Municipality(code="9998", name=value)]),
    ):
        with pytest.raises(PersonalData), transaction.atomic():
            write()
    assert not Municipality.objects.exists()
