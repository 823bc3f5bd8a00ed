"""How somebody does lately: the rate over the last five days that count.

Source: docs/algorithms/pace.md, "Lately".
"""

from datetime import date, timedelta
from fractions import Fraction

from progress.amounts import Amount, ratio
from progress.periods import Period, WorkCalendar, require_day

RECENT = 5
# Wide enough to find five working days, whatever the holidays.
LOOK_BACK = timedelta(days=31)


def recent_days(today: date, calendar: WorkCalendar | None) -> Period:
    """The span that holds the last five days that count, today included; days off within it belong to it.

    Without a calendar, or where the last 31 days hold no five working days, the last five calendar days.
    """
    require_day(today, "today")
    if calendar is not None:
        days = (today - timedelta(days=back) for back in range(LOOK_BACK.days))
        working = [day for day in days if calendar.is_working(day)]
        if len(working) >= RECENT:
            return Period(working[RECENT - 1], today)
    return Period(today - timedelta(days=RECENT - 1), today)


def recent_rate(actual: Amount) -> Fraction:
    """What was reached in `recent_days`, a day that counts."""
    numerator, denominator = ratio(actual, "actual")
    return Fraction(numerator, denominator * RECENT)
