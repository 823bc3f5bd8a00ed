"""Saving the grid without JavaScript: the whole form comes back, and what differs from what it showed is saved."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.http import Http404, QueryDict
from django.utils.safestring import SafeString

from accounts.models import Member
from config.formats import Formats
from progress.amounts import Amount
from targets import services
from targets.forms import parse_number
from targets.services import Edit, Metric, Standing
from targets.views.cells import Place, Typed
from targets.views.notes import cell_note, refusal, standing_words

# {place: (version, number)} as the page showed it.
Loaded = Mapping[Place, tuple[int, Amount | None]]
NO_NOTE = SafeString("")
NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many targets were saved; or none, with what was typed and why, and what to compare with the next time."""

    saved: int = 0
    batch: uuid.UUID | None = None
    typed: Mapping[Place, Typed] = field(default_factory=dict)
    loaded: str = ""


def save(data: QueryDict, month: date, *, metric: Metric, by: Member, now: datetime, formats: Formats) -> Outcome:
    """Save all that was changed or nothing. Raises Http404 for unknown people and channels, NotYours."""
    loaded = read_loaded(data.get("loaded", ""))
    texts: dict[Place, str] = {}
    edits: dict[Place, Edit] = {}
    wrong: dict[Place, str] = {}
    for place, (version, before) in loaded.items():
        text = data.get(f"t{place[0]}-{place[1]}", "" if before is None else formats.number(before))
        try:
            number = parse_number(text, metric, formats)
        except ValueError as error:
            texts[place], wrong[place] = text, str(error)
            continue
        if number != before:
            texts[place], edits[place] = text, Edit(*place, number=number, version=version, metric=metric)
    if not wrong:
        try:
            changes = services.set_targets(list(edits.values()), month, by=by, at=now)
        except services.UnknownCell as error:
            raise Http404 from error
        except services.EditsRefused as refused:
            loaded = {**loaded, **standing_there(refused, list(edits))}
            wrong = {list(edits)[index]: why(error, now, formats) for index, error in refused.errors.items()}
        else:
            batches = [change.batch for change in changes if change.batch]
            return Outcome(saved=len(batches), batch=next(iter(batches), None))
    return Outcome(
        typed={
            place: Typed(text, cell_note(place, wrong[place]) if place in wrong else NO_NOTE)
            for place, text in texts.items()
        },
        loaded=write_loaded(loaded),
    )


def why(error: Exception, now: datetime, formats: Formats) -> str:
    """The note at one cell."""
    if isinstance(error, services.Conflict):
        return f"{standing_words(error.standing, now, formats)} Save again to replace it."
    return refusal(error, formats)


def standing_there(refused: services.EditsRefused, places: list[Place]) -> dict[Place, tuple[int, Amount | None]]:
    """What others set meanwhile: from now on the form knows it, so that saving again replaces it."""
    standings: dict[Place, Standing] = {
        places[index]: error.standing for index, error in refused.errors.items() if isinstance(error, services.Conflict)
    }
    return {place: (standing.version, standing.number) for place, standing in standings.items()}


def read_loaded(text: str) -> dict[Place, tuple[int, Amount | None]]:
    """What `write_loaded` wrote; 404 where somebody tampered with it."""
    loaded: dict[Place, tuple[int, Amount | None]] = {}
    try:
        for entry in text.split():
            place, version, number = entry.split(":")
            member, channel = place.split("-")
            if number and not NUMBER.fullmatch(number):
                raise Http404
            loaded[int(member), int(channel)] = (int(version), Decimal(number) if number else None)
    except ValueError as error:
        raise Http404 from error
    return loaded


def write_loaded(loaded: Loaded) -> str:
    """member-channel:version:number of each cell that can be edited, set apart by spaces."""
    return " ".join(
        f"{member}-{channel}:{version}:{'' if number is None else number}"
        for (member, channel), (version, number) in loaded.items()
    )
