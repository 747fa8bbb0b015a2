from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Versioned areas, named places, point to area."""

    name = "samlad.places"
