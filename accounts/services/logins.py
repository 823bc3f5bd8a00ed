"""What people change about their own login."""

from accounts.models import User


def choose_theme(user: User, *, theme: User.Theme) -> None:
    """Show everything in light or dark to this person, or as their system says."""
    user.theme = theme
    user.save(update_fields=["theme"])
