"""Pages about records: one module a subject. URL modules import theirs."""
