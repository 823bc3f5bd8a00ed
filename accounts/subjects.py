"""How things that are audited are told of: each app says it of its own, since none may know them all.

`AppConfig.ready` registers what an app audits. A kind that nobody registered is told of by its model's own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import NamedModel, TenantModel


class Group(Enum):
    """What an administrator asks about: a target, a permission, a setting or a record."""

    TARGETS = "Targets"
    PEOPLE = "People and permissions"
    SETTINGS = "Settings and lists"
    RECORDS = "Records"


class Style(Enum):
    """How a value is written, where its model's field doesn't say so."""

    PLAIN = "plain"
    MONTH = "month"
    MONEY = "money"
    NUMBER = "number"


@dataclass(frozen=True)
class FieldWords:
    """What a field is called. `choices` are words for its values, `refers_to` the model that its values are ids of."""

    words: str
    style: Style = Style.PLAIN
    choices: Mapping[Any, str] | None = None
    refers_to: str = ""


@dataclass(frozen=True)
class Subject:
    """One kind of thing. `parts` are the look-ups of what it is called by: ("member__name", "team__name")."""

    label: str
    words: str
    group: Group = Group.SETTINGS
    parts: tuple[str, ...] = ("name",)
    fields: Mapping[str, FieldWords] = field(default_factory=dict)

    @cached_property
    def model(self) -> type[models.Model]:
        """Its table."""
        return apps.get_model(self.label)

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Those of its parts that are names, which a search compares in the form that names are compared in."""
        return tuple(f"{part}_key" for part in self.parts if part.endswith("name") and self._keyed(part))

    def _keyed(self, part: str) -> bool:
        model: Any = self.model
        for step in part.split("__")[:-1]:
            model = model._meta.get_field(step).related_model
        return issubclass(model, NamedModel)

    def told(self, name: str) -> FieldWords:
        """What one of its fields is called: registered, or in the words of its model, or its bare name."""
        if name in self.fields:
            return self.fields[name]
        found: Any = next((each for each in self.model._meta.fields if each.name == name), None)
        if found is None:
            return FieldWords(_sentence(name.replace("_", " ")))
        related: Any = found.related_model if isinstance(found, models.ForeignKey) else None
        return FieldWords(
            _sentence(str(found.verbose_name)),
            choices=dict(found.flatchoices) or None,
            refers_to=related._meta.label_lower if related is not None else "",
        )


_registered: dict[str, Subject] = {}


def register(*subjects: Subject) -> None:
    """Say how things of some kinds are told of; called once for each app, when it is ready."""
    _registered.update({subject.label: subject for subject in subjects})


def subject_of(label: str) -> Subject:
    """How a kind of thing is told of."""
    return _registered.get(label) or _unregistered(label)


def subjects() -> list[Subject]:
    """Every kind that is registered, by group and words."""
    order = list(Group)
    return sorted(_registered.values(), key=lambda subject: (order.index(subject.group), subject.words))


def _unregistered(label: str) -> Subject:
    try:
        model = apps.get_model(label)
    except LookupError:  # a table of an older version
        return Subject(label, _sentence(label.partition(".")[2]), parts=())
    named = issubclass(model, NamedModel)
    return Subject(label, _sentence(str(model._meta.verbose_name)), parts=("name",) if named else ())


def is_tenants(subject: Subject) -> bool:
    """Whether its rows are an organization's own."""
    try:
        return issubclass(subject.model, TenantModel)
    except LookupError:
        return False


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
