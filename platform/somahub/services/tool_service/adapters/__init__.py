"""The tools: each an adapter of typed arguments to one call of something outside."""

from somahub.services.tool_service.adapters.adapter import Adapter, Call

__all__ = ["Adapter", "Call"]
