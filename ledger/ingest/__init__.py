"""The one way in for records: a form, the API and a CSV import all hand their rows to this package.

Call it inside an open `tenant()`; that block is the transaction of the batch.
"""

from ledger.ingest.activities import Activities, ingest_activities
from ledger.ingest.deals import delete_deals, ingest_deals
from ledger.ingest.rows import AMOUNTS, NAMES, Batch, Meaning, Outcome, Refusal, Unknowns

__all__ = [
    "AMOUNTS",
    "NAMES",
    "Activities",
    "Batch",
    "Meaning",
    "Outcome",
    "Refusal",
    "Unknowns",
    "delete_deals",
    "ingest_activities",
    "ingest_deals",
]
