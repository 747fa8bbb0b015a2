"""The shape of what people send with a file, and of sources and categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from samlad.guard.entries import ConfirmsDoubt, TextField
from samlad.incidents.models import Category, Source
from samlad.incidents.queries import PlacesAndAreas
from samlad.intake import mapping as mappings
from samlad.intake.mapping import MEANINGS, Mapping
from samlad.organisations.models import Organisation

LARGEST_UPLOAD = 500 << 20
MEANING_LABELS = {
    "time": _("Time or day"),
    "clock": _("Time of day, if in a column of its own"),
    "ends": _("End time"),
    "category": _("Category"),
    "lat": _("Latitude (north, degrees)"),
    "lon": _("Longitude (east, degrees)"),
    "x": _("East, metres"),
    "y": _("North, metres"),
    "area": _("Area"),
    "place": _("Place"),
    "external_id": _("Case number"),
    "text": _("Text"),
    "number": _("Number"),
    "cost": _("Cost, SEK"),
    "police_reported": _("Reported to the police"),
    "property_owner": _("Owner of what was damaged"),
    "source": _("Source, if the rows name it"),
    "link": _("Link"),
}


class UploadForm(forms.Form):
    """A file and the source it belongs to."""

    source = forms.ModelChoiceField(
        Source.objects.none(), label=_("Source"), empty_label=_("Choose"),
        help_text=_("Who tells: counts are kept apart by source."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx), CSV, GeoJSON or the police's published events."),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse a file larger than the server takes."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 500 MB; divide it."))
        return file

    def __init__(self, *args: Any, sources: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        field.queryset = Source.objects.filter(pk__in=[s.pk for s in sources])  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Which column means what."""

    timezone = forms.CharField(label=_("Time zone"), max_length=60)  # a name of the zone list
    crs = forms.ChoiceField(
        label=_("Coordinates are in"),
        choices=[
            ("EPSG:4326", _("degrees (WGS 84)")),
            ("EPSG:3006", _("metres (SWEREF 99 TM)")),
            ("EPSG:3008", _("metres (SWEREF 99 13 30)")),
        ],
    )
    accept_outside = forms.BooleanField(
        label=_("Read it also if over half lies outside the municipality"), required=False
    )

    def __init__(self, *args: Any, header: Sequence[str], mapping: Mapping, **kwargs: Any) -> None:
        initial = {"timezone": mapping.timezone, "crs": mapping.crs, **mapping.columns}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        choices = [("", _("– none –")), *((column, column) for column in header)]
        for meaning in MEANINGS:
            self.fields[meaning] = forms.ChoiceField(
                label=MEANING_LABELS[meaning], choices=choices, required=meaning == "time"
            )
        self.order_fields([*MEANINGS, "timezone", "crs", "accept_outside"])

    def clean(self) -> dict[str, Any]:
        """Refuse a mapping that cannot be used, saying why."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.mapping = mappings.from_json(
                    {
                        "timezone": cleaned["timezone"],
                        "crs": cleaned["crs"],
                        "columns": {m: cleaned[m] for m in MEANINGS if cleaned.get(m)},
                    }
                )
            except ValueError as error:
                self.add_error(None, str(error))
        return cleaned


class CategoryForm(ConfirmsDoubt, forms.ModelForm):
    """What may be changed of a category; its code and finest geography stay."""

    class Meta:
        model = Category
        fields: tuple[str, ...] = (
            "label_sv", "label_en", "serious", "person_near", "valid_from", "ends_before"
        )  # fmt: skip
        labels = {  # noqa: RUF012 - Django's own form
            "label_sv": _("Swedish label"),
            "label_en": _("English label"),
            "serious": _("Serious: listed first and singly, never tested"),
            "person_near": _("Near persons: small numbers of it are hidden from residents"),
            "valid_from": _("Used from"),
            "ends_before": _("Used until (not included)"),
        }
        field_classes = {"label_sv": TextField, "label_en": TextField}  # noqa: RUF012
        widgets = {  # noqa: RUF012
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_before": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class NewCategoryForm(CategoryForm):
    """A new category: its code and finest geography are chosen once."""

    class Meta(CategoryForm.Meta):
        fields = (
            "code", "label_sv", "label_en", "finest", "serious", "person_near", "valid_from",
            "ends_before",
        )  # fmt: skip
        labels = {  # noqa: RUF012
            **CategoryForm.Meta.labels,
            "code": _("Code"),
            "finest": _("Finest place kept"),
        }


class WordForm(forms.Form):
    """Which category a supplier's word means."""

    word = TextField(widget=forms.HiddenInput, max_length=120)
    category = forms.TypedChoiceField(label=_("Category"), coerce=int)

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((one.pk, str(one)) for one in categories),
        ]


class SourceForm(ConfirmsDoubt, forms.Form):
    """A new stream of incidents."""

    name = TextField(
        label=_("Name"),
        max_length=120,
        help_text=_("Who tells: for example a system or a company."),
    )
    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )

    def __init__(self, *args: Any, owners: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            pk__in=[owner.pk for owner in owners]
        )


class SameFileForm(forms.Form):
    """The file that was read, once more."""

    file = forms.FileField(label=_("The same file"))


class PlaceWordForm(forms.Form):
    """Which place or area we know a supplier's word means."""

    word = TextField(widget=forms.HiddenInput, max_length=200)
    meaning = forms.ChoiceField(label=_("Place or area"))

    def __init__(self, meanings: PlacesAndAreas, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meaning"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            (_("Places"), [(f"p{pk}", name) for pk, name in meanings.places]),
            (_("Areas"), [(f"a{pk}", name) for pk, name in meanings.areas]),
        ]

    def meant(self) -> dict[str, int | None]:
        """Return the place or the area chosen."""
        chosen = self.cleaned_data["meaning"]
        key = int(chosen[1:])
        is_place = chosen.startswith("p")
        return {"place_id": key if is_place else None, "area_id": None if is_place else key}
