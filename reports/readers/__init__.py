"""What pages show across the other apps."""

from reports.readers.results import Line, Person, Results, Seen, results

__all__ = ["Line", "Person", "Results", "Seen", "results"]
