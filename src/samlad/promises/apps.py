from django.apps import AppConfig


class PromisesConfig(AppConfig):
    """Promises to residents: commitments that are counted from what was done."""

    name = "samlad.promises"
    label = "promises"
