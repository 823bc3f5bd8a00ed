"""Imports of files: uploading, choosing, running, going on."""

from ledger.services.choices import Choices, ChoicesWrong, creatable, saved_choices
from ledger.services.runs import Progress, run_import
from ledger.services.stopping import discard_upload, stop_import
from ledger.services.undoing import NoLongerYours, NotUndoable, run_undo, undo_import
from ledger.services.upkeep import clean_import_files, resume_stalled_imports
from ledger.services.uploads import ImportBusy, configure_import, start_import, upload_import

__all__ = [
    "Choices",
    "ChoicesWrong",
    "ImportBusy",
    "NoLongerYours",
    "NotUndoable",
    "Progress",
    "clean_import_files",
    "configure_import",
    "creatable",
    "discard_upload",
    "resume_stalled_imports",
    "run_import",
    "run_undo",
    "saved_choices",
    "start_import",
    "stop_import",
    "undo_import",
    "upload_import",
]
