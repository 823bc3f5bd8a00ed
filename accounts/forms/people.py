"""People and invitations."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.database import name_key
from accounts.models import Member, Role, Team
from accounts.readers.people import LOGINS, STATES
from config.seen import SeenForm

FIELDS = ("name", "email", "role", "active_from", "active_to")
MOST_ADDRESSES = 50
LONGEST_EMAIL = 254
LONGEST_NAME = 240
NAMED = re.compile(r"^\"?(?P<name>[^<\"]*?)\"?\s*<(?P<email>[^<>]+)>$")
ROLES = [
    (Role.SALESPERSON.value, "Salesperson: sees their own goals and numbers"),
    (Role.MANAGER.value, "Manager: sees and sets the targets of their teams"),
    (Role.ADMIN.value, "Admin: everything, settings and people included"),
]
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PeopleFilter(forms.Form):
    """What the list of people is narrowed to. What can't be is left out."""

    role = forms.ChoiceField(required=False, choices=[("", "Every role"), *Role.choices])
    team = forms.ModelChoiceField(required=False, queryset=Team.objects.none(), empty_label="Every team")
    state = forms.ChoiceField(required=False, choices=[("", "Every state"), *STATES])
    login = forms.ChoiceField(required=False, choices=[("", "Any login"), *LOGINS])

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        _teams(self)
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "input", "aria-label": name.capitalize()}

    def chosen(self) -> dict[str, Any]:
        """What was chosen and holds, "" or None for all."""
        self.is_valid()
        team = self.cleaned_data.get("team")
        return {name: self.cleaned_data.get(name, "") for name in ("role", "state", "login")} | {
            "team": team.pk if team else None
        }


class MemberForm(SeenForm):
    """A person, as the organization knows them."""

    name = forms.CharField(
        max_length=240, help_text="Imports know people by it, so keep it as your other systems have it."
    )
    email = forms.EmailField(
        max_length=LONGEST_EMAIL,
        label="E-mail",
        required=False,
        help_text="Imports know people by it, too. Their login keeps its own address.",
    )
    role = forms.ChoiceField(choices=ROLES)
    active_from = forms.DateField(label="First day", required=False, widget=DAY)
    active_to = forms.DateField(
        label="Last day", required=False, widget=DAY, help_text="They can sign in until the end of this day."
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, member: Member) -> None:
        super().__init__(data, stands={name: getattr(member, name) for name in FIELDS})

    def clean_name(self) -> str:
        """One line, as it is kept."""
        return _one_line(self.cleaned_data["name"])

    def clean_email(self) -> str:
        """In lower case, as it is kept."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """First things first."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("active_from"), data.get("active_to")
        if first and last and last < first:
            self.add_error("active_to", "The last day is before the first.")
        return data


class NewMemberForm(forms.Form):
    """Somebody who shall be counted and has no login, for now."""

    name = forms.CharField(max_length=240, error_messages={"required": "Enter a name."})
    email = forms.EmailField(
        label="E-mail", max_length=LONGEST_EMAIL, required=False, help_text="Imports know people by name or e-mail."
    )
    role = forms.ChoiceField(choices=ROLES)
    team = forms.ModelChoiceField(required=False, queryset=Team.objects.none(), empty_label="No team")
    active_from = forms.DateField(label="First day", required=False, widget=DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, initial={"active_from": today, "role": Role.SALESPERSON})
        _teams(self)

    def clean_name(self) -> str:
        """One line, as it is kept."""
        return _one_line(self.cleaned_data["name"])


class InviteForm(forms.Form):
    """Addresses to invite, with the role and the team that all of them get."""

    people = forms.CharField(
        label="E-mail addresses",
        max_length=20_000,
        error_messages={"required": "Enter at least one address."},
        help_text="One a line. With a name if you like: Anna Bell <anna@company.com>",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(choices=ROLES, initial=Role.SALESPERSON)
    team = forms.ModelChoiceField(
        required=False,
        queryset=Team.objects.none(),
        empty_label="No team",
        help_text="They join it on the day they accept.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        _teams(self)

    def clean_people(self) -> list[tuple[str, str]]:
        """(address, name) of each line, every address once."""
        found: dict[str, str] = {}
        wrong = []
        for line in re.split(r"[\n;]+", self.cleaned_data["people"]):
            text = line.strip().strip(",").strip()
            if not text:
                continue
            named = NAMED.match(text)
            email = (named["email"] if named else text).strip().lower()
            try:
                validate_email(email)
            except ValidationError:
                wrong.append(f"{text[:80]} is not an e-mail address.")
            else:
                if len(email) > LONGEST_EMAIL:
                    wrong.append(f"{text[:80]}… is longer than {LONGEST_EMAIL} characters.")
                found.setdefault(email, " ".join(named["name"].split())[:240] if named else "")
        if wrong:
            raise ValidationError(wrong[:5])
        if not found:
            raise ValidationError("Enter at least one address.")
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(f"These are {len(found)} addresses. Invite at most {MOST_ADDRESSES} at once.")
        return list(found.items())


class LoginForm(forms.Form):
    """The address of a login for somebody who has none."""

    email = forms.EmailField(
        label="E-mail",
        max_length=LONGEST_EMAIL,
        error_messages={"required": "Enter the address to send the invitation to."},
    )
    role = forms.ChoiceField(choices=ROLES)

    def __init__(self, data: Mapping[str, Any] | None = None, *, member: Member) -> None:
        super().__init__(data, initial={"email": member.email, "role": member.role})


def _one_line(name: str) -> str:
    """A name in one line, and short enough however it is compared: some letters become two."""
    name = " ".join(name.split())
    if len(name_key(name)) > LONGEST_NAME:
        raise ValidationError("This name is too long.")
    return name


def _teams(form: forms.Form) -> None:
    """Offer the teams of the open organization."""
    field = form.fields["team"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = Team.objects.order_by("name_key")
