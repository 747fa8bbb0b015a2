from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """From a draft to residents: disclosure check, second person, published, withdrawn."""

    name = "samlad.releases"
    label = "releases"

    def ready(self) -> None:
        """Show a promise's releases on its own page."""
        from samlad.releases import queries
        from samlad.ui import panels

        panels.register("promise.released", queries.of_promise)
