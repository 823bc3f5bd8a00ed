"""The one way out for records: grouped sums of deals and activities, one query an answer.

Call it inside an open `tenant()`. Source: docs/adr/0021-one-way-out.md.
"""

from ledger.measures.answers import daily, totals, totals_each, totals_many
from ledger.measures.measure import Key, Measure, Question, Span, States

__all__ = ["Key", "Measure", "Question", "Span", "States", "daily", "totals", "totals_each", "totals_many"]
