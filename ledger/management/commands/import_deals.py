"""`manage.py import_deals FILE --organization SLUG`: the import of the browser, in the foreground."""

import sys
import time
from argparse import RawDescriptionHelpFormatter
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Organization
from accounts.tenancy import tenant
from ledger import services
from ledger.ingest.rows import NAMES, Meaning
from ledger.models import Import, Kind
from ledger.reading import FIELDS, FIXABLE, LABELS, DateOrder, Decimals, NotReadable, Rejected
from ledger.services.choices import chosen_fields

#: What `--create` calls them.
LISTS = {
    "members": "member",
    "customers": "customer",
    "branches": "customer_branch",
    "wholesalers": "wholesaler_branch",
    "companies": "company",
    "ledgers": "sales_ledger",
    "channels": "channel",
    "zones": "zone",
    "states": "state",
    "brands": "brand",
}
SHOWN = 10
EXAMPLE = """
example:
  manage.py import_deals sales.csv --organization acme --map number=id --map date=closed --map member=agent
    --map state=stage --map net=value --date-format month/day/year --state Won=confirmed --state Open=proposed
    --state Lost=none --create members,customers,states

Without any --map the columns are guessed by their names. Nothing is created unless --create says so.
"""


class Command(BaseCommand):
    """Imports a CSV file; the exit code is 1 if any row was refused."""

    help = "Import deals from a CSV file into an organization."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With the example's line breaks."""
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, where it goes and how it is read."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--kind", default=Kind.SALE.value, choices=Kind.values)
        parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help=", ".join(FIELDS))
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="the same for every row")
        parser.add_argument("--date-format", metavar="FORMAT", help="year-month-day, day/month/year or month/day/year")
        parser.add_argument("--number-format", metavar="FORMAT", help="1,234.56 or 1.234,56 (also: point, comma)")
        meanings = "|".join(Meaning)
        parser.add_argument("--state", action="append", default=[], metavar=f"NAME={meanings}")
        parser.add_argument("--create", action="append", default=[], metavar="LIST,...", help=", ".join(LISTS))
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and store nothing")

    def handle(self, *, file: Path, organization: str, dry_run: bool, **options: Any) -> None:
        """Upload, choose, run and tell."""
        try:
            owner = Organization.objects.get(slug=organization)
        except Organization.DoesNotExist as error:
            raise CommandError(f"There is no organization {organization!r}.") from error
        if dry_run:
            with tenant(owner):
                refused = self._import(owner, file, options)
                transaction.set_rollback(True)
            self.stdout.write("Nothing was stored: this was a dry run.")
        else:
            refused = self._import(owner, file, options)
        if refused:
            sys.exit(1)

    def _import(self, owner: Organization, path: Path, options: dict[str, Any]) -> int:
        """The number of refused rows. Raises CommandError where the file or an option doesn't hold."""
        kept = ""
        try:
            with tenant(owner):
                source = self._upload(path)
                kept = source.file.name
                source = self._configure(source, options)
                services.start_import(source, by=None, enqueue=False)
            told = _Teller(self)
            services.run_import(owner, source.pk, told=told)
            with tenant(owner):
                source.refresh_from_db()
        except BaseException:
            if kept:
                default_storage.delete(kept)
            raise
        if kept and transaction.get_connection().in_atomic_block:
            default_storage.delete(kept)
        told.end()
        if source.status == Import.Status.FAILED:
            raise CommandError(source.problem)
        self._tell_outcome(source, told)
        return source.rows_refused

    def _upload(self, path: Path) -> Import:
        try:
            with path.open("rb") as stream:
                return services.upload_import(File(stream, name=path.name), filename=path.name, by=None)
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        except NotReadable as error:
            raise CommandError(f"{path}: {error}") from error

    def _configure(self, source: Import, options: dict[str, Any]) -> Import:
        fixed = dict(_pair(text, "--set", FIXABLE) for text in options["set"])
        mapped = dict(_pair(text, "--map", FIELDS) for text in options["map"])
        suggested = services.saved_choices(source)
        columns = (
            {name: _header(source, text) for name, text in mapped.items() if text} if mapped else suggested.columns
        )
        columns = {name: header for name, header in columns.items() if name not in fixed}
        choices = replace(
            suggested,
            kind=options["kind"],
            columns=columns,
            fixed=fixed,
            date_order=_date_order(source, columns, options["date_format"]),
            decimals=_decimals(options["number_format"]) if options["number_format"] else suggested.decimals,
            create=_lists(options["create"]),
            states=dict(_state(text) for text in options["state"]),
        )
        try:
            source = services.configure_import(source, choices=choices, by=None)
        except services.ChoicesWrong as error:
            lines = [f"{LABELS.get(name, name.replace('_', ' '))}: {words}" for name, words in error.errors.items()]
            columns_there = ", ".join(source.survey["headers"])
            raise CommandError("\n".join([*lines, f"The file's columns are: {columns_there}"])) from error
        for name, what in chosen_fields(choices).items():
            self.stdout.write(f"  {LABELS[name]:<18} {'' if name in choices.columns else 'always '}{what}")
        return source

    def _tell_outcome(self, source: Import, told: "_Teller") -> None:
        unchanged = f", {source.rows_unchanged:,} of them unchanged" if source.rows_unchanged else ""
        rows = "row" if source.rows_stored == 1 else "rows"
        self.stdout.write(f"{source.rows_stored:,} {rows} stored{unchanged}, {source.rows_refused:,} refused.")
        for refusal in told.first:
            what = source.mapping.get(refusal.field, LABELS.get(refusal.field, ""))
            where = f"line {refusal.line:,}" + (f", {what} {refusal.value!r}" if what else "")
            self.stderr.write(f"  {where}: {refusal.reason}")
        if source.rows_refused > len(told.first):
            self.stderr.write(f"  and {source.rows_refused - len(told.first):,} more.")


class _Teller:
    """A progress bar on a terminal, and the first refusals."""

    def __init__(self, command: BaseCommand) -> None:
        self.command, self.started, self.first = command, time.monotonic(), list[Rejected]()
        self.shows = sys.stderr.isatty()

    def __call__(self, progress: services.Progress) -> None:
        self.first += progress.refusals[: SHOWN - len(self.first)]
        if self.shows:
            share = min(progress.bytes_read / max(progress.size, 1), 1)
            bar = "#" * int(30 * share)
            rate = progress.rows_read / max(time.monotonic() - self.started, 0.001)
            text = f"{progress.rows_read:,} rows, {progress.rows_refused:,} refused, {rate:,.0f} rows a second"
            self.command.stderr.write(f"\r[{bar:<30}] {share:4.0%}  {text} ", ending="")

    def end(self) -> None:
        """Leave the bar's line."""
        if self.shows:
            self.command.stderr.write("")


def _pair(text: str, option: str, fields: Any) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not sign:
        raise CommandError(f"{option} {text}: write FIELD=VALUE.")
    if name not in fields:
        known = ", ".join(field for field in FIELDS if field in fields)
        raise CommandError(f"{option} {text}: there is no field {name}. The fields are {known}.")
    return name, value.strip()


def _header(source: Import, text: str) -> str:
    """The file's own spelling of a column; what isn't there is reported with everything else."""
    spelled = {header.casefold(): header for header in source.survey["headers"]}
    return str(spelled.get(" ".join(text.split()).casefold(), text))


def _date_order(source: Import, columns: dict[str, str], text: str | None) -> DateOrder | None:
    """From words like month/day/year, MM/DD/YYYY or %m/%d/%Y; without them what the date columns say."""
    if text:
        short = text.lower().replace("year", "y").replace("month", "m").replace("day", "d")
        order = "".join(dict.fromkeys(letter for letter in short if letter in "ymd"))
        if order not in {each.value for each in DateOrder}:
            raise CommandError(f"--date-format {text}: write year-month-day, day/month/year or month/day/year.")
        return DateOrder(order)
    found = [source.survey["dates"].get(columns[name], []) for name in ("date", "date_fallback") if name in columns]
    certain = [orders[0] for orders in found if len(orders) == 1]
    return DateOrder(certain[0]) if certain else None


def _decimals(text: str) -> Decimals:
    if text in {each.value for each in Decimals}:
        return Decimals(text)
    signs = [sign for sign in text if sign in ".,"]
    if not signs or (len(signs) > 1 and signs[-1] == signs[0]):
        raise CommandError(f"--number-format {text}: write 1,234.56 or 1.234,56, or point or comma.")
    return Decimals.POINT if signs[-1] == "." else Decimals.COMMA


def _lists(texts: list[str]) -> frozenset[str]:
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    for word in words:
        if word not in LISTS and word not in NAMES:
            raise CommandError(f"--create {word}: the lists are {', '.join(LISTS)}.")
    return frozenset(LISTS.get(word, word) for word in words) | (
        frozenset({"customer_branch"} if "customers" in words else ())
    )


def _state(text: str) -> tuple[str, Meaning]:
    name, _, meaning = text.rpartition("=")
    if not name.strip() or meaning.strip() not in {each.value for each in Meaning}:
        raise CommandError(f"--state {text}: write NAME=confirmed, NAME=proposed or NAME=none.")
    return name.strip(), Meaning(meaning.strip())
