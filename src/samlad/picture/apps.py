from django.apps import AppConfig


class PictureConfig(AppConfig):
    """Compile, findings, edit, adopt."""

    name = "samlad.picture"
