from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """What is done: dialogues, walks, controls, trainings, shifts; one log."""

    name = "samlad.activities"
    label = "activities"
