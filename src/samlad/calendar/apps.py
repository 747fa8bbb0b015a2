from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """Holidays, dayparts, and what is coming."""

    name = "samlad.calendar"
    label = "calendar"
