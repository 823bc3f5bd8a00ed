"""Imports of files: uploading, choosing, running, going on."""

from ledger.services.choices import Choices, ChoicesWrong, creatable, saved_choices
from ledger.services.runs import Progress, run_import
from ledger.services.upkeep import clean_import_files, resume_stalled_imports
from ledger.services.uploads import ImportBusy, configure_import, start_import, upload_import

__all__ = [
    "Choices",
    "ChoicesWrong",
    "ImportBusy",
    "Progress",
    "clean_import_files",
    "configure_import",
    "creatable",
    "resume_stalled_imports",
    "run_import",
    "saved_choices",
    "start_import",
    "upload_import",
]
