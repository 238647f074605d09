"""The receipts of a wave: proof that an envelope arrived, for whoever holds the code of it."""

from __future__ import annotations

from bisect import bisect_left

from django.db import models

from surveys.waves.models import Wave
from surveys.waves.receipts import SIZE


class ReceiptList(models.Model):
    """The sorted digests of the receipts found in a wave's envelopes, SIZE bytes each, one after the other.

    Written at sealing, published with the release. Their number is part of the release.
    """

    wave = models.OneToOneField(Wave, models.PROTECT, related_name="receipts")
    digests = models.BinaryField()

    def __len__(self) -> int:
        return len(self.digests) // SIZE

    def __bool__(self) -> bool:
        return True

    def all(self) -> list[str]:
        """As published: hexadecimal, sorted."""
        whole = bytes(self.digests)
        return [whole[at : at + SIZE].hex() for at in range(0, len(whole), SIZE)]

    def holds(self, digest: bytes) -> bool:
        whole = memoryview(bytes(self.digests))
        at = bisect_left(range(len(self)), digest, key=lambda i: bytes(whole[i * SIZE : (i + 1) * SIZE]))
        return at < len(self) and bytes(whole[at * SIZE : (at + 1) * SIZE]) == digest
