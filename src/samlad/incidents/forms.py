"""The shape of what people send about incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from samlad.incidents.models import Category, Source
from samlad.intake import mapping as mappings
from samlad.intake.mapping import MEANINGS, Mapping

LARGEST_UPLOAD = 500 << 20
MEANING_LABELS = {
    "time": _("Time"),
    "ends": _("End time"),
    "category": _("Category"),
    "lat": _("Latitude (north, degrees)"),
    "lon": _("Longitude (east, degrees)"),
    "x": _("East, metres"),
    "y": _("North, metres"),
    "area": _("Area"),
    "place": _("Place"),
    "external_id": _("Case number"),
    "text": _("Text (is not stored)"),
    "number": _("Number"),
    "cost": _("Cost, SEK"),
    "police_reported": _("Reported to the police"),
    "link": _("Link"),
}


class UploadForm(forms.Form):
    """A file and the source it belongs to."""

    source = forms.ModelChoiceField(
        Source.objects.none(), label=_("Source"), empty_label=None,
        help_text=_("Who tells: counts are kept apart by source."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with any delimiter, or the police's published events."),
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

    timezone = forms.CharField(label=_("Time zone"), max_length=60)
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


class CategoryForm(forms.ModelForm):
    """What may be changed of a category; its code and finest geography stay."""

    class Meta:
        model = Category
        fields: tuple[str, ...] = ("label_sv", "label_en", "serious", "valid_from", "ends_before")
        labels = {  # noqa: RUF012 - Django's own form
            "label_sv": _("Swedish label"),
            "label_en": _("English label"),
            "serious": _("Serious: listed first and singly, never tested"),
            "valid_from": _("Used from"),
            "ends_before": _("Used until (not included)"),
        }
        widgets = {  # noqa: RUF012
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_before": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class NewCategoryForm(CategoryForm):
    """A new category: its code and finest geography are chosen once."""

    class Meta(CategoryForm.Meta):
        fields = ("code", "label_sv", "label_en", "finest", "serious", "valid_from", "ends_before")
        labels = {  # noqa: RUF012
            **CategoryForm.Meta.labels,
            "code": _("Code"),
            "finest": _("Finest place kept"),
        }


class WordForm(forms.Form):
    """Which category a supplier's word means."""

    word = forms.CharField(widget=forms.HiddenInput)
    category = forms.ModelChoiceField(Category.objects.all(), label=_("Category"))
