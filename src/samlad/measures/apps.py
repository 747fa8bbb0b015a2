from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """From problem to effect: what is to change, what is done, and what came of it."""

    name = "samlad.measures"
    label = "measures"

    def ready(self) -> None:
        """Say on a picture's page which problems its findings show."""
        from samlad.measures.problem_queries import shown_by
        from samlad.ui import panels

        panels.register("picture.consequences", shown_by)
