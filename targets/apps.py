"""The targets app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Monthly targets per salesperson and channel."""

    name = "targets"
    verbose_name = "Monthly targets"

    def ready(self) -> None:
        """Say how what is audited here is told of, and which targets a deal moves."""
        # Models are loaded by now, and not before.
        from accounts.subjects import register
        from targets.audited import SUBJECTS

        register(*SUBJECTS)

        from ledger import effects
        from targets.readers import moves

        effects.register(moves)
