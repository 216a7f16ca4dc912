"""The draw: one permutation of the pre-queue, which everybody can compute for themselves once it is done.

It is the swap-or-not shuffle (Hoang, Morris, Rogaway, 2012, https://doi.org/10.1007/978-3-642-32009-5_1) exactly as
`compute_shuffled_index` of Ethereum's consensus specification defines it
(https://github.com/ethereum/consensus-specs/blob/dev/specs/phase0/beacon-chain.md#compute_shuffled_index), 90 rounds
of SHA-256. In each round every position has a partner, and one bit of a hash tells whether the two change places.

The secret is fixed before anybody joins and its hash, the commitment, is public; the size of the pre-queue is known to
nobody until the doors. The seed is made of both, so neither we nor anybody else can choose a number that wins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import compress

from app.keys import Keys

ROUNDS = 90
_BITS_PER_HASH = 256
_FROM_DIGITS = bytes.maketrans(b"01", b"\x00\x01")


def secret(keys: Keys, opening: str) -> bytes:
    """The 32 bytes that decide the draw of an opening; nobody may see them before it is done."""
    return keys.derive(f"draw/{opening}")


def commitment(secret: bytes) -> str:
    """What is public from the beginning: SHA-256 of the secret, in hexadecimal digits."""
    return hashlib.sha256(secret).hexdigest()


def seed(opening: str, prequeue: int, secret: bytes) -> bytes:
    """The 32 bytes that the shuffle starts from."""
    return hashlib.sha256(b"floodgate-draw" + opening.encode() + prequeue.to_bytes(8, "big") + secret).digest()


def place(seed: bytes, number: int, prequeue: int) -> int:
    """Where a number stands: as drawn if it is of the pre-queue, else at the number itself."""
    return _walk(seed, number, prequeue, range(ROUNDS))


def number_of(seed: bytes, place: int, prequeue: int) -> int:
    """Who stands at a place; the inverse of `place`."""
    return _walk(seed, place, prequeue, reversed(range(ROUNDS)))


def places(seed: bytes, prequeue: int) -> list[int]:
    """The places of all numbers of the pre-queue at once, some fifty times quicker than one after the other.

    A round's hashes are shared by the 256 positions that each of them decides, and rounds are run from the last to the
    first, so that the list needs no inverting.
    """
    order = list(range(prequeue))
    for number, pivot in reversed(list(enumerate(_pivots(seed, prequeue)))):
        # partners add up to the pivot, or for those above it to pivot + size; the higher of the two tells the bit
        for highest, total in ((pivot, pivot), (prequeue - 1, pivot + prequeue)):
            lowest = total // 2 + 1
            swapping = _bits(seed, number, lowest, highest + 1)
            for position in compress(range(lowest, highest + 1), swapping):
                order[position], order[total - position] = order[total - position], order[position]
    return order


def _walk(seed: bytes, index: int, size: int, rounds: Iterable[int]) -> int:
    if index < 0:
        raise ValueError(f"{index} is no number and no place; they count from 0")
    if index >= size:
        return index
    pivots = _pivots(seed, size)
    for number in rounds:
        partner = (pivots[number] - index) % size
        position = max(index, partner)
        hashed = _hash(seed, number, position // _BITS_PER_HASH)
        if hashed[position % _BITS_PER_HASH // 8] >> position % 8 & 1:
            index = partner
    return index


@lru_cache(maxsize=16)
def _pivots(seed: bytes, size: int) -> tuple[int, ...]:
    hashed = (hashlib.sha256(seed + bytes([number])).digest() for number in range(ROUNDS))
    return tuple(int.from_bytes(digest[:8], "little") % size for digest in hashed) if size else ()


def _hash(seed: bytes, number: int, block: int) -> bytes:
    return hashlib.sha256(seed + bytes([number]) + block.to_bytes(4, "little")).digest()


def _bits(seed: bytes, number: int, start: int, stop: int) -> bytes:
    """One byte, 0 or 1, for each position from `start` up to, not including, `stop`."""
    if start >= stop:
        return b""
    first = start // _BITS_PER_HASH
    blocks = [_hash(seed, number, block) for block in range(first, (stop - 1) // _BITS_PER_HASH + 1)]
    # binary digits come highest position first
    digits = f"{int.from_bytes(b''.join(blocks), 'little'):0{len(blocks) * _BITS_PER_HASH}b}"[::-1]
    offset = first * _BITS_PER_HASH
    return digits[start - offset : stop - offset].encode().translate(_FROM_DIGITS)
