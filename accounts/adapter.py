"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves yet; people get in through their organization."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That e-mail address and password don't belong together.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False
