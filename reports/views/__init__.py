"""Reports."""

from reports.views.report import report, report_csv, report_xlsx

__all__ = ["report", "report_csv", "report_xlsx"]
