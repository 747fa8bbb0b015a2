from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, components, charts, map, CSS; no domain word."""

    name = "samlad.ui"
