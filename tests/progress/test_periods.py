"""Periods, the fiscal calendar and working days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.periods import (
    Period,
    PeriodKind,
    WorkCalendar,
    are_whole_months,
    following,
    month_of,
    period_of,
    preceding,
    quarter_number,
    quarter_of,
    rest_of_year,
    same_length_before,
    semester_of,
    split_into_months,
    year_of,
)
from tests.progress import strategies as some
from tests.progress.tables import Row, calendar, cases, listed, period

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))


def around(kind: str, day: date, fiscal_start: int) -> Period:
    if kind == "month":
        return month_of(day)
    return {"quarter": quarter_of, "semester": semester_of, "year": year_of}[kind](day, fiscal_start)


@cases("periods", "The period around a day")
def test_period_around_a_day(row: Row) -> None:
    found = around(row["kind"], date.fromisoformat(row["day"]), int(row["fiscal start"]))
    assert found == period(row["period"])


@cases("periods", "The number of a quarter")
def test_quarter_number(row: Row) -> None:
    assert quarter_number(date.fromisoformat(row["day"]), int(row["fiscal start"])) == int(row["number"])


def test_quarters_are_the_calendars_unless_said_otherwise() -> None:
    assert quarter_number(date(2026, 4, 1)) == 2


@cases("periods", "The next and the one before")
def test_neighbours(row: Row) -> None:
    kind = PeriodKind(row["kind"])
    assert preceding(period(row["period"]), kind) == period(row["before"])
    assert following(period(row["period"]), kind) == period(row["next"])


@cases("periods", "Splitting into months")
def test_split_into_months(row: Row) -> None:
    assert split_into_months(period(row["period"])) == tuple(listed(period, row["months"]))


@cases("periods", "Working days")
def test_working_days(row: Row) -> None:
    counting = calendar(row["calendar"])
    assert counting is not None
    assert counting.count(period(row["period"])) == int(row["days"])


@cases("periods", "The rest of the year")
def test_rest_of_year(row: Row) -> None:
    found = rest_of_year(date.fromisoformat(f"{row['month']}-15"), int(row["fiscal start"]))
    assert [f"{month.start:%Y-%m}" for month in found] == listed(str, row["months"])
    assert all(month == month_of(month.start) for month in found)


def test_the_rest_of_the_year_is_the_calendars_unless_said_otherwise() -> None:
    assert rest_of_year(date(2026, 11, 1)) == (month_of(date(2026, 12, 1)),)


@cases("periods", "The same length before")
def test_same_length_before(row: Row) -> None:
    assert same_length_before(period(row["period"])) == period(row["before"])


edges = st.builds(
    lambda year, month, last: month_of(date(year, month, 1)).end if last else date(year, month, 1),
    st.sampled_from([1900, 1999, 2000, 2023, 2024, 2025, 2100]),
    st.integers(1, 12),
    st.booleans(),
)


@given(some.days | edges, some.fiscal_starts, st.sampled_from(PeriodKind))
def test_a_period_holds_its_day_and_meets_its_neighbours(day: date, fiscal_start: int, kind: PeriodKind) -> None:
    found = period_of(day, kind, fiscal_start)
    assert found == around(kind, day, fiscal_start)
    assert day in found
    for edge in (found.start, found.end):
        assert period_of(edge, kind, fiscal_start) == found
    after, before = following(found, kind), preceding(found, kind)
    assert after == period_of(found.end + timedelta(days=1), kind, fiscal_start)
    assert before == period_of(found.start - timedelta(days=1), kind, fiscal_start)


@given(some.days | edges, some.fiscal_starts)
def test_a_fiscal_year_is_two_halves_four_quarters_and_twelve_months(day: date, fiscal_start: int) -> None:
    year = year_of(day, fiscal_start)
    assert (year.start.month, year.start.day) == (fiscal_start, 1)
    for count, kind in [(2, PeriodKind.SEMESTER), (4, PeriodKind.QUARTER), (12, PeriodKind.MONTH)]:
        parts = [period_of(year.start, kind, fiscal_start)]
        while len(parts) < count:
            parts.append(following(parts[-1], kind))
        assert (parts[0].start, parts[-1].end) == (year.start, year.end)


@given(some.days | edges, some.fiscal_starts)
def test_a_fiscal_year_has_a_leap_day_at_most_and_begins_after_the_last_one(day: date, fiscal_start: int) -> None:
    year = year_of(day, fiscal_start)
    leaps = [leap for leap in (year.start.year, year.end.year) if leap % 4 == 0 and (leap % 100 or leap % 400 == 0)]
    assert year.days == 365 + any(date(leap, 2, 29) in year for leap in leaps)
    assert year_of(year.start, fiscal_start) == year_of(year.end, fiscal_start) == year
    assert year_of(year.end + timedelta(days=1), fiscal_start).start.year == year.start.year + 1


@given(some.periods)
def test_the_same_length_before_touches_and_is_as_long(whole: Period) -> None:
    before = same_length_before(whole)
    assert whole.start - before.end == timedelta(days=1)
    if month_of(whole.start).start == whole.start and month_of(whole.end).end == whole.end:
        assert len(split_into_months(before)) == len(split_into_months(whole))
        assert before.start.day == 1
    else:
        assert before.days == whole.days


@given(some.periods)
def test_months_tile_their_period(whole: Period) -> None:
    months = split_into_months(whole)
    assert (months[0].start, months[-1].end) == (whole.start, whole.end)
    assert sum(month.days for month in months) == whole.days
    assert all(b.start - a.end == timedelta(days=1) for a, b in pairwise(months))
    assert all(month_of(month.start) == month_of(month.end) for month in months)


@given(some.periods, st.sampled_from(PeriodKind))
def test_any_period_is_followed_without_a_gap(whole: Period, kind: PeriodKind) -> None:
    assert following(whole, kind).start - whole.end == timedelta(days=1)
    assert whole.start - preceding(whole, kind).end == timedelta(days=1)


@given(st.data(), some.periods)
def test_count_equals_counting_day_by_day(data: st.DataObject, whole: Period) -> None:
    counting = data.draw(some.calendars_near(whole))
    every = [whole.start + timedelta(days=offset) for offset in range(whole.days)]
    assert counting.count(whole) == sum(counting.is_working(day) for day in every)
    assert every[-1] == whole.end


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        pytest.param(date(2025, 3, 31), False, id="the-day-before"),
        pytest.param(date(2025, 4, 1), True, id="first-day-counts"),
        pytest.param(date(2025, 4, 30), True, id="last-day-counts"),
        pytest.param(date(2025, 5, 1), False, id="the-day-after"),
    ],
)
def test_a_period_includes_both_ends(day: date, inside: bool) -> None:
    assert (day in APRIL) is inside


def test_what_is_not_a_day_is_in_no_period() -> None:
    assert "2025-04-10" not in APRIL


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        pytest.param(date(2025, 2, 1), date(2025, 2, 28), True, id="a-month"),
        pytest.param(date(2024, 2, 1), date(2024, 2, 28), False, id="a-day-short-in-a-leap-year"),
        pytest.param(date(2024, 11, 1), date(2025, 1, 31), True, id="three-months"),
        pytest.param(date(2025, 2, 2), date(2025, 2, 28), False, id="begins-within-a-month"),
        pytest.param(date.min, date.max, True, id="always"),
    ],
)
def test_whole_months(start: date, end: date, whole: bool) -> None:
    assert are_whole_months(start, end) is whole


def test_the_calendar_ends_with_a_message() -> None:
    last, first = month_of(date.max), month_of(date.min)
    assert (last.end, first.start) == (date.max, date.min)
    assert split_into_months(last) == (last,)
    with pytest.raises(ValueError, match="9999"):
        following(last, PeriodKind.MONTH)
    with pytest.raises(ValueError, match="year 1"):
        preceding(first, PeriodKind.MONTH)
    assert same_length_before(last) == period("9999-11-01..9999-11-30")
    assert same_length_before(period("0001-01-04..0001-01-06")) == period("0001-01-01..0001-01-03")
    assert same_length_before(period("9999-11-01..9999-12-30")) == period("9999-09-02..9999-10-31")
    with pytest.raises(ValueError, match="no period of 3 days precedes 0001-01-03"):
        same_length_before(period("0001-01-03..0001-01-05"))
    with pytest.raises(ValueError, match="no period of 4 days precedes 0001-01-03"):
        same_length_before(period("0001-01-03..0001-01-06"))
    assert following(month_of(date(9999, 11, 1)), PeriodKind.MONTH) == last
    with pytest.raises(ValueError, match="year 0 is out of range"):
        same_length_before(first)
    with pytest.raises(ValueError, match="year 10000 is out of range"):
        following(month_of(date(9999, 11, 1)), PeriodKind.QUARTER)
    with pytest.raises(ValueError, match="year 0 is out of range"):
        year_of(date(1, 3, 31), 4)


def test_a_fiscal_year_starts_in_january_unless_told_otherwise() -> None:
    may = date(2025, 5, 5)
    found = [quarter_of(may), semester_of(may), year_of(may), period_of(may, PeriodKind.YEAR)]
    assert found == [
        period(f"2025-{span}") for span in ("04-01..2025-06-30", "01-01..2025-06-30", *["01-01..2025-12-31"] * 2)
    ]


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="end 2025-03-31 is before start 2025-04-01"):
        Period(date(2025, 4, 1), date(2025, 3, 31))


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        pytest.param(datetime(2025, 4, 1, tzinfo=UTC), date(2025, 4, 30), "start", id="a-moment-as-start"),
        pytest.param(date(2025, 4, 1), datetime(2025, 4, 30, tzinfo=UTC), "end", id="a-moment-as-end"),
        pytest.param("2025-04-01", date(2025, 4, 30), "start", id="text"),
    ],
)
def test_what_is_not_a_day_is_refused(start: date, end: date, name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be a date"):
        Period(start, end)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_fiscal_year_starts_in_a_month(month: int) -> None:
    with pytest.raises(ValueError, match="fiscal_start must be a month from 1 to 12"):
        year_of(date(2025, 4, 1), month)


def test_a_weekday_is_0_to_6() -> None:
    with pytest.raises(ValueError, match="weekdays must be 0"):
        WorkCalendar(frozenset({1, 7}))


def test_a_holiday_is_a_day() -> None:
    with pytest.raises(TypeError, match="holiday must be a date, not datetime"):
        WorkCalendar(frozenset({1}), frozenset({datetime(2025, 4, 18, tzinfo=UTC)}))


@pytest.mark.parametrize("find", [month_of, quarter_of, semester_of, year_of])
def test_only_a_day_has_a_period_around_it(find: Callable[[date], Period]) -> None:
    with pytest.raises(TypeError, match="day must be a date, not datetime"):
        find(datetime(2025, 4, 18, tzinfo=UTC))


def test_a_calendar_keeps_sets_of_its_own_and_counts_a_holiday_once() -> None:
    weekdays: Any = [0, 1, 2, 3, 4, 4]
    holidays: Any = [date(2025, 4, 18), date(2025, 4, 18)]
    counting = WorkCalendar(weekdays, holidays)
    assert counting == WorkCalendar(frozenset(range(5)), frozenset({date(2025, 4, 18)}))
    assert counting.count(APRIL) == 21
    weekdays.append(5)
    holidays.append(date(2025, 4, 21))
    assert counting.count(APRIL) == 21


def test_only_a_day_is_worked_on() -> None:
    weekdays = WorkCalendar(frozenset(range(5)), frozenset({date(2025, 4, 18)}))
    assert not weekdays.is_working(date(2025, 4, 18))
    with pytest.raises(TypeError, match="day must be a date, not datetime"):
        weekdays.is_working(datetime(2025, 4, 18, tzinfo=UTC))


@pytest.mark.parametrize("month", [4.0, True, "4", None])
def test_the_fiscal_start_is_a_whole_number(month: Any) -> None:
    with pytest.raises(TypeError, match="fiscal_start must be int, not"):
        quarter_of(date(2025, 4, 1), month)


def test_there_is_no_other_kind_of_period() -> None:
    unknown: Any = "week"
    for find in (period_of, following, preceding):
        asked: Any = date(2025, 4, 1) if find is period_of else APRIL
        with pytest.raises(ValueError, match="'week' is not a valid PeriodKind"):
            find(asked, unknown)
