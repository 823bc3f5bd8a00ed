"""The one way in for records: a form, the API and a CSV import all hand their rows to this package.

Call it inside an open `tenant()`; that block is the transaction of the batch.
"""

from ledger.ingest.activities import Activities, ingest_activities
from ledger.ingest.deals import ingest_deals
from ledger.ingest.history import Undone
from ledger.ingest.rows import AMOUNTS, NAMES, Batch, Meaning, Outcome, Refusal, Seen, Unknowns
from ledger.ingest.taking_back import as_it_is, changed_since, delete_deals, put_back_deal, undo_deals

__all__ = [
    "AMOUNTS",
    "NAMES",
    "Activities",
    "Batch",
    "Meaning",
    "Outcome",
    "Refusal",
    "Seen",
    "Undone",
    "Unknowns",
    "as_it_is",
    "changed_since",
    "delete_deals",
    "ingest_activities",
    "ingest_deals",
    "put_back_deal",
    "undo_deals",
]
