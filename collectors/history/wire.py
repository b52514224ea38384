"""Prometheus' remote read, as bytes: every raw sample of many series in one answer, 18 bytes each before compression.

Source: prometheus/prompb/{remote,types}.proto. A month of a thousand SLOs is 10⁸ samples: a message object for each
would take minutes, so samples are read where they lie, as columns (docs/decisions/0020).
"""

from collections.abc import Iterator
from typing import NamedTuple

import cramjam
import numpy as np
from numpy.typing import NDArray

Matcher = tuple[str, str, str]
"""Label, operator (``=``, ``!=``, ``=~``, ``!~``), value."""

_OPERATORS = ("=", "!=", "=~", "!~")
_ROW = 9  # both forms of a sample are made of rows of 9 bytes while its time is between 1971 and 2109
_SHORT = bytes((0x12, 7, 0x10))  # a sample of 0: its time alone
_LONG = bytes((0x12, 16, 0x09))  # a sample: its value, then its time


class Raw(NamedTuple):
    """One series: labels, times in milliseconds since the epoch, rising, and values, none of them a NaN."""

    labels: dict[str, str]
    times: NDArray[np.int64]
    values: NDArray[np.float64]


def request(matchers: list[Matcher], start: int, end: int) -> bytes:
    """A compressed ReadRequest for the samples between two milliseconds, both included."""
    parts = [_varint(1, start), _varint(2, end)]
    for label, operator, value in matchers:
        kind = _varint(1, _OPERATORS.index(operator))
        parts.append(_bytes(3, kind + _bytes(2, label.encode()) + _bytes(3, value.encode())))
    return bytes(cramjam.snappy.compress_raw(_bytes(1, b"".join(parts))))


def response(body: bytes) -> Iterator[Raw]:
    """The series of a compressed ReadResponse; ``ValueError`` for anything else."""
    try:
        plain = bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError as error:
        raise ValueError("not compressed as a remote read's answer is") from error
    try:
        for _, result, result_end in _fields(plain, 0, len(plain)):
            for _, start, end in _fields(plain, result, result_end):
                yield _series(plain, start, end)
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("not the answer of a remote read") from error


def _series(plain: bytes, start: int, end: int) -> Raw:
    labels: dict[str, str] = {}
    at = start
    while at < end and plain[at] == 0x0A:  # noqa: PLR2004 - field 1, a label
        size, first = _number(plain, at + 1)
        pair = ["", ""]
        for field, low, high in _fields(plain, first, first + size):
            pair[field - 1] = plain[low:high].decode()
        labels[pair[0]] = pair[1]
        at = first + size
    times, values = _samples(np.frombuffer(plain, np.uint8, end - at, at))
    known = ~np.isnan(values)
    return Raw(labels, times[known], values[known])


def _samples(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    if data.size % _ROW:
        raise ValueError("samples of an unknown form")
    rows = data.reshape(-1, _ROW)
    long = (rows[:, :3] == np.frombuffer(_LONG, np.uint8)).all(axis=1)
    short = (rows[:, :3] == np.frombuffer(_SHORT, np.uint8)).all(axis=1)
    # The row after a long sample's first is its second, whatever it looks like.
    follows = np.zeros(len(rows), dtype=np.bool_)
    follows[1:] = long[:-1]
    if (long & follows).any() or not (long | short | follows).all() or (len(rows) and long[-1]):
        raise ValueError("samples of an unknown form")
    starts = np.flatnonzero(~follows)
    whole = long[starts]
    values = np.zeros(len(starts))
    first = starts[whole]
    values[whole] = np.concatenate((rows[first, 3:], rows[first + 1, :2]), axis=1).view("<f8")[:, 0]
    return _times(rows[np.where(whole, starts + 1, starts), 3:]), values


def _times(digits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Numbers from six bytes each, of which seven bits count."""
    wide = np.zeros((len(digits), 8), np.uint8)
    wide[:, :6] = digits
    packed = wide.view("<u8")[:, 0]
    times = packed & np.uint64(0x7F)
    for place in range(1, 6):
        times |= (packed >> np.uint64(place)) & np.uint64(0x7F << 7 * place)
    return times.astype(np.int64)


def _fields(plain: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of each field; all are of the kind that tells its length."""
    while at < end:
        tag, after = _number(plain, at)
        size, first = _number(plain, after)
        at = first + size
        if tag & 7 != 2 or at > end:  # noqa: PLR2004 - LEN, the wire type of strings and messages
            raise ValueError("not the answer of a remote read")
        yield tag >> 3, first, at


def _number(plain: bytes, at: int) -> tuple[int, int]:
    """A varint and where it ends."""
    value = shift = 0
    while True:
        byte = plain[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, at


def _varint(field: int, value: int) -> bytes:
    return _encoded(field << 3) + _encoded(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _encoded(field << 3 | 2) + _encoded(len(value)) + value


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
