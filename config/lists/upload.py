"""A CSV of a list on its way in: choose a file, see what it would change, confirm. Nothing is stored before that.

The text of the file travels in the form that confirms, so that nothing has to be kept in between.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from accounts.requests import TenantRequest
from accounts.services.lists import ListChanged, Plan
from config.fragments import go_to, render_page
from config.lists.listing import Column
from ledger.reading.returned import taken_back

LARGEST_FILE = 2 * 1024**2
MOST_ROWS = 50_000
ROWS_SHOWN = 200
DELIMITERS = ",;\t|"
TOO_FEW = "Choose a file."
TOO_LARGE = f"The file is larger than {LARGEST_FILE // 1024**2} MB. Cut it into parts."


class Unreadable(ValueError):
    """The file can't be read as this list; the message says why, to the user."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of a file: {column's name: text}. A column that the file doesn't have is missing."""

    line: int
    cells: Mapping[str, str]


class ListFileForm(forms.Form):
    """A file, or the text of one whose preview (`seen`, its token) is confirmed."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        file = data.get("file")
        if not self.errors and file is None and not data.get("text"):
            self.add_error("file", TOO_FEW)
        elif file is not None and file.size > LARGEST_FILE:
            self.add_error("file", TOO_LARGE)
        return data


def import_page(
    request: TenantRequest,
    columns: Sequence[Column],
    *,
    many: str,
    back: str,
    plan: Callable[[list[FileRow]], Plan],
    store: Callable[[list[FileRow], str], Plan],
    intro: str = "",
    found_by: str = "Rows are found by name; a new name is added.",
    back_words: str = "",
    **address: Any,
) -> HttpResponse:
    """The page that takes a list's file in. `many` is what users call its rows, `back` the name of the list's view.

    `plan(rows)` says what the file would do; `store(rows, seen)` does it and raises ListChanged where it would do
    something else than was seen. `found_by` says how lines and rows find each other.
    """
    form = ListFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "columns": [column for column in columns if column.value and not column.told],
        "many": many,
        "intro": f"{found_by} Nothing is deleted. {intro}".strip(),
        "back_words": back_words or many.capitalize(),
        "back": reverse(back, kwargs={"organization": request.organization.slug, **address}),
        "most_rows": ROWS_SHOWN,
    }
    if request.method == "POST":
        form = context["form"] = ListFileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                text = form.cleaned_data["text"] or decoded(form.cleaned_data["file"].read())
                rows = read_file(text, columns)
            except Unreadable as error:
                form.add_error("file", str(error))
            else:
                if seen := form.cleaned_data["seen"]:
                    try:
                        done = store(rows, seen)
                    except ListChanged:
                        context["changed"] = True
                    else:
                        messages.success(request, f"{len(done.added):,} added, {len(done.changed):,} changed.")
                        return go_to(request, back, **address)
                context |= {"plan": plan(rows), "text": text}
    status = 422 if form.errors else 409 if context.get("changed") else 200
    return render_page(request, "list_import.html", context, status=status)


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or, where it isn't that, as Windows writes it. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("The file is empty.")
    if b"\0" in data or data.startswith((b"PK\x03\x04", b"%PDF")):
        raise Unreadable("This is not a CSV file. In a spreadsheet, choose Save as and then CSV (UTF-8).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if len(text.encode()) > LARGEST_FILE:  # as it comes back from the page that asks for confirmation
        raise Unreadable(TOO_LARGE)
    return text


def read_file(text: str, columns: Sequence[Column]) -> list[FileRow]:
    """The lines of a file whose first one names columns of the list, as its export does. Raises Unreadable.

    Columns may stand in any order. The first of the list must be there; others that are missing stay as they are, and
    those that the list doesn't know are refused, lest a typing error pass for a file without that column.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, columns))
    try:
        places = _places(next(reader, []), columns)
        rows: list[FileRow] = []
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return rows
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} lines. Cut it into parts.")
            cells = taken_back(cells)
            there = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
            rows.append(FileRow(line, dict.fromkeys(places, "") | there))
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num:,} can't be read: {error}.") from error


def _places(header: list[str], columns: Sequence[Column]) -> dict[str, int]:
    known = {column.label.casefold(): column for column in columns}
    titles = [title.strip() for title in header]
    if columns[0].label.casefold() not in [title.casefold() for title in titles]:
        wanted = ", ".join(column.label for column in columns if not column.told)
        raise Unreadable(f"The first line must name the columns: {wanted}. Download the list to see how.")
    if strange := [title for title in titles if title and title.casefold() not in known]:
        raise Unreadable(f"The column {strange[0][:80]} is not one of this list.")
    found = {known[title.casefold()].name: place for place, title in enumerate(titles) if title}
    if len(found) < len([title for title in titles if title]):
        raise Unreadable("Two columns have the same name.")
    return {column.name: found[column.name] for column in columns if column.name in found and not column.told}


def _delimiter(text: str, columns: Sequence[Column]) -> str:
    """The sign that cuts the first line into the most of the list's own columns."""
    head = text.split("\n", 1)[0].strip()
    labels = {column.label.casefold() for column in columns}

    def known(delimiter: str) -> int:
        return sum(title.strip(' "').casefold() in labels for title in head.split(delimiter))

    return max(DELIMITERS, key=known)
