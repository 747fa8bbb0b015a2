from django.apps import AppConfig


class LawConfig(AppConfig):
    """Law 2023:196 on one page: paragraph, evidence found, what is missing."""

    name = "samlad.law"
    label = "law"
