from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Users, organisations, memberships; search in the audit."""

    name = "samlad.administration"
