from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """What is to be done: what, where, who, until when, done."""

    name = "samlad.measures"
    label = "measures"
