from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """The register of organisations."""

    name = "samlad.organisations"
