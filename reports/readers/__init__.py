"""What pages show across the other apps."""

from reports.readers.report import NO_CHANNEL, Asked, By, Order, Report, Row, report
from reports.readers.results import Line, Person, Results, Seen, results

__all__ = [
    "NO_CHANNEL",
    "Asked",
    "By",
    "Line",
    "Order",
    "Person",
    "Report",
    "Results",
    "Row",
    "Seen",
    "report",
    "results",
]
