from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and sign-in."""

    name = "samlad.accounts"

    def ready(self) -> None:
        """Listen for passwords chosen from a letter."""
        from allauth.account.signals import password_reset

        password_reset.connect(_on_password_reset, dispatch_uid="samlad.accounts")


def _on_password_reset(*, user: Any, **_: Any) -> None:
    from samlad.accounts import actions

    actions.prove_address(user=user)
