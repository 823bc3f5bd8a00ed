"""Logins, and what people change about their own."""

from accounts.models import User


def add_login(email: str, *, name: str = "") -> User:
    """Make a login that has no password yet; its owner sets one through a reset link. Raises ValidationError."""
    user = User(email=email.strip().lower(), name=name)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    return user


def choose_theme(user: User, *, theme: User.Theme) -> None:
    """Show everything in light or dark to this person, or as their system says."""
    user.theme = theme
    user.save(update_fields=["theme"])
