"""The few things templates need beside Django's own."""

from __future__ import annotations

from datetime import date, timedelta

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from samlad.ui.panels import filled

register = template.Library()


@register.filter
def last_day(ends_before: date) -> date:
    """Return the last day of a period whose end is written as the first day after it."""
    return ends_before - timedelta(days=1)


@register.filter
def drawing(svg: str) -> SafeString:
    """Mark an SVG of our own making (ui.charts) as safe."""
    return mark_safe(svg)


@register.simple_tag(takes_context=True)
def panels(context: template.Context, slot: str, thing: object) -> SafeString:
    """Return what the rooms above show in a slot for this reader."""
    request = context["request"]
    shown = [
        render_to_string(name, values, request)
        for name, values in filled(slot, request.user, thing)
    ]
    return mark_safe("".join(shown))


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one of the few shapes that stand beside certainty words; never alone."""
    shapes = {
        "tydlig": '<rect x="1" y="1" width="12" height="12" fill="currentColor"/>',
        "möjlig": (
            '<rect x="1.5" y="1.5" width="11" height="11" fill="none" stroke="currentColor" '
            'stroke-width="1.5"/><path d="M2 9 9 2M5 12l7-7" stroke="currentColor" '
            'stroke-width="1.5"/>'
        ),
        "serious": '<circle cx="7" cy="7" r="6" fill="currentColor"/>',
    }
    return mark_safe(
        '<svg class="sign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" '
        f'focusable="false">{shapes.get(name, "")}</svg>'
    )
