"""Files on their way in: on disk from the first byte, and never more of them than may be kept."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler


class MeasuredUploadHandler(TemporaryFileUploadHandler):
    """Takes files of members alone, and writes none beyond IMPORT_MAX_BYTES.

    Django reads a body whatever view it is for, the sign-in page's too. A larger file arrives cut but with its true
    size, by which `ledger.services.upload_import` refuses it in words.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Nowhere but on an organization's site, whose middleware has admitted a member by now."""
        if not hasattr(self.request, "member"):
            raise SkipFile
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what fits."""
        if start + len(raw_data) <= settings.IMPORT_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
