"""What the pages about imports show."""

from ledger.readers.imports import (
    Brought,
    ImportDetail,
    ImportRow,
    Page,
    Reach,
    RefusedRow,
    Undoing,
    brought,
    import_detail,
    import_list,
    refused_csv,
    refused_page,
    undo_reach,
    visible_imports,
)
from ledger.readers.preview import Preview, known_channels, known_states, preview, states_of, with_guesses

__all__ = [
    "Brought",
    "ImportDetail",
    "ImportRow",
    "Page",
    "Preview",
    "Reach",
    "RefusedRow",
    "Undoing",
    "brought",
    "import_detail",
    "import_list",
    "known_channels",
    "known_states",
    "preview",
    "refused_csv",
    "refused_page",
    "states_of",
    "undo_reach",
    "visible_imports",
    "with_guesses",
]
