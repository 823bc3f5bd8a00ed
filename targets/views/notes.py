"""What is said about an edit: the note at its cell, and the toast."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils.html import escape
from django.utils.safestring import SafeString

from config.formats import Formats
from config.svg import icon
from targets import services
from targets.readers import Grid
from targets.services import Change, Standing
from targets.views.cells import Place


def cell_note(place: Place, text: str, buttons: str = "") -> SafeString:
    """The note that stands at a cell; `buttons` is markup."""
    return SafeString(
        f'<div class="cell-note" id="e{place[0]}-{place[1]}" role="alert"><p>{escape(text)}</p>{buttons}</div>'
    )


def conflict_note(place: Place, text: str, standing: Standing, now: datetime, formats: Formats) -> SafeString:
    """What somebody else set meanwhile, and the choice between their number and the typed one."""
    theirs = "" if standing.number is None else formats.number(standing.number)
    mine = text.strip() or "empty"
    buttons = (
        '<span class="row">'
        f'<button type="button" class="btn sm" data-keep="{standing.version}">Keep {escape(mine)}</button>'
        f'<button type="button" class="btn sm" data-use="{theirs}" data-version="{standing.version}">'
        f"Use {theirs or 'empty'}</button></span>"
    )
    return cell_note(place, standing_words(standing, now, formats), buttons)


def refusal(error: Exception, formats: Formats) -> str:
    """Why an edit was refused."""
    match error:
        case services.ChannelArchived():
            return "This channel is archived."
        case services.MonthEnded():
            return "This month is over. Ask a manager."
        case services.MemberInactive():
            day = error.left or error.starts
            return f"{'Left' if error.left else 'Starts'} on {formats.day(day)}." if day else str(error)
    return str(error)


def standing_words(standing: Standing, now: datetime, formats: Formats) -> str:
    """Who set what and when: Marta set 18 a minute ago."""
    did = "cleared it" if standing.number is None else f"set {formats.number(standing.number)}"
    when = f" {ago(standing.at, now, formats)}" if standing.at else ""
    return f"{standing.name or 'Somebody'} {did}{when}."


def ago(then: datetime, now: datetime, formats: Formats) -> str:
    """A moment ago, 5 minutes ago, or the moment itself."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "a moment ago"
    if seconds < 120:
        return "a minute ago"
    if seconds < 3600:
        return f"{int(seconds // 60)} minutes ago"
    return f"on {formats.moment(then)}"


def changes_toast(grid: Grid, changes: Sequence[Change], formats: Formats, *, undone: bool) -> SafeString:
    """What was done, with Undo where it can be taken back; nothing where nothing was done."""
    batch = next((change.batch for change in changes if change.batch), None)
    if batch is None:
        return SafeString("")
    change = changes[0]
    text = f"{len(changes)} targets {'put back' if undone else 'saved'}."
    if len(changes) == 1:
        row = grid.row(change.member_id)
        channel = next((column.name for column in grid.columns if column.channel_id == change.channel_id), "Deals")
        before, after = ("none" if count is None else formats.number(count) for count in (change.old, change.new))
        what = "revenue target" if change.metric == "revenue" else "target"
        text = f"{channel} {what} for {row.name if row else 'them'}: {before}\u00a0→\u00a0{after}"
    return toast(text, batch=None if undone else batch)


def toast(text: str, *, batch: uuid.UUID | None = None, error: bool = False, stay: bool = False) -> SafeString:
    """A toast whose Undo the grid sends itself, since it then puts the numbers back into their cells.

    One that says what is wrong may `stay` until it is closed.
    """
    undo = f'<button type="button" data-undo-batch="{batch}">Undo</button>' if batch else ""
    kind = f'class="toast{" error" if error else ""}"{" data-stay" if stay else ""}'
    return SafeString(
        f"<toast-note {kind}><p>{escape(text)}</p>{undo}"
        f'<button type="button" class="close" data-close aria-label="Close">{icon("close", "s")}</button></toast-note>'
    )
