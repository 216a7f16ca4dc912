"""The receipt: whoever has it may look at one booking and give it back, long after the line has gone."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import NotAllowed
from app.keys import Keys
from app.line.signing import BadSignature, Signer

# appointments lie weeks or months after the opening
KEPT_DAYS = 400


@dataclass(frozen=True, slots=True)
class Receipt:
    """Opens one booking of one opening; neither name holds the separator ``/``."""

    opening: str
    reference: str


class Receipts:
    """Issues and reads receipts; they count for `KEPT_DAYS`."""

    def __init__(self, keys: Keys) -> None:
        self._signer = Signer(keys, "receipt", KEPT_DAYS)

    def issue(self, receipt: Receipt, now_s: float) -> str:
        """The receipt's text."""
        return self._signer.sign(f"{receipt.opening}/{receipt.reference}".encode(), now_s)

    def read(self, text: str, now_s: float) -> Receipt:
        """Which booking a receipt opens; the caller compares it with the one that is asked for.

        Raises:
            NotAllowed: ``bad-receipt``, for whatever is wrong with it.
        """
        try:
            opening, _, reference = self._signer.open(text, now_s).decode().partition("/")
        except (BadSignature, UnicodeDecodeError) as error:
            raise NotAllowed(
                "the receipt is not one of ours, or too old; use the one that came with the booking", code="bad-receipt"
            ) from error
        return Receipt(opening, reference)
