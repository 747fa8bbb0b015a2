from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and sign-in."""

    name = "samlad.accounts"
