"""What changed: the page and its CSV."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.forms.audit import EntryFilterForm
from accounts.models import Role
from accounts.permissions import member_required
from accounts.readers import audit
from accounts.requests import TenantRequest
from accounts.subjects import FieldWords, Style
from config.formats import Formats, formats_of
from config.fragments import render_page
from config.sheets import sheet

CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
HEADING = ("When", "Who", "What", "Which", "How", "Field", "Before", "After")
HOW = {"typed": "Changed", "imported": "Imported"}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words. `changes` are (field, before, after)."""

    at: datetime
    who: str
    kind: str
    name: str
    how: str
    changes: list[tuple[str, str, str]]


@require_safe
@member_required(Role.ADMIN)
def entry_list(request: TenantRequest) -> HttpResponse:
    """Who changed what, when, from what to what."""
    form = EntryFilterForm(request.GET, people=audit.people_to_ask_about())
    page = audit.entry_page(form.asked(request.organization), _cursor(request.GET.get("before", "")))
    formats = formats_of(request.organization)
    kept = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    context = {
        "form": form,
        "lines": [_line(entry, formats) for entry in page.entries],
        "narrowed": bool(kept),
        "anything": bool(page.entries) or audit.anything_changed(),
        "query": urlencode(kept),
        "older": urlencode(kept | {"before": _written(page.older)}) if page.older else "",
        "later": "before" in request.GET,
    }
    return render_page(request, "accounts/entry_list.html", context)


@require_safe
@member_required(Role.ADMIN)
def entry_export(request: TenantRequest) -> StreamingHttpResponse:
    """The same as a CSV, a line for each field."""
    form = EntryFilterForm(request.GET, people=audit.people_to_ask_about())
    entries = audit.all_entries(form.asked(request.organization))
    return sheet(HEADING, _rows(entries, formats_of(request.organization)), "what-changed")


def _rows(entries: Iterator[audit.Entry], formats: Formats) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        line = _line(entry, formats)
        local = line.at.astimezone(formats.zone)
        for change in line.changes:
            yield (f"{local:%Y-%m-%d %H:%M:%S}", line.who, line.kind, line.name, line.how, *change)


def _line(entry: audit.Entry, formats: Formats) -> Line:
    return Line(
        at=entry.at,
        who=entry.who or "The system",
        kind=entry.subject.words,
        name=", ".join(_text(part, told, formats) for part, told in entry.name),
        how=HOW.get(entry.why, entry.why[:1].upper() + entry.why[1:]),
        changes=[
            (change.field.words, _text(change.old, change.field, formats), _text(change.new, change.field, formats))
            for change in entry.changes
        ],
    )


def _text(value: Any, told: FieldWords, formats: Formats) -> str:
    """A value as a person reads it; "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(each, told, formats) for each in value) or "none"
    if isinstance(value, datetime):
        return formats.moment(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return formats.month(value) if told.style is Style.MONTH else formats.day(value)
    if isinstance(value, int | float):
        return formats.number(value)
    if told.style is Style.MONEY:
        return formats.money(Decimal(value))
    if told.style is Style.NUMBER:
        return formats.number(Decimal(value))
    return str(value)


def _written(cursor: audit.Cursor) -> str:
    """A cursor as it stands in an address, to the microsecond."""
    return f"{(cursor.at - BEGINNING) // timedelta(microseconds=1)}-{cursor.entry_id}"


def _cursor(text: str) -> audit.Cursor | None:
    found = CURSOR.fullmatch(text)
    return audit.Cursor(BEGINNING + timedelta(microseconds=int(found[1])), int(found[2])) if found else None
