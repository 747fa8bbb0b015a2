from django.apps import AppConfig


class StartConfig(AppConfig):
    """What waits for me, per role: reads every room, writes none."""

    name = "samlad.start"
