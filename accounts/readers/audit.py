"""What changed: entries of the audit, newest first, with names in place of ids.

However many entries stand there, a page reads the few it shows: it is cut by when an entry was written, along the
indexes of (organization, at) and (organization, by, at), and never counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.database import name_key
from accounts.models import AuditEntry, Member, User
from accounts.subjects import FieldWords, Subject, is_tenants, subject_of, subjects

ENTRIES_A_PAGE = 60
ENTRIES_A_CHUNK = 500
EVERYBODY, SYSTEM = "", "system"
CALLED = frozenset({"name", "number", "email", "filename"})
USERS = "accounts.user"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends: the entry that was shown last."""

    at: datetime
    entry_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: by whom (a member's id, SYSTEM, or nobody in particular), of which kind, when, with which words.

    `start` and `end` are moments, the end excluded.
    """

    who: str = EVERYBODY
    kind: str = ""
    start: datetime | None = None
    end: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """One field. `old` and `new` are names, dates, numbers or what JSON holds; None is nothing."""

    field: FieldWords
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was changed at one moment: by whom (None: the system), how, and each field of it.

    `name` holds what the thing is called, part by part, each with how it is written.
    """

    at: datetime
    who: str | None
    subject: Subject
    name: tuple[tuple[Any, FieldWords], ...]
    why: str
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and where the next page begins; None at the end."""

    entries: list[Entry]
    older: Cursor | None


def entry_page(asked: Asked, before: Cursor | None = None) -> Page:
    """One page. A query for the entries, and one for each table that they name."""
    rows = _entries(asked)
    if before is not None:
        rows = rows.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.entry_id)
    found = list(rows[: ENTRIES_A_PAGE + 1])
    more = len(found) > ENTRIES_A_PAGE
    things = [list(each) for _, each in groupby(found, key=attrgetter("batch", "subject", "subject_id"))]
    if more:
        # The last thing may go on, so it begins the next page, unless it alone is longer than this one.
        things = things[:-1] or [found[:ENTRIES_A_PAGE]]
    last = things[-1][-1] if things else None
    return Page(_told(things), Cursor(last.at, last.pk) if more and last else None)


def all_entries(asked: Asked) -> Iterator[Entry]:
    """Everything that is asked for, one field at a time, read and named in chunks."""
    rows = _entries(asked).iterator(chunk_size=ENTRIES_A_CHUNK)
    while chunk := list(islice(rows, ENTRIES_A_CHUNK)):
        yield from _told([[entry] for entry in chunk])


def people_to_ask_about() -> list[tuple[int, str]]:
    """Those who can have changed something: everybody with a login, by name. One query."""
    return list(Member.objects.filter(user__isnull=False).order_by("name_key", "pk").values_list("pk", "name"))


def anything_changed() -> bool:
    """Whether there is any entry at all."""
    return AuditEntry.objects.exists()


def _entries(asked: Asked) -> "QuerySet[AuditEntry]":
    rows: QuerySet[Any] = AuditEntry.objects.order_by("-at", "-pk")
    if asked.who:
        rows = rows.filter(by=None) if asked.who == SYSTEM else rows.filter(by=int(asked.who))
    if asked.kind:
        rows = rows.filter(subject=asked.kind)
    if asked.start:
        rows = rows.filter(at__gte=asked.start)
    if asked.end:
        rows = rows.filter(at__lt=asked.end)
    return rows.filter(_speaks_of(asked.text)) if asked.text else rows


def _speaks_of(text: str) -> Q:
    """Entries of things that are called so, or were: names, numbers and addresses among the old and new values.

    Other values are not looked at, which would take seconds among a million entries. A query for each kind of thing.
    """
    found = Q(field__in=CALLED) & (Q(old__icontains=text) | Q(new__icontains=text))
    key = name_key(text)
    for subject in subjects():
        if not is_tenants(subject) or not subject.parts:
            continue
        called = Q()
        for part in subject.name_parts:
            called |= Q(**{f"{part}__contains": key})
        for part in subject.parts:
            if part in ("email", "filename"):
                called |= Q(**{f"{part}__icontains": text})
            elif part == "number":  # of a million deals, by its index
                called |= Q(number=text)
        if called:
            things = subject.model._default_manager.filter(called).values("pk")
            # Asked beforehand, since each kind would be compared with every entry.
            if things.exists():
                found |= Q(subject=subject.label, subject_id__in=things)
    return found


def _told(things: list[list[AuditEntry]]) -> list[Entry]:
    """Entries that belong together as one, every id by its name."""
    names = _Names()
    for entry in (each for thing in things for each in thing):
        names.want(entry)
    names.look_up()
    return [
        Entry(
            at=thing[0].at,
            who=names.of(Member._meta.label_lower, thing[0].by_id) if thing[0].by_id else None,
            subject=subject_of(thing[0].subject),
            name=names.parts(thing[0]),
            why=thing[0].why,
            changes=tuple(names.change(entry) for entry in sorted(thing, key=attrgetter("pk"))),
        )
        for thing in things
    ]


class _Names:
    """What the things that some entries name are called. One query a table."""

    def __init__(self) -> None:
        self.wanted: dict[str, set[int]] = defaultdict(set)
        self.found: dict[str, dict[int, tuple[Any, ...]]] = {}

    def want(self, entry: AuditEntry) -> None:
        """Remember which ids an entry names."""
        self.wanted[entry.subject].add(entry.subject_id)
        if entry.by_id:
            self.wanted[Member._meta.label_lower].add(entry.by_id)
        refers_to = subject_of(entry.subject).told(entry.field).refers_to
        if refers_to:
            self.wanted[refers_to].update(value for value in (entry.old, entry.new) if isinstance(value, int))

    def look_up(self) -> None:
        """Ask each table once."""
        for label, ids in self.wanted.items():
            self.found[label] = _logins(ids) if label == USERS else _called(subject_of(label), ids)

    def parts(self, entry: AuditEntry) -> tuple[tuple[Any, FieldWords], ...]:
        """What the thing itself is called; () where it is gone and left no name."""
        subject = subject_of(entry.subject)
        parts = self.found[entry.subject].get(entry.subject_id, ())
        return tuple(
            (_typed(part, subject.told(name)), subject.told(name))
            for name, part in zip(subject.parts, parts, strict=False)
            if part != ""
        )

    def change(self, entry: AuditEntry) -> Changed:
        """One field, told."""
        told = subject_of(entry.subject).told(entry.field)
        if told.refers_to:
            return Changed(told, self.of(told.refers_to, entry.old), self.of(told.refers_to, entry.new))
        return Changed(told, _typed(entry.old, told), _typed(entry.new, told))

    def of(self, label: str, value: Any) -> Any:
        """The name behind an id."""
        if not isinstance(value, int):
            return value
        parts = self.found[label].get(value)
        return ", ".join(map(str, parts)) if parts else f"no longer there (number {value})"


def _called(subject: Subject, ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    """{id: the parts of its name}, of the open organization."""
    if not subject.parts:
        return {}
    model: type[Model] = subject.model
    rows = model._default_manager.filter(pk__in=list(ids)).values_list("pk", *subject.parts)
    return {row[0]: tuple(row[1:]) for row in rows}


def _logins(ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    return {user.pk: (user.email,) for user in User.objects.filter(pk__in=list(ids))}


def _typed(value: Any, told: FieldWords) -> Any:
    """A value as its words want it: dates as dates, choices as their words."""
    if isinstance(value, list):
        return [_typed(each, told) for each in value]
    if told.choices is not None and isinstance(value, str | int) and value in told.choices:
        return str(told.choices[value])
    if isinstance(value, str) and len(value) >= 10:
        for kind in (date, datetime):
            try:
                return kind.fromisoformat(value)
            except ValueError:
                continue
    return value
