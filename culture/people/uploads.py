"""Taking an uploaded file without letting a huge one fill memory or disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from culture.people.tables import MAX_BYTES


class Quota(FileUploadHandler):
    """Drops a file as soon as it is larger than may be taken; the rest of the form is still read."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_BYTES:
            self.exceeded = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


def limit(request: HttpRequest) -> Quota:
    """Put the limit in front of the handlers; before anything reads ``request.POST``."""
    quota = Quota(request)
    handlers: list[Any] = request.upload_handlers  # type: ignore[assignment]
    handlers.insert(0, quota)
    return quota
