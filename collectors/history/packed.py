"""A day of slots as a few hundred bytes: columns of whole numbers where the source counts, compressed.

Layout: a byte of version, then zlib over four columns of 288; before each, a byte says how its numbers are held:
0 nothing but zeros, 1 whole numbers of 32 bits, 2 floats of 64 bits. Bytes of equal weight lie together.
"""

import zlib

import numpy as np

from slo.slots import SLOT, Column, Slots

DAY = 86400
SLOTS = DAY // SLOT
HOURLY = 12

_VERSION = 1
_LEVEL = 6
_NEAR, _MOST = 1e-9, 2**32


_FORMS = {1: "<u4", 2: "<f8"}


Columns = tuple[Column, Column, Column, Column]
"""As they are kept: bad, total, and milliseconds known and recovered."""


def kept(slots: Slots) -> Columns:
    """The columns of slots as they are kept."""
    return slots.bad, slots.total, _milliseconds(slots.known), _milliseconds(slots.recovered)


def told(start: int, columns: Columns) -> Slots:
    """Slots of such columns."""
    bad, total, known, recovered = columns
    return Slots(start, bad, total, known / 1000, recovered / 1000)


def pack(day: Slots) -> bytes:
    """The bytes of a day's slots."""
    return packed(kept(day))


def unpack(blob: bytes, start: int) -> Slots:
    """The slots of the day that starts at ``start``; ``ValueError`` for what is none."""
    return told(start, unpacked(blob))


def packed(columns: Columns) -> bytes:
    """The bytes of a day's columns."""
    return bytes([_VERSION]) + zlib.compress(b"".join(map(_column, columns)), _LEVEL)


def unpacked(blob: bytes) -> Columns:
    """The columns of a day's bytes; ``ValueError`` for what is none."""
    if blob[:1] != bytes([_VERSION]):
        raise ValueError("a day of an unknown version")
    try:
        plain = zlib.decompress(blob[1:])
    except zlib.error as error:
        raise ValueError("a day that is damaged") from error
    at, columns = 0, []
    for _ in range(4):
        kind = plain[at]
        at += 1
        if not kind:
            columns.append(np.zeros(SLOTS))
            continue
        width = np.dtype(_FORMS[kind]).itemsize
        shuffled = np.frombuffer(plain, np.uint8, SLOTS * width, at).reshape(width, SLOTS)
        columns.append(np.ascontiguousarray(shuffled.T).view(_FORMS[kind])[:, 0].astype(np.float64))
        at += SLOTS * width
    bad, total, known, recovered = columns
    return bad, total, known, recovered


def hours(day: Slots) -> Slots:
    """Each hour's sums, spread evenly over its slots: any span of whole hours has the same sums as before."""
    spread = (np.repeat(x.reshape(-1, HOURLY).sum(axis=1) / HOURLY, HOURLY) for x in day.columns)
    return Slots(day.start, *spread)


def _milliseconds(seconds: Column) -> Column:
    """Whole where scrapes set the edges: they have times in milliseconds."""
    scaled = seconds * 1000
    whole = np.rint(scaled)
    return np.where(np.abs(whole - scaled) < _NEAR, whole, scaled)


def _column(values: Column) -> bytes:
    if not values.any():
        return b"\0"
    whole = bool((np.rint(values) == values).all()) and values.min() >= 0 and values.max() < _MOST
    kind = 1 if whole else 2
    packed = values.astype(_FORMS[kind])
    return bytes([kind]) + np.ascontiguousarray(packed.view(np.uint8).reshape(SLOTS, -1).T).tobytes()
