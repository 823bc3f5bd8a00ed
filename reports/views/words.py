"""A report in words: what its period is called, the sentence under the title, and the cards above the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from accounts.models import Organization
from config import svg
from config.formats import Formats
from progress.amounts import Amount, shown
from progress.pace import Phase
from progress.periods import Period, month_of, quarter_number, quarter_of, year_of
from progress.results import Result
from reports.readers import Report
from reports.views.address import PRESETS, Read

NO_BAR = SafeString("")


@dataclass(frozen=True, slots=True)
class Words:
    """How one organization's report is written: its language, and its fiscal year."""

    formats: Formats
    fiscal_start: int
    revenue: bool

    def amount(self, value: Amount) -> str:
        """A number of deals, or an amount without its smaller unit."""
        return self.formats.money(shown(value)) if self.revenue else self.formats.number(value)

    def short(self, value: Amount) -> str:
        """The same for a card: of revenue its first digits."""
        return self.formats.short_money(value) if self.revenue else self.formats.number(value)

    def period(self, period: Period) -> str:
        """October 2026, Q4 2026, 2026, or May to October 2026.

        Where the fiscal year doesn't start in January, quarters and years are named by the year in which it does.
        """
        if month_of(period.start) == period:
            return self.formats.month(period.start)
        year = year_of(period.start, self.fiscal_start)
        name = str(year.start.year) if self.fiscal_start == 1 else f"fiscal {year.start.year}"
        if period == quarter_of(period.start, self.fiscal_start):
            return f"Q{quarter_number(period.start, self.fiscal_start)} {name}"
        return name[:1].upper() + name[1:] if period == year else self.months(period)

    def months(self, period: Period) -> str:
        """May to October 2026, Nov 2026 to Jan 2027."""
        first, last = period.start, period.end
        if first.year != last.year:
            return f"{self.short_month(first)} to {self.short_month(last)}"
        if month_of(first) == period:
            return self.formats.month(first)
        return f"{self.formats.locale.months['stand-alone']['wide'][first.month]} to {self.formats.month(last)}"

    def short_month(self, day: date) -> str:
        """Nov 2026."""
        return f"{self.formats.month_short(day)} {day.year}"


@dataclass(frozen=True, slots=True)
class Card:
    """One of the cards above the table: its label, the number, what it is of, a bar and a note."""

    label: str
    value: str
    of: str = ""
    bar: SafeString = NO_BAR
    note: str = ""


def unsigned(value: Amount) -> Amount:
    """How large an amount is."""
    return value if value >= 0 else -value


def words_of(organization: Organization, formats: Formats, *, revenue: bool) -> Words:
    """How an organization's reports are written."""
    return Words(formats, organization.fiscal_start, revenue)


def sentence(report: Report, words: Words) -> str:
    """Which months these are, and how far they are."""
    period = report.asked.period
    named, months = words.period(period), words.months(period)
    which = f"{months}." if named == months else f"{named}, {months}."
    moment = report.total.result.pace.moment
    if report.phase is Phase.RUNNING:
        day = "Working day" if moment.in_working_days else "Day"
        return f"{which} {day} {moment.worked} of {moment.total}."
    if report.phase is Phase.UPCOMING:
        days = (period.start - moment.today).days
        return f"{which} It starts in {days} {'day' if days == 1 else 'days'}."
    return f"{which} It has ended."


def description(read: Read, words: Words, teams: Mapping[int, str], channels: Mapping[int, str]) -> str:
    """What a report shows, for where it isn't open: This quarter, revenue by team, South desk."""
    asked = read.asked
    period = PRESETS[read.preset][0] if read.preset in PRESETS else words.months(asked.period)
    parts = [period, f"{'revenue' if asked.revenue else 'deals'} by {asked.by}"]
    if asked.team is not None:
        parts.append(
            teams.get(asked.team, "a team that you don't see, or that is gone")
            if asked.team
            else "people without a team"
        )
    if asked.channel is not None:
        parts.append(channels.get(asked.channel, "a channel that is gone") if asked.channel else "no channel")
    if asked.compared:
        parts.append("compared with the period before")
    return ", ".join(parts)


def cards(report: Report, words: Words) -> list[Card]:
    """What everything shown comes to."""
    total = report.total.result
    noun = "Revenue" if words.revenue else "Deals"
    first = Card(
        noun,
        words.short(total.actual),
        "" if total.target is None else f"of {words.short(total.target)}",
        meter(total),
        _due(total, words),
    )
    percent = total.percent_shown
    achieved = Card(
        "Achieved",
        "-" if percent is None else f"{percent}%",
        "" if percent is None else "of target",
        note=_against(total, words),
    )
    found = [first, achieved]
    if report.running:
        found.append(_forecast(total, words))
    found.append(_set(report, words))
    return found


def meter(result: Result, *, large: bool = False) -> SafeString:
    """The bar of a result, with a tick at its pace."""
    state: svg.BarState = "none" if result.on_pace is None else "ok" if result.on_pace else "behind"
    if result.at_risk:
        state = "risk"
    return svg.meter(result.pace.fill, pace=result.tick, state=state, large=large)


def _due(total: Result, words: Words) -> str:
    if total.target is None:
        return "No target is set."
    if total.expected is None:
        return "Nothing is expected."
    if total.pace.moment.phase is Phase.RUNNING:
        return f"Expected today {words.short(shown(total.expected))}."
    return ""


def _against(total: Result, words: Words) -> str:
    variance = total.variance
    if variance is None:
        return "There is no target to compare with."
    if not variance:
        return "Exactly on target."
    size = words.short(unsigned(variance))
    if variance > 0:
        return f"{size} above target."
    return f"{size} short of target." if total.pace.moment.phase is Phase.CLOSED else f"{size} to go."


def _forecast(total: Result, words: Words) -> Card:
    forecast = total.forecast
    if forecast is None:
        return Card("Forecast", "-", note="There is a forecast from the first day that counts.")
    percent = forecast.percent_of(total.target)
    return Card(
        "Forecast",
        words.short(shown(forecast.value)),
        f"{percent}% of target" if percent is not None else "",
        note="It is early: less than a tenth of the time has passed." if forecast.early else "If it goes on like this.",
    )


def _set(report: Report, words: Words) -> Card:
    total = report.total.result
    elsewhere = total.months.elsewhere
    if report.several_months:
        note = (
            f"{words.short(elsewhere)} more where no target is set, not compared."
            if elsewhere
            else "Only months with a target are compared."
        )
        return Card("Months with targets", str(total.months.set), f"of {total.months.of}", note=note)
    return Card(
        "Without a target",
        words.short(elsewhere),
        note="Shown beside the target, not compared." if elsewhere else "Everything has a target to compare with.",
    )
