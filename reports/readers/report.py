"""A report as its viewer asked for it: the rows, sorted, their total, and the period before where it is compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from accounts.models import Member, Organization
from accounts.permissions import SEE, dated_people
from progress.amounts import Amount
from progress.pace import Phase
from progress.periods import Period, month_of, same_length_before
from progress.results import Result
from reports.readers.results import Line, Results, can_be_chosen, results

By = Literal["person", "team", "channel"]
#: What rows can be sorted by; an empty one is the usual order: people and teams by name, channels in theirs.
Order = Literal["", "name", "set", "target", "actual", "variance", "percent", "gap", "forecast", "elsewhere", "before"]
#: In place of a channel's id: deals that name none.
NO_CHANNEL = 0

Value = Amount | Fraction | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report shows: whole months, a row for each person, team or channel, in deals or revenue.

    team, channel: of one alone (NO_TEAM, NO_CHANNEL: of none). compared: beside the period of the same length before.
    """

    period: Period
    by: By = "person"
    revenue: bool = False
    team: int | None = None
    channel: int | None = None
    order: Order = ""
    descending: bool = False
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report, and the same of the period before, if it is compared and there is one.

    actual, elsewhere: of the result, so that both add up to the total's. Where others have a target, all that a row
    without one reached is elsewhere; where nobody has, everything is the actual.
    month: of a person, the month of theirs to open: the newest that has begun, else the first.
    """

    key: int | None
    name: str
    team: str
    result: Result
    actual: Amount | None
    elsewhere: Amount
    before: Result | None
    month: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report. `total` is of all rows; teams and channels are all that can be chosen, whatever is."""

    asked: Asked
    phase: Phase
    rows: tuple[Row, ...]
    total: Row
    compared: Period | None
    teams: Mapping[int, str]
    channels: Mapping[int | None, str]

    @property
    def knows_what_is_asked(self) -> bool:
        """Whether the team and the channel that are asked for are among those to choose from."""
        return can_be_chosen(self.asked.team, self.asked.channel, self.teams, self.channels)

    @property
    def several_months(self) -> bool:
        """Whether some of the months may have targets and others none."""
        return month_of(self.asked.period.start) != self.asked.period

    @property
    def running(self) -> bool:
        """Whether today is in the period."""
        return self.phase is Phase.RUNNING

    @property
    def has_elsewhere(self) -> bool:
        """Whether anything was reached where no target is set."""
        return any(row.elsewhere for row in (*self.rows, self.total))

    @property
    def nothing_happened(self) -> bool:
        """Whether there is neither a target nor anything reached."""
        held = [self.total.result, *([self.total.before] if self.total.before else [])]
        return all(result.target is None and not result.everything for result in held)


def report(viewer: Member, organization: Organization, asked: Asked, today: date) -> Report:
    """What the viewer may see of some months. At most seven queries, six more where the period before is compared."""
    seen = dated_people(viewer, SEE)

    def load(period: Period) -> Results:
        return results(organization, period, today, seen=seen, revenue=asked.revenue)

    everything = load(asked.period)
    shown = everything.narrowed(asked.team, asked.channel)
    before = same_length_before(asked.period) if asked.compared else None
    earlier = load(before).narrowed(asked.team, asked.channel) if before else None
    months = _months(shown, today) if asked.by == "person" else {}
    overall = shown.overall()
    rows = [
        _row(line, overall, then, months.get(line.key))
        for line, then in _beside(_lines(shown, asked), _lines(earlier, asked) if earlier else [], shown)
    ]
    return Report(
        asked=asked,
        phase=shown.stretch.whole.phase,
        rows=tuple(_sorted(rows, asked)),
        total=_row(Line(None, "", "", overall), overall, earlier.overall() if earlier else None, None),
        compared=before,
        teams=everything.teams,
        channels=everything.channels,
    )


def _row(line: Line, overall: Result, before: Result | None, month: date | None) -> Row:
    result, actual, elsewhere = line.result, line.result.actual, line.result.months.elsewhere
    if overall.pace.judged and not result.pace.judged:
        return Row(line.key, line.name, line.team, result, None, actual, before, month)
    return Row(line.key, line.name, line.team, result, actual, elsewhere, before, month)


def _lines(found: Results, asked: Asked) -> list[Line]:
    if asked.by == "team":
        return found.by_team()
    return found.by_channel() if asked.by == "channel" else found.by_person()


def _beside(lines: list[Line], earlier: list[Line], shown: Results) -> list[tuple[Line, Result | None]]:
    """Each line with the one of the period before; who did something only then follows with nothing of now."""
    then = {line.key: line.result for line in earlier}
    here = {line.key for line in lines}
    gone = [line for line in earlier if line.key not in here and line.result.everything]
    found: list[tuple[Line, Result | None]] = [(line, then.get(line.key)) for line in lines]
    nothing = shown.stretch.result({})
    return found + [(Line(line.key, line.name, line.team, nothing), line.result) for line in gone]


def _months(found: Results, today: date) -> dict[int | None, date]:
    """{member: the newest month of theirs that has begun, else the first}."""
    chosen: dict[int | None, date] = {}
    for member, month in sorted(found.asked, key=lambda share: share[1]):
        if member is not None and (member not in chosen or month <= today):
            chosen[member] = month
    return chosen


SORTED_BY: dict[str, Callable[[Row], Value]] = {
    "set": lambda row: row.result.months.set,
    "target": lambda row: row.result.target,
    "actual": lambda row: row.actual,
    "variance": lambda row: row.result.variance,
    "percent": lambda row: row.result.pace.percent,
    "gap": lambda row: row.result.gap,
    "forecast": lambda row: row.result.forecast.value if row.result.forecast else None,
    "elsewhere": lambda row: row.elsewhere,
    "before": lambda row: row.before.everything if row.before else None,
}


def _sorted(rows: list[Row], asked: Asked) -> list[Row]:
    """Rows without a value come last whichever way; equal ones keep the usual order."""
    if not asked.order:
        return rows
    if asked.order == "name":
        named = [row for row in rows if row.key is not None]
        named.sort(key=lambda row: row.name.casefold(), reverse=asked.descending)
        return named + [row for row in rows if row.key is None]
    value = SORTED_BY[asked.order]
    held = [(found, row) for row in rows if (found := value(row)) is not None]
    held.sort(key=lambda pair: pair[0], reverse=asked.descending)
    return [row for _, row in held] + [row for row in rows if value(row) is None]
