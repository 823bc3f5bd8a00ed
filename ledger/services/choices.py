"""What somebody chose for an import: columns, fixed values, formats, what states mean, which names may be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.database import name_key
from accounts.models import Member
from accounts.permissions import SETTINGS, reaches_all
from ledger.ingest.rows import AMOUNTS, NAMES, Meaning, Unknowns
from ledger.models import Import, Kind
from ledger.reading import FIELDS, FIXABLE, LABELS, REQUIRED, DateOrder, Decimals, Layout, Survey, Table
from ledger.reading.values import Wrong, amount_reader, read_name

#: What a manager may add by importing; the organization's own lists are an admin's (docs/imports.md).
OF_MANAGERS = frozenset({"customer", "customer_branch", "wholesaler_branch", "brand"})


class ChoicesWrong(ValueError):
    """The choices don't hold; `errors` is {field or option: words for the user}."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Choices:
    """`columns` {field: header}, `fixed` {field: text for every row}, `states` {name in the file: its meaning}.

    `create` holds the fields whose unknown names are made. Without `date_order` nothing can run.
    """

    kind: str = Kind.SALE.value
    columns: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    decimals: Decimals = Decimals.POINT
    create: frozenset[str] = frozenset()
    states: dict[str, Meaning] = field(default_factory=dict)

    def layout(self, table: Table, zone: ZoneInfo) -> Layout:
        """For reading a file with this table; fields whose column it doesn't have are left out."""
        places = {header: place for place, header in enumerate(table.headers)}
        return Layout(
            width=len(table.headers),
            columns={name: places[header] for name, header in self.columns.items() if header in places},
            fixed=self.fixed,
            date_order=self.date_order or DateOrder.YMD,
            decimals=self.decimals,
            zone=zone,
            returned=table.returned,
        )

    def unknowns(self) -> Unknowns:
        """For the ingest."""
        return Unknowns(self.create, {name_key(name): meaning for name, meaning in self.states.items()})

    def as_json(self) -> tuple[dict[str, str], dict[str, Any]]:
        """`Import.mapping` and `Import.options`."""
        return self.columns, {
            "fixed": self.fixed,
            "date_order": self.date_order,
            "decimals": self.decimals,
            "create": sorted(self.create),
            "states": self.states,
        }


def saved_choices(source: Import) -> Choices:
    """What is chosen so far."""
    options = source.options
    return Choices(
        kind=source.kind,
        columns=dict(source.mapping),
        fixed=dict(options.get("fixed", {})),
        date_order=DateOrder(options["date_order"]) if options.get("date_order") else None,
        decimals=Decimals(options.get("decimals", Decimals.POINT)),
        create=frozenset(options.get("create", ())),
        states={name: Meaning(meaning) for name, meaning in options.get("states", {}).items()},
    )


def guessed_formats(survey: Survey, columns: Mapping[str, str]) -> tuple[DateOrder | None, Decimals]:
    """How the values of the chosen columns ({field: header}) are written; no order of dates where they don't tell."""
    dates = [survey.dates.get(columns.get(name, ""), []) for name in ("date", "date_fallback")]
    certain = [orders[0] for orders in dates if len(orders) == 1]
    amounts = {survey.decimals.get(columns.get(name, "")) for name in AMOUNTS}
    return (
        DateOrder(certain[0]) if certain else None,
        Decimals.COMMA if Decimals.COMMA in amounts else Decimals.POINT,
    )


def creatable(by: Member | None) -> frozenset[str]:
    """The fields whose unknown names somebody may have made; None is the shell."""
    return frozenset(NAMES) if by is None or reaches_all(by, SETTINGS) else OF_MANAGERS


def checked(choices: Choices, headers: list[str], *, by: Member | None) -> Choices:
    """The choices as they are kept. Raises ChoicesWrong with everything that doesn't hold."""
    errors: dict[str, str] = {}
    if choices.kind not in Kind.values:
        errors["kind"] = "Choose sales or orders."
    _check_columns(choices, headers, errors)
    for name, text in choices.fixed.items():
        if name not in FIXABLE:
            errors[name] = "This can't be the same for every row."
        elif problem := _fixed_problem(name, text, choices.decimals):
            errors[name] = problem
    for name in REQUIRED:
        if name not in choices.columns and not choices.fixed.get(name):
            errors.setdefault(name, _missing(name))
    if choices.date_order is None:
        errors["date_order"] = "Choose how dates are written."
    if beyond := choices.create - creatable(by):
        labels = ", ".join(LABELS[name].lower() for name in FIELDS if name in beyond)
        errors["create"] = f"Only an admin may let an import create these: {labels or 'unknown lists'}."
    if errors:
        raise ChoicesWrong(errors)
    return replace(choices, columns={name: choices.columns[name] for name in FIELDS if name in choices.columns})


def _check_columns(choices: Choices, headers: list[str], errors: dict[str, str]) -> None:
    for name, header in choices.columns.items():
        if name not in FIELDS:
            errors[name] = "There is no such field."
        elif header not in headers:
            errors[name] = f"The file has no column called {header}."
        elif choices.fixed.get(name):
            errors[name] = "Choose either a column or one value for every row."
    users: dict[str, list[str]] = {}
    for name, header in choices.columns.items():
        users.setdefault(header, []).append(name)
    for header, names in users.items():
        dates = {"date", "date_fallback"} & set(names)
        if dates and len(names) > 1:
            for name in dates:
                errors.setdefault(name, f"{header} is used for something else too.")
    if "date_fallback" in choices.columns and "date" not in choices.columns:
        errors.setdefault("date_fallback", "Choose the first date before the second.")


def _missing(name: str) -> str:
    if name == "state":
        return "Choose the column that says the state, or one state for every row."
    return f"Choose the column for: {LABELS[name].lower()}."


def _fixed_problem(name: str, text: str, decimals: Decimals) -> str:
    try:
        if name in AMOUNTS:
            amount_reader(decimals, Decimal(0))(text)
        else:
            read_name(text)
    except Wrong as error:
        return str(error)
    return "This holds a character that can't be stored." if "\0" in text else ""


def chosen_fields(choices: Choices) -> Mapping[str, str]:
    """{field: header, or the fixed text} of everything that is read, in the order of FIELDS."""
    return {
        name: choices.columns.get(name) or choices.fixed[name]
        for name in FIELDS
        if name in choices.columns or choices.fixed.get(name)
    }
