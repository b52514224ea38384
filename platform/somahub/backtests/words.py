"""Numbers of a backtest in words."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def length(seconds: float | None) -> str:
    """Two units at most: ``45s``, ``2m 30s``, ``3h 5m``, ``2d 4h``."""
    if seconds is None:
        return "-"
    whole = int(seconds)
    for name, size, lower, part in (
        ("d", _DAY, "h", _HOUR),
        ("h", _HOUR, "m", _MINUTE),
        ("m", _MINUTE, "s", 1),
    ):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size}{name}" + (f" {rest}{lower}" if rest else "")
    return f"{whole}s"


def percent(fraction: float | None) -> str:
    """A fraction with one decimal; what is not known has no number."""
    return "unknown" if fraction is None else f"{fraction:.1%}".replace("%", " %")


def rate(burn: float) -> str:
    """A burn rate: how many times too fast the budget burns."""
    return f"{burn:,.0f}x" if burn >= 10 else f"{burn:.1f}x"  # noqa: PLR2004 - one decimal for small ones


def after(seconds: float | None) -> str:
    """How long an alert took; one that fired before is no detection."""
    if seconds is None:
        return "none"
    return "firing" if seconds < 0 else length(seconds) if seconds else "at once"
