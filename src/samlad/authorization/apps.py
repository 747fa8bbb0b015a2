from django.apps import AppConfig


class AuthorizationConfig(AppConfig):
    """Membership, role, permissions, and the only decision."""

    name = "samlad.authorization"
