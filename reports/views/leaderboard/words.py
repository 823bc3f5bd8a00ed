"""The leaderboard in words: rows, cards, the sentence under the title, and why somebody has no place."""

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from config import svg
from progress.amounts import Amount, shown
from progress.pace import Phase
from progress.ranking import beside_first
from progress.results import Result
from reports.readers.leaderboard import ChannelPlace, Contender, Leaderboard
from reports.views import drawing
from reports.views.words import Words, meter

NOTHING = SafeString("")
ORDINALS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row as the page writes it; empty texts stand where there is nothing to say.

    number: what the order goes by. beside: what it is of, or its share. extra: what was reached without a target.
    set: how many months have one, where some have none.
    """

    who: Contender
    moved: SafeString
    bar: SafeString
    number: str
    beside: str
    extra: str
    set: str
    gap: SafeString


@dataclass(frozen=True, slots=True)
class DrawnChannel:
    """The viewer's place in a channel."""

    name: str
    query: str
    place: str
    of: str
    bar: SafeString


def draw(each: Contender, board: Leaderboard, words: Words, best: Amount) -> Drawn:
    """Write one row. `best`: what the first by count reached."""
    result, months = each.result, each.result.months
    if board.asked.by_count:
        number = words.amount(result.everything)
        beside = "" if result.percent_shown is None else f"{result.percent_shown}% of {words.short(result.target or 0)}"
        bar, extra = _beside_first(result, best), ""
    else:
        number = f"{result.percent_shown}%" if result.percent_shown is not None else "-"
        beside, bar = reached(result, words), meter(result)
        extra = f"+{words.short(months.elsewhere)}" if months.elsewhere else ""
    return Drawn(
        who=each,
        moved=moved(each, board, words),
        bar=bar,
        number=number,
        beside=beside,
        extra=extra,
        set=f"{months.set} of {months.of} months set" if result.target and months.set < months.of else "",
        gap=gap(result, board, words),
    )


def reached(result: Result, words: Words) -> str:
    """27 of 32, or 6 done where there is no target."""
    if result.target is None:
        return f"{words.short(result.everything)} done"
    return f"{words.short(result.actual)} of {words.short(result.target)}"


def gap(result: Result, board: Leaderboard, words: Words) -> SafeString:
    """How far from pace, or in a period that ended from the target; nothing without a target."""
    if not result.target:
        return NOTHING
    return drawing.variance(result, words) if board.phase is Phase.CLOSED else drawing.gap(result, words)


def moved(each: Contender, board: Leaderboard, words: Words) -> SafeString:
    """How many places somebody went up or down, as an arrow with a number; nothing where they kept theirs."""
    if not each.moved:
        return NOTHING
    arrow, kind, way = ("▲", " up", "Up") if each.moved > 0 else ("▼", " down", "Down")
    size = abs(each.moved)
    told = escape(f"{way} {size} {'place' if size == 1 else 'places'} since {words.period(board.before)}")
    return SafeString(
        f'<span class="moved{kind}" title="{told}"><span aria-hidden="true">{arrow} {size}</span>'
        f'<span class="sr">{told}</span></span>'
    )


def channel(each: ChannelPlace, query: str, words: Words, board: Leaderboard) -> DrawnChannel:
    """Write the viewer's place in one channel."""
    if each.place:
        place = f"{ordinal(each.place)} of {each.of}"
    else:
        place = "No target" if each.result.target is None else "Nothing due"
    amount = words.short(each.result.everything) if board.asked.by_count else reached(each.result, words)
    return DrawnChannel(each.name, query, place, amount, meter(each.result))


def sentence(board: Leaderboard, result: Result | None, words: Words) -> str:
    """Which months these are, how far they are, and what the order goes by."""
    period = board.asked.period
    named, months = words.period(period), words.months(period)
    parts = [f"{named}." if named == months else f"{named}, {months}."]
    if board.phase is Phase.CLOSED:
        parts.append("It has ended.")
    elif board.phase is Phase.RUNNING and result:
        moment = result.pace.moment
        parts.append(f"{'Working day' if moment.in_working_days else 'Day'} {moment.worked} of {moment.total}.")
    noun = "revenue" if board.asked.revenue else "deals"
    parts.append(f"Ranked by {noun}." if board.asked.by_count else f"Ranked by share of the target for {noun}.")
    return " ".join(parts)


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    return f"{place}{'th' if place % 100 in (11, 12, 13) else ORDINALS.get(place % 10, 'th')}"


def best_of(board: Leaderboard) -> Amount:
    """What the first by count reached; 0 where nobody has a place."""
    return max((each.result.everything for each in board.ranked), default=0)


def _beside_first(result: Result, best: Amount) -> SafeString:
    """A bar as long as the share of what the first one reached."""
    return svg.meter(shown(beside_first(result.everything, best), 1), state="brand")
