from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    """Councils and groups: who sits there, what is decided, and what became of it."""

    name = "samlad.councils"
    label = "councils"

    def ready(self) -> None:
        """Say on a measure's page which meeting decided it."""
        from samlad.councils.queries import decided_by
        from samlad.ui import panels

        panels.register("measure.decided_by", decided_by)
