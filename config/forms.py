"""Founding a company: what people type."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from accounts.choices import Choices, countries, currencies, known_time_zone, languages
from accounts.models import Organization, User

#: Addresses that could be taken for pages of the product.
RESERVED = frozenset(
    re.split(
        r"\s+",
        """about account accounts admin api app blog docs headway help home imports join
    legal livez login logout mail new o organization organizations privacy readyz security settings signup static status
    styleguide support targets terms theme www""",
    )
)
LONGEST_SLUG = 60


def slug_of(name: str) -> str:
    """An address made from a company's name: Müller & Söhne GmbH becomes muller-sohne-gmbh."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")


class SlugField(forms.SlugField):
    """An organization's part of its pages' addresses, free to take."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Web address",
            max_length=LONGEST_SLUG,
            error_messages={"invalid": "Use letters from a to z, digits and hyphens."},
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """In lower case, not one of ours, nobody else's."""
        slug = str(super().clean(str(value or "").lower()))
        if slug in RESERVED:
            raise forms.ValidationError("This address is reserved. Choose another one.")
        if slug and Organization.objects.filter(slug=slug).exists():
            raise forms.ValidationError("This address is taken. Choose another one.")
        return slug


class CompanyForm(forms.Form):
    """A company that somebody who is signed in founds."""

    company = forms.CharField(
        label="Company",
        max_length=120,
        error_messages={"required": "Enter the company's name."},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    slug = SlugField(
        required=False, help_text="Part of your pages' address: /o/your-company/. Made from the name if empty."
    )
    currency = forms.ChoiceField(initial="EUR")
    holiday_country = forms.ChoiceField(
        label="Country", required=False, help_text="Brings its public holidays. You can change all of this later."
    )
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        initial="UTC",
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        help_text="A city is enough, such as Dublin.",
    )
    language = forms.ChoiceField(label="Numbers and dates", initial="en")

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self._choose("currency", currencies())
        self._choose("language", languages())
        self._choose("holiday_country", [("", "No country"), *countries()])

    def clean_company(self) -> str:
        """One line, and one that an address can be made from or beside."""
        return " ".join(self.cleaned_data["company"].split())

    def clean_time_zone(self) -> str:
        """A zone's name in its own spelling; the city alone is enough."""
        typed = self.cleaned_data["time_zone"]
        known = known_time_zone(typed)
        if not known:
            raise forms.ValidationError(f"There is no time zone called {typed}. Try a city, such as Europe/Dublin.")
        return known

    def clean(self) -> dict[str, Any]:
        """The address from the name, where none was chosen."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("company") and not data.get("slug") and "slug" not in self.errors:
            try:
                data["slug"] = self.fields["slug"].clean(slug_of(data["company"]))
            except forms.ValidationError as error:
                self.add_error("slug", error)
            else:
                if not data["slug"]:
                    self.add_error("slug", "Choose an address: letters from a to z, digits and hyphens.")
        return data

    def details(self) -> dict[str, str]:
        """What the organization begins with."""
        return {name: self.cleaned_data[name] for name in ("currency", "holiday_country", "time_zone", "language")}

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class SignUpForm(CompanyForm):
    """The same with the person who founds it."""

    name = forms.CharField(
        label="Your name",
        max_length=240,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail",
        error_messages={"required": "Enter your e-mail address.", "invalid": "This is not an e-mail address."},
    )

    def clean_email(self) -> str:
        """In lower case, as logins are known."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_name(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["name"].split())


class ConfirmForm(forms.Form):
    """The password of the founder, once the address is known to be theirs, and the company's address if taken since."""

    slug = SlugField(help_text="Part of your pages' address: /o/your-company/.")
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4096,
        error_messages={"required": "Choose a password."},
        help_text="8 characters or more, and not one that is easy to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, asked: Mapping[str, str]) -> None:
        super().__init__(data, initial={"slug": asked["slug"]})
        self.person = User(email=asked["email"], name=asked["name"])

    def clean_password(self) -> str:
        """Not too short, common or like the name or address."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.person)
        return password
