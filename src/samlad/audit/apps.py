from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Record and verify; no views, no foreign keys."""

    name = "samlad.audit"
