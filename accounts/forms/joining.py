"""Getting in: a name and a password for a login that is being made."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from accounts.models import User


class NewLoginForm(forms.Form):
    """Name and password of a new login for `email`."""

    name = forms.CharField(
        label="Your name",
        max_length=240,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4096,
        error_messages={"required": "Choose a password."},
        help_text="8 characters or more, and not one that is easy to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, email: str, name: str = "") -> None:
        super().__init__(data, initial={"name": name})
        self.email = email

    def clean_name(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_password(self) -> str:
        """Not too short, common or like the name or address."""
        password: str = self.cleaned_data["password"]
        person = User(email=self.email, name=str(self.data.get("name", "")))
        password_validation.validate_password(password, person)
        return password
