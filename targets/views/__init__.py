"""The targets grid, its edits, and a salesperson's own page."""

from targets.views.edits import cell_save, edit_undo
from targets.views.filling import month_copy, target_apply
from targets.views.goals import my_goals
from targets.views.grid import grid, grid_export
from targets.views.importing import imported_detail, imported_undo, target_export, target_import
from targets.views.member import member_detail, member_export
from targets.views.pasting import block_paste

__all__ = [
    "block_paste",
    "cell_save",
    "edit_undo",
    "grid",
    "grid_export",
    "imported_detail",
    "imported_undo",
    "member_detail",
    "member_export",
    "month_copy",
    "my_goals",
    "target_apply",
    "target_export",
    "target_import",
]
