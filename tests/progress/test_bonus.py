"""Bonus targets: what counts, the bar, and the list."""

import re
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.bonus import (
    Bonus,
    Counted,
    Sale,
    Tally,
    counted_as,
    is_listed,
    starts_on,
    tally,
    tally_in_zones,
    zones_that_count,
)
from progress.periods import Period
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, exactly, listed, optional, period, yes

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))


def zones(text: str) -> frozenset[str]:
    return frozenset() if text == "-" else frozenset(text.split())


def sale(text: str) -> Sale[str]:
    """`2025-04-01 5 confirmed N [N S]`."""
    found = re.fullmatch(r"(\S+) (\S+) (\S+) (\S+) \[(.*)\]", text)
    assert found, text
    return Sale(
        date.fromisoformat(found[1]),
        amount(found[2]),
        optional(Counted, found[3]),
        optional(str, found[4]),
        zones(found[5]),
    )


@cases("bonus", "What a sale counts as")
def test_counted_as(row: Row) -> None:
    found = counted_as(triggers_commission=yes(row["triggers commission"]), is_initial=yes(row["is initial"]))
    assert found is optional(Counted, row["counted"])


@cases("bonus", "The bar")
def test_the_bar(row: Row) -> None:
    bonus = Bonus(amount(row["confirmed"]), amount(row["proposed"]), amount(row["target"]))
    assert exactly(bonus.percent, row["percent"])
    assert exactly(bonus.percent_shown, row["shown"], int)
    assert exactly(bonus.remaining, row["remaining"], Decimal)
    assert exactly(bonus.reached, row["reached"], yes)
    assert exactly(bonus.confirmed_share, row["confirmed bar"])
    assert exactly(bonus.proposed_share, row["proposed bar"])
    assert exactly(bonus.confirmed_fill, row["confirmed fill"], Decimal)
    assert exactly(bonus.proposed_fill, row["proposed fill"], Decimal)


@cases("bonus", "Listed")
def test_listed(row: Row) -> None:
    asked = period(row["period"]), date.fromisoformat(row["today"])
    assert is_listed(*asked) is yes(row["listed"])
    assert starts_on(*asked) == optional(date.fromisoformat, row["starts"])


@cases("bonus", "Zones")
def test_zones(row: Row) -> None:
    found = tally_in_zones(listed(sale, row["sales"]), APRIL, zones(row["target zones"]))
    assert exactly(found.confirmed, row["confirmed"], Decimal)
    assert exactly(found.proposed, row["proposed"], Decimal)
    assert exactly(found.without_zone, row["without zone"], int)


def test_a_target_without_zones_of_its_own_takes_the_members() -> None:
    assert zones_that_count(frozenset("NS"), frozenset()) == frozenset("NS")
    assert zones_that_count(frozenset("NS"), frozenset("SW")) == frozenset("S")
    assert zones_that_count(frozenset(), frozenset("SW")) == frozenset()


aims = st.integers(1, 50) | st.decimals(Decimal("0.01"), Decimal("1e20"), places=2)
sums = st.integers(-20, 80) | some.actuals


@given(sums, sums, aims)
def test_the_bar_is_never_longer_than_full_and_proposed_changes_nothing_else(
    confirmed: Amount, proposed: Amount, target: Amount
) -> None:
    bonus = Bonus(confirmed, proposed, target)
    alone = Bonus(confirmed, 0, target)
    assert (bonus.percent, bonus.remaining, bonus.reached, bonus.confirmed_fill) == (
        alone.percent,
        alone.remaining,
        alone.reached,
        alone.confirmed_fill,
    )
    share = Fraction(confirmed) / Fraction(target)
    assert bonus.percent == 100 * share
    assert bonus.reached == (share >= 1) == (bonus.remaining == 0) == (bonus.percent_shown >= 100)
    assert bonus.reached == (bonus.confirmed_fill == 100)
    assert Fraction(bonus.remaining) == max(Fraction(target) - Fraction(confirmed), 0)
    both = bonus.confirmed_share + bonus.proposed_share
    assert 0 <= bonus.confirmed_share <= both <= 1
    assert bonus.proposed_share >= 0
    if confirmed >= 0 and proposed >= 0:
        assert both == min((Fraction(confirmed) + Fraction(proposed)) / Fraction(target), Fraction(1))
    assert 0 <= 100 * both - Fraction(bonus.confirmed_fill) - Fraction(bonus.proposed_fill) < Fraction(1, 10)


sales = st.lists(
    st.builds(
        Sale,
        st.dates(date(2025, 3, 28), date(2025, 5, 3)),
        some.actuals,
        st.none() | st.sampled_from(Counted),
        st.none() | st.sampled_from("NSW"),
        st.frozensets(st.sampled_from("NSW")),
    ),
    max_size=10,
)


@given(sales, st.frozensets(st.sampled_from("NSW")), st.randoms(use_true_random=False))
def test_a_tally_counts_each_sale_once_in_any_order(
    given_sales: list[Sale[str]], target_zones: frozenset[str], random: Random
) -> None:
    every, narrowed = tally(given_sales, APRIL), tally_in_zones(given_sales, APRIL, target_zones)
    dated = [one for one in given_sales if one.counted and APRIL.start <= one.day <= APRIL.end]
    assert Fraction(every.confirmed) + Fraction(every.proposed) == sum(Fraction(one.amount) for one in dated)
    assert (every.without_zone, narrowed.without_zone) == (0, sum(one.zone is None for one in dated))
    inside = [one for one in dated if one.zone in one.member_zones and (not target_zones or one.zone in target_zones)]
    assert Fraction(narrowed.confirmed) == sum(
        Fraction(one.amount) for one in inside if one.counted is Counted.CONFIRMED
    )
    assert Fraction(narrowed.confirmed) + Fraction(narrowed.proposed) == sum(Fraction(one.amount) for one in inside)
    random.shuffle(given_sales)
    with localcontext(prec=2):
        assert tally_in_zones(given_sales, APRIL, target_zones) == narrowed


def test_a_tally_needs_no_zones() -> None:
    found = tally([sale("2025-04-30 5 confirmed - []"), sale("2025-04-01 2.50 proposed W [N]")], APRIL)
    assert found == Tally(Decimal(5), Decimal("2.50"), without_zone=0)


@pytest.mark.parametrize(
    ("numbers", "error", "message"),
    [
        pytest.param((1, 0, 0), ValueError, "target must be above 0", id="target-zero"),
        pytest.param((1, 0, -1), ValueError, "target must not be negative: -1", id="target-negative"),
        pytest.param((1, 0, Decimal("NaN")), ValueError, "target must be a finite number", id="target-nan"),
        pytest.param((1, 0, None), TypeError, "target must be Decimal or int, not NoneType", id="target-blank"),
        pytest.param((1.0, 0, 1), TypeError, "confirmed must be Decimal or int, not float", id="confirmed-a-float"),
        pytest.param((0, Decimal("NaN"), 1), ValueError, "proposed must be a finite number", id="proposed-nan"),
    ],
)
def test_bad_numbers_are_refused(numbers: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Bonus(*numbers)


@pytest.mark.parametrize("counted", Counted)
def test_a_bad_sale_is_refused(counted: Counted) -> None:
    bad: Any = 1.5
    with pytest.raises(TypeError, match="amount must be Decimal or int, not float"):
        tally([Sale(date(2025, 4, 1), bad, counted)], APRIL)
