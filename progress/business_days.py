"""Goals that are set per business day: so much a day, over the working days of each interval.

Source: docs/algorithms/periods.md, "Per business day".
"""

from decimal import Decimal, localcontext

from progress.amounts import EXACT, Amount, target_ratio
from progress.periods import Period, WorkCalendar


def effective_target(daily: Amount | None, period: Period, calendar: WorkCalendar) -> Decimal | None:
    """The target of an interval: the daily value x its working days. 0 where it has none, None without a daily value.

    Raises ValueError for NaN and a negative value, TypeError for a float.
    """
    if daily is None:
        return None
    target_ratio(daily, "daily value")
    with localcontext(EXACT):
        return Decimal(daily) * calendar.count(period)
