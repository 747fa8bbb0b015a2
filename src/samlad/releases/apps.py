from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """From a draft to residents: disclosure check, second person, published, withdrawn."""

    name = "samlad.releases"
    label = "releases"

    def ready(self) -> None:
        """Show the releases of a promise, a picture and a centre on their own pages."""
        from samlad.releases import queries
        from samlad.ui import panels

        panels.register("promise.released", queries.of_promise)
        panels.register("centre.released", queries.of_centre)
        panels.register("picture.released", queries.of_picture)
