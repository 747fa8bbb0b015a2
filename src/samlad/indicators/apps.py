from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """What was measured: statistics and surveys, each value with its source, n and day."""

    name = "samlad.indicators"
    label = "indicators"
