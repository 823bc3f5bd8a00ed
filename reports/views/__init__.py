"""Reports, and those that were saved under a name."""

from reports.views.report import report, report_csv, report_xlsx
from reports.views.saved import view_add, view_delete, view_edit, view_list, view_restore

__all__ = [
    "report",
    "report_csv",
    "report_xlsx",
    "view_add",
    "view_delete",
    "view_edit",
    "view_list",
    "view_restore",
]
