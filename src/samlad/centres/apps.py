from django.apps import AppConfig


class CentresConfig(AppConfig):
    """Safety centres: opening hours, closures, bookings, and visits counted by topic."""

    name = "samlad.centres"
    label = "centres"
