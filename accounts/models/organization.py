"""The tenant itself and its calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

import holidays
from babel import localedata
from babel.numbers import list_currencies
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from accounts.database import RowPolicy, tenant_rules
from accounts.database.constraints import CURRENT_ORGANIZATION
from accounts.models.base import NamedModel, TenantModel


class PaceCalendar(models.TextChoices):
    """How days count when pace is measured (docs/algorithms/pace.md)."""

    CALENDAR = "calendar", "Calendar days"
    WORKING = "working", "Working days"


def validate_time_zone(name: str) -> None:
    """A name of the time zone database."""
    if name not in available_timezones():
        raise ValidationError(f"There is no time zone called {name}.")


def monday_to_friday() -> list[int]:
    """The usual working week; Monday is 0."""
    return [0, 1, 2, 3, 4]


class Organization(models.Model):
    """A company with its own data: the tenant. Readable by name for everyone, changeable from inside alone."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(max_length=3, default="EUR", validators=[RegexValidator(r"^[A-Z]{3}$")])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(max_length=12, default="en")
    fiscal_start = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)], help_text="First month of the fiscal year"
    )
    working_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=monday_to_friday, help_text="Monday is 0")
    holiday_country = models.CharField(max_length=2, blank=True)
    holiday_region = models.CharField(max_length=12, blank=True)
    pace_calendar = models.CharField(max_length=8, choices=PaceCalendar.choices, default=PaceCalendar.CALENDAR)
    at_risk_percent = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        validators=[MaxValueValidator(20)],
        help_text="How far behind pace is at risk, in percent of what is expected; 0: off",
    )
    admins_need_second_factor = models.BooleanField(
        default=False, db_default=False, help_text="Admins sign in with a code or a passkey as well"
    )
    salespeople_set_targets = models.BooleanField(
        default=False, db_default=False, help_text="Salespeople may set their own monthly targets"
    )
    everyone_sees_leaderboard = models.BooleanField(
        default=False, db_default=False, help_text="Salespeople see everybody on the leaderboard, not themselves alone"
    )
    first_steps_open = models.BooleanField(
        default=False, db_default=False, help_text="Admins are still led through the first steps"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            RowPolicy(name="accounts_organization_read", command="SELECT", using="true"),
            RowPolicy(name="accounts_organization_add", command="INSERT", check="true"),
            RowPolicy(name="accounts_organization_change", command="UPDATE", using=f"id = {CURRENT_ORGANIZATION}"),
            models.CheckConstraint(
                condition=models.Q(fiscal_start__gte=1, fiscal_start__lte=12), name="accounts_organization_fiscal_start"
            ),
            models.CheckConstraint(condition=models.Q(at_risk_percent__lte=20), name="accounts_organization_at_risk"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Weekdays, language, currency, country and region are ones that calendars and number formats know."""
        if not set(self.working_weekdays) <= set(range(7)):
            raise ValidationError({"working_weekdays": "Weekdays are 0 (Monday) to 6 (Sunday)."})
        if not localedata.exists(self.language.replace("-", "_")):
            raise ValidationError({"language": f"There is no language called {self.language}."})
        if self.currency not in list_currencies():
            raise ValidationError({"currency": f"There is no currency called {self.currency}."})
        regions = holidays.list_supported_countries(include_aliases=True)
        if self.holiday_country and self.holiday_country not in regions:
            raise ValidationError({"holiday_country": f"No public holidays are known for {self.holiday_country}."})
        if self.holiday_region and self.holiday_region not in regions.get(self.holiday_country, []):
            raise ValidationError({"holiday_region": f"No public holidays are known for {self.holiday_region}."})

    def local_date(self, moment: datetime) -> date:
        """The date on this organization's wall at a moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


class Company(NamedModel):
    """An operating company within the organization."""

    class Meta:
        verbose_name_plural = "companies"
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="accounts_company_name"),
        ]


class ClosingDay(TenantModel):
    """A day off of the organization's own, beside its country's public holidays."""

    day = models.DateField()
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "day"], name="accounts_closingday_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()
