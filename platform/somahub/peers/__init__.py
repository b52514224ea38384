"""How services call each other."""

from somahub.peers.peer import Peer, PeerError
from somahub.peers.tokens import AccountTokens, Tokens

__all__ = ["AccountTokens", "Peer", "PeerError", "Tokens"]
