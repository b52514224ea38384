"""How tenants are kept apart in Qdrant."""

from hashlib import sha256
from typing import Protocol

from qdrant_client import models as qdrant

PREFIX = "memories"
TENANT = "tenant"


class Layout(Protocol):
    """Which collection a tenant's memories are in, and which filter finds them there."""

    indexed: bool

    def collection(self, tenant: str) -> str:
        """The name of the collection."""
        ...

    def only(self, tenant: str) -> qdrant.Filter | None:
        """The filter; none where the collection is the tenant's own."""


class Shared:
    """One collection for all, filtered by payload: Qdrant's own advice for a server, with an index on the tenant.

    https://qdrant.tech/documentation/guides/multiple-partitions/
    """

    def __init__(self, *, indexed: bool = True) -> None:
        self.indexed = indexed

    def collection(self, tenant: str) -> str:  # noqa: ARG002 - the same for all
        """The one collection."""
        return PREFIX

    def only(self, tenant: str) -> qdrant.Filter | None:
        """Points of this tenant."""
        match = qdrant.FieldCondition(key=TENANT, match=qdrant.MatchValue(value=tenant))
        return qdrant.Filter(must=[match])


class Apart:
    """One collection a tenant, for the embedded mode: it has no indexes, and a filter costs it 10 µs a point.

    Erasing a tenant removes its files.
    """

    indexed = False

    def collection(self, tenant: str) -> str:
        """By a digest, since a tenant's name may have characters that no folder can."""
        return f"{PREFIX}-{sha256(tenant.encode()).hexdigest()[:32]}"

    def only(self, tenant: str) -> qdrant.Filter | None:  # noqa: ARG002 - all that is there is the tenant's
        """None is needed."""
        return None
