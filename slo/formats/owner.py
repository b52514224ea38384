"""Whose a service is, in formats that have labels and nothing else for it."""

from collections.abc import Mapping
from typing import Any

from slo.model import Service

_TIERS = frozenset({"1", "2", "3", "4"})


def owned(labels: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A service's owner, tier and labels by its labels; and (label, what is wrong with it)."""
    notes = []
    values: dict[str, Any] = {"labels": {k: v for k, v in labels.items() if k not in {"owner", "tier"}}}
    if "owner" in labels:
        values["owner"] = labels["owner"]
    tier = labels.get("tier", "")
    if tier in _TIERS:
        values["tier"] = tier
    elif tier:
        notes.append(("tier", f"expected 1 to 4, got {tier!r}; it is 2 now"))
    return values, notes


def labels_of(service: Service) -> dict[str, str]:
    """The labels that ``owned`` reads back."""
    usual = Service.model_fields
    own = {"owner": service.owner, "tier": str(service.tier)}
    said = {name: text for name, text in own.items() if text != str(usual[name].default)}
    return said | service.labels
