"""How an attempt to use a tool can fail.

ToolError
├── RefusedError       the other side, or a rule of ours, refused: again is of no use
├── UnavailableError   it had no effect, and again may help
│   └── OpenError      the circuit is open: nothing was tried
└── UnclearError       it may have had an effect
"""


class ToolError(Exception):
    """Anything below; its text never holds a secret's name or value."""


class RefusedError(ToolError):
    """No, now and later."""


class UnavailableError(ToolError):
    """Not now; ``retry_after`` in seconds is the other side's wish."""

    def __init__(self, detail: str, *, timeout: bool = False, retry_after: float = 0) -> None:
        super().__init__(detail)
        self.timeout = timeout
        self.retry_after = retry_after


class OpenError(UnavailableError):
    """The last attempts at this host failed, so none is made for a while."""


class UnclearError(ToolError):
    """The request went out, and no answer tells what became of it."""

    def __init__(self, detail: str, *, timeout: bool = False) -> None:
        super().__init__(detail)
        self.timeout = timeout
