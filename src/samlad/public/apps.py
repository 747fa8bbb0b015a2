from django.apps import AppConfig


class PublicConfig(AppConfig):
    """What residents see: released bytes, and nothing this room could look up elsewhere."""

    name = "samlad.public"
    label = "public"
