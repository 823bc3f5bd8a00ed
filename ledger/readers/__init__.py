"""What the pages about imports show."""

from ledger.readers.imports import (
    ImportDetail,
    ImportRow,
    Page,
    RefusedRow,
    import_detail,
    import_list,
    refused_csv,
    refused_page,
    visible_imports,
)
from ledger.readers.preview import Preview, known_channels, known_states, preview, states_of, with_guesses

__all__ = [
    "ImportDetail",
    "ImportRow",
    "Page",
    "Preview",
    "RefusedRow",
    "import_detail",
    "import_list",
    "known_channels",
    "known_states",
    "preview",
    "refused_csv",
    "refused_page",
    "states_of",
    "visible_imports",
    "with_guesses",
]
