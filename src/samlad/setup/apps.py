from django.apps import AppConfig


class SetupConfig(AppConfig):
    """Week 1: municipality, areas, people, cadence, first import."""

    name = "samlad.setup"
    label = "setup"
