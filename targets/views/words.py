"""The grid in words: the sentence under the title, the cards, and who has no target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString

from accounts.models import Member, Role
from config.formats import Formats
from progress.amounts import Amount, shown
from progress.pace import Moment, Pace, Phase
from progress.rollup import Total
from targets.readers import Grid, Row, Shown
from targets.views import shown as view_of
from targets.views.cells import meter

NO_BAR = SafeString("")

# How an amount is written.
Write = Callable[[Amount], str]


@dataclass(frozen=True, slots=True)
class Card:
    """One of the cards above the grid: its label, the number, what it is of, a bar and a note."""

    label: str
    value: str
    of: str = ""
    bar: SafeString = NO_BAR
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """The notice about people without a target: who, what that means, and the id of the first cell to fill.

    query: the view in which that cell is, empty where it is on the page. copy: the months to copy from, in a word or
    two, and `members` whose targets; empty where the viewer may set none of theirs.
    """

    who: str
    because: str
    first: str = ""
    query: str = ""
    copy: str = ""
    members: tuple[int, ...] = ()


def pace_sentence(moment: Moment, month: str) -> str:
    """How far the month is and what that asks of a target."""
    if moment.phase is Phase.CLOSED:
        return f"{month} has ended: results beside targets."
    if moment.phase is Phase.UPCOMING:
        assert moment.period is not None
        return f"{month} starts in {plural((moment.period.start - moment.today).days, 'day')}, so there is no pace yet."
    day = "Working day" if moment.in_working_days else "Day"
    return f"{day} {moment.worked} of {moment.total}, so pace is {share(moment)}% of each target."


def share(moment: Moment) -> int:
    """The elapsed share in whole percent."""
    return int(shown(100 * moment.elapsed)) if moment.elapsed is not None else 0


def cards(grid: Grid, viewer: Member, formats: Formats) -> list[Card]:
    """The team's month at a glance: what is shown first, what is not shown last."""
    alone = viewer.role == Role.SALESPERSON and all(row.member_id == viewer.pk for row in grid.people)
    whose = "Your" if alone else "Team"
    deals, money = formats.number, formats.short_money
    if grid.shown.revenue:
        found = [_whole(grid.overall, f"{whose} revenue", formats, money=True), _forecast(grid.overall, money, "")]
        last = _whole(grid.deals, "Deals", formats)
    else:
        found = [_whole(grid.overall, f"{whose} deals", formats), _forecast(grid.overall, deals, " deals")]
        last = _revenue(grid.revenue, formats)
    return [*found, last] if alone else [*found, _people(grid), last]


def _whole(total: Total, label: str, formats: Formats, *, money: bool = False) -> Card:
    pace, write = total.pace, formats.short_money if money else formats.number
    note = []
    if pace.expected is not None and pace.moment.phase is Phase.RUNNING:
        note.append(f"Expected today {write(shown(pace.expected))}.")
    elif pace.gap_shown is not None:
        note.append(_against_target(pace, formats.gap_size(pace.gap_shown, money=money)))
    elif pace.target is None:
        note.append("No target is set.")
    if total.elsewhere:
        note.append(f"{write(total.elsewhere)} more where no target is set.")
    return Card(label, write(pace.actual), _of(pace, write), meter(pace), " ".join(note))


def _of(pace: Pace, write: Write) -> str:
    return "" if pace.target is None else f"of {write(pace.target)}"


def of(pace: Pace, formats: Formats) -> str:
    """What the actual is of."""
    return "" if pace.target is None else f"of {formats.number(pace.target)}"


def _against_target(pace: Pace, size: str) -> str:
    if not pace.gap:
        return "Exactly on target."
    return f"{size} above target." if pace.gap > 0 else f"{size} short of target."


def _forecast(total: Total, write: Write, noun: str) -> Card:
    pace, forecast = total.pace, total.forecast
    if pace.moment.phase is Phase.CLOSED:
        percent = pace.percent_shown
        return Card(
            "Result",
            write(pace.actual),
            f"{percent}% of target" if percent is not None else "",
            note="The month has ended.",
        )
    if forecast is None or pace.per_day is None:
        return Card("Forecast, month end", "-", note="There is a forecast from the first day that counts.")
    percent = forecast.percent_of(pace.target)
    note = [f"No{noun or ' revenue'} so far."]
    if pace.actual:
        note = [f"At the current {write(shown(pace.per_day, 1))}{noun} a day."]
    if pace.needed_per_day == 0:
        note.append("The target is reached.")
    elif pace.needed_per_day is not None:
        note.append(f"Target needs {write(shown(pace.needed_per_day, 1))} a day from here.")
    if forecast.early:
        note.append("It is early: less than a tenth of the month has passed.")
    return Card(
        "Forecast, month end",
        write(shown(forecast.value)),
        f"{percent}% of target" if percent is not None else "",
        note=" ".join(note),
    )


def rate(value: Fraction, formats: Formats, places: int = 1) -> str:
    """A number a day."""
    return formats.number(shown(value, places), places)


def _people(grid: Grid) -> Card:
    standing = grid.standing
    ahead, behind, without = len(standing.on_pace), len(standing.behind), len(standing.without_target)
    if grid.moment.phase is Phase.UPCOMING:
        ready = len(grid.people) - without - (grid.row(None) is not None)
        return Card("With a target", str(ready), f"of {people(ready + without)}", note="Pace starts with the month.")
    closed = grid.moment.phase is Phase.CLOSED
    label = "Reached the target" if closed else "On or ahead of pace"
    if not ahead + behind:
        return Card(label, "-", note="Nobody has a target yet." if not closed else "Nobody had a target.")
    note = []
    if behind:
        furthest = grid.row(standing.furthest_behind)
        risk = f", {len(standing.at_risk)} of them at risk" if standing.at_risk else ""
        note.append(f"{behind} {'missed it' if closed else 'behind'}{risk}.")
        if furthest:
            note.append(f"Furthest {'from it' if closed else 'behind'}: {furthest.name}.")
    if without:
        note.append(f"{without} without a target.")
    return Card(label, str(ahead), f"of {people(ahead + behind)}", note=" ".join(note))


def _revenue(total: Total, formats: Formats) -> Card:
    pace = total.pace
    actual = formats.short_money(pace.actual)
    if pace.target is None:
        return Card("Revenue", actual, note="So far this month." if pace.moment.phase is Phase.RUNNING else "")
    note = ""
    if pace.gap_shown is not None:
        size = formats.gap_size(pace.gap_shown, money=True)
        if pace.moment.phase is Phase.CLOSED:
            note = _against_target(pace, size)
        else:
            note = (
                f"{size} {'ahead of' if pace.gap_shown > 0 else 'behind'} pace."
                if pace.gap_shown
                else "Even with pace."
            )
    if total.elsewhere:
        note = f"{note} {formats.short_money(total.elsewhere)} more where no target is set.".strip()
    return Card("Revenue", actual, f"of {formats.short_money(pace.target)}", meter(pace), note)


def missing_notice(grid: Grid, viewer: Member, formats: Formats) -> Missing | None:
    """Who has no target for a number of deals this month; None where everybody has one."""
    rows, month = grid.missing, formats.month(grid.month)
    if not rows:
        return None
    first = next((cell for row in rows for cell in row.cells if cell.editable), None)
    noun = "target for deals" if grid.shown.revenue else "target"
    if first is None and [row.member_id for row in rows] == [viewer.pk]:
        return Missing(f"You have no {month} {noun}.", "Your manager sets it. Your deals are shown all the same.")
    verb = "has" if len(rows) == 1 else "have"
    who, because = f"{names(rows)} {verb} no {month} {noun}.", "Not counted in pace or ranking until one is set."
    if first is None:
        return Missing(who, because)
    elsewhere = grid.shown.revenue or not any(row.member_id == first.member_id for row in grid.rows)
    before = view_of.neighbour(grid.month, later=False)
    return Missing(
        who,
        because,
        first=f"t{first.member_id}-{first.channel_id}",
        query=view_of.query_of(grid.month, Shown(team=grid.shown.team)) if elsewhere else "",
        copy=formats.month(before) if before else "",
        members=tuple(row.member_id for row in rows if row.editable and row.member_id is not None),
    )


def nobody_shown(grid: Grid, month: str) -> tuple[str, str]:
    """Why the filters leave nobody, as a heading and a sentence; empty where they leave somebody."""
    if grid.rows or not grid.shown.narrowed:
        return "", ""
    if not grid.people:
        return "Nobody in this team", f"Nobody of this team sells or has a target in {month}."
    if grid.moment.phase is Phase.UPCOMING:
        return "Nobody is behind", f"{month} has not started, so there is no pace yet."
    if not grid.standing.on_pace:
        return "Nobody is behind", "Nobody has a target yet, so there is no pace to be behind."
    if grid.moment.phase is Phase.CLOSED:
        return "Nobody missed the target", f"Everyone with a target reached it in {month}."
    return "Nobody is behind pace", "Everyone with a target is on pace or ahead of it."


def without_words(count: int) -> str:
    """What the number in the navigation counts."""
    return f"{people(count).partition(' ')[2]} without a target this month"


def unplaced_notice(grid: Grid, formats: Formats) -> str:
    """What to do about deals without a channel, which no target can count; empty where there are none."""
    totals = zip(grid.columns, grid.column_totals, strict=True)
    count = next((total.pace.actual for column, total in totals if column.channel_id is None), 0)
    if not count or not grid.editable:
        return ""
    noun, verb = ("deal", "names") if count == 1 else ("deals", "name")
    return f"{formats.number(count)} {noun} {verb} no channel, so no target counts {'it' if count == 1 else 'them'}."


def names(rows: Sequence[Row]) -> str:
    """Up to three names, and how many others."""
    listed = [row.name for row in (rows if len(rows) <= 3 else rows[:2])]
    rest = len(rows) - len(listed)
    if rest:
        return f"{', '.join(listed)} and {rest} others"
    return " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else listed[0]


def plural(count: Amount, noun: str) -> str:
    """1 day, 2 days."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def people(count: int) -> str:
    """1 person, 2 people."""
    return "1 person" if count == 1 else f"{count} people"
