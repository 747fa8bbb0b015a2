"""How forms look: one template for a field, one for a form, one class on every control."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting


class AccessibleField(BoundField):
    """A field whose control carries the design system's class and says when it is wrong."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Add the class; Django adds aria-describedby and aria-invalid."""
        attrs = super().build_widget_attrs(attrs, widget)
        return {"class": "ds-input", **attrs}

    @property
    def is_toggle(self) -> bool:
        """Tell whether it is a single box to tick: then the label comes after."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_group(self) -> bool:
        """Tell whether it is several controls that need a fieldset."""
        return bool(self.field.widget.use_fieldset)


class Renderer(TemplatesSetting):
    """Our templates for every form, also allauth's."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    bound_field_class = AccessibleField
