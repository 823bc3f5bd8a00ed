"""`manage.py create_organization NAME --slug SLUG --admin EMAIL`: a new company, and a link for its first admin."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from accounts.models import PaceCalendar, User
from accounts.services import add_login
from ledger.founding import found_organization


class Command(BaseCommand):
    """Founds an organization. No password is typed here: its admin sets one through the link that is printed."""

    help = "Found an organization and print a link with which its first admin sets a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name, the address, the admin, and settings that can be changed later."""
        parser.add_argument("name", help="the company's name")
        parser.add_argument("--slug", required=True, help="its address: /o/SLUG/")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="who runs it; an existing login is kept")
        parser.add_argument("--admin-name", default="", help="the admin's name (default: the e-mail address)")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Dublin")
        parser.add_argument("--language", default="en")
        parser.add_argument("--fiscal-start", type=int, default=1, metavar="MONTH")
        parser.add_argument("--country", default="", help="whose public holidays are days off, such as IE")
        parser.add_argument("--region", default="", help="such as BY in DE")
        parser.add_argument("--pace-calendar", choices=PaceCalendar.values, default=PaceCalendar.CALENDAR)
        parser.add_argument("--site", default="", help="where Headway runs, such as https://headway.example")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found it, or say what is wrong."""
        email = options["admin"].strip().lower()
        try:
            with transaction.atomic():
                admin = User.objects.filter(email=email).first() or add_login(email, name=options["admin_name"])
                organization = found_organization(
                    options["name"],
                    options["slug"],
                    admin=admin,
                    currency=options["currency"],
                    time_zone=options["time_zone"],
                    language=options["language"],
                    fiscal_start=options["fiscal_start"],
                    holiday_country=options["country"],
                    holiday_region=options["region"],
                    pace_calendar=options["pace_calendar"],
                )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"Founded {organization.name} at {options['site']}/o/{organization.slug}/")
        if admin.has_usable_password():
            self.stdout.write(f"{admin.email} signs in with the password they have.")
        else:
            self.stdout.write(f"{admin.email} sets a password here, once: {options['site']}{password_link(admin)}")


def password_link(user: User) -> str:
    """The path with which somebody sets a password; valid once, for as long as PASSWORD_RESET_TIMEOUT says."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
