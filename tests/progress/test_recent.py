"""How somebody does lately."""

from datetime import date
from fractions import Fraction

from progress.recent import recent_days, recent_rate
from tests.progress.tables import Row, calendar, cases, period


@cases("pace", "Lately")
def test_lately(row: Row) -> None:
    assert recent_days(date.fromisoformat(row["today"]), calendar(row["calendar"])) == period(row["days"])
    assert recent_rate(int(row["actual"])) == Fraction(row["rate"])
