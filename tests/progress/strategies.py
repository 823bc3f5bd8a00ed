"""Random periods, calendars and amounts."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from progress.periods import Period, WorkCalendar

days = st.dates(date(1899, 1, 1), date(2105, 12, 31))
lengths = st.one_of(st.integers(0, 40), st.integers(0, 1200))
periods = st.builds(lambda start, length: Period(start, start + timedelta(days=length)), days, lengths)
fiscal_starts = st.integers(1, 12)


@st.composite
def calendars_near(draw: st.DrawFn, period: Period) -> WorkCalendar:
    """A calendar with holidays in and around a period."""
    offsets = draw(st.frozensets(st.integers(-10, period.days + 10), max_size=12))
    return WorkCalendar(
        draw(st.frozensets(st.integers(0, 6))), frozenset(period.start + timedelta(days=offset) for offset in offsets)
    )


@st.composite
def settings_of_pace(draw: st.DrawFn) -> tuple[Period, date, WorkCalendar | None]:
    """A period, a day in or around it, and the organization's choice of calendar."""
    period = draw(periods)
    today = period.start + timedelta(days=draw(st.integers(-3, period.days + 3)))
    return period, today, draw(st.one_of(st.none(), calendars_near(period)))


whole = st.integers(-50, 10**9)
money = st.decimals(Decimal("-1e12"), Decimal("1e20"), places=2)
actuals = st.one_of(whole, money)
targets = st.one_of(
    st.none(), st.integers(0, 30), st.decimals(Decimal(0), Decimal("1e20"), places=2), st.integers(1, 10**9)
)
