from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """The EST round: roll-call, review, meeting, dispatch, feedback."""

    name = "samlad.rounds"
    label = "rounds"

    def ready(self) -> None:
        """Fill the slots of the rooms below."""
        from samlad.picture import passed_in
        from samlad.rounds.passing_in import pass_in
        from samlad.rounds.working_version import what_goes_on
        from samlad.ui import panels

        passed_in.register(pass_in)
        panels.register("picture.what_goes_on", what_goes_on)
