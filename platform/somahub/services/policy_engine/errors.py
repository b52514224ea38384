"""What can be wrong with a constitution.

PolicyEngineError
├── BundleError      a bundle is refused; its ``outcome`` is a label of ``policy_bundle_loads_total``
└── PolicyError      policies don't compile, or fail
    └── UndecidedError   no rule decides
"""

from typing import Literal

Refusal = Literal["missing", "unsigned", "tampered", "stale", "invalid"]


class PolicyEngineError(Exception):
    """Anything below."""


class BundleError(PolicyEngineError):
    """A bundle is refused."""

    def __init__(self, outcome: Refusal, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


class PolicyError(PolicyEngineError):
    """Policies failed."""


class UndecidedError(PolicyError):
    """No rule decides the question."""
