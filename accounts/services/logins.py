"""Logins, and what people change about their own."""

from allauth.account.models import EmailAddress

from accounts.models import User


def add_login(email: str, *, name: str = "", password: str | None = None) -> User:
    """Make a login; without a password its owner sets one through a reset link. Raises ValidationError."""
    user = User(email=email.strip().lower(), name=name)
    user.set_password(password)  # None is one that nothing matches
    user.full_clean()
    user.save()
    return user


def confirm_address(user: User) -> None:
    """Take the login's address as its owner's: they followed a link that only its mailbox had."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def choose_theme(user: User, *, theme: User.Theme) -> None:
    """Show everything in light or dark to this person, or as their system says."""
    user.theme = theme
    user.save(update_fields=["theme"])


def let_sign_in(user: User, *, active: bool) -> None:
    """Lock a login or unlock it. Whoever is signed in with a locked one is out at the next request."""
    user.is_active = active
    user.save(update_fields=["is_active"])
