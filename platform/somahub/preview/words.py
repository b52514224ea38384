"""Values with their units, short enough for a figure."""

_TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"), (0.001, "ms"))
_SIZES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_COUNTS = ((1e9, "G"), (1e6, "M"), (1e4, "k"))
_LEAST = 0.0001
_RATES = {"reqps": " req/s", "cps": " /s"}


def said(value: float, unit: str) -> str:
    """A value in its unit: ``99.95 %``, ``230 ms``, ``1.2 MiB``, ``3.1 req/s``."""
    if unit == "percentunit" and 0 < value < _LEAST:
        return "< 0.01 %"
    if unit == "percentunit":
        return f"{_number(value * 100)} %"
    if unit == "s":
        return _scaled(value, _TIMES, " ") if value else "0 s"
    if unit == "bytes":
        return _scaled(value, _SIZES, " ") if abs(value) >= _SIZES[-1][0] else f"{_number(value)} B"
    text = _scaled(value, _COUNTS, " ") if abs(value) >= _COUNTS[-1][0] else _number(value)
    return text + _RATES.get(unit, "")


def _scaled(value: float, scale: tuple[tuple[float, str], ...], space: str) -> str:
    size, name = next(((size, name) for size, name in scale if abs(value) >= size), scale[-1])
    factor = 1000 if name == "k" else size
    return f"{_number(value / factor)}{space}{name}"


def _number(value: float) -> str:
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"  # noqa: PLR2004 - four digits are enough
