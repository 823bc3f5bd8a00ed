"""Plain lists of named rows: search, sorting, pages, CSV out and in. Everything a list shows stands in its address.

How to add one: docs/lists.md.
"""

from config.lists.listing import Column, Listing, export, listing, narrowed
from config.lists.upload import FileRow, Unreadable, import_page, read_file

__all__ = [
    "Column",
    "FileRow",
    "Listing",
    "Unreadable",
    "export",
    "import_page",
    "listing",
    "narrowed",
    "read_file",
]
