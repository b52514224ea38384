"""Run a worker alone: ``python -m somahub.services.orchestrator.worker``."""

from somahub.services.orchestrator import parts
from somahub.services.orchestrator.settings import Settings


def main() -> None:
    """Serve its health and metrics, and work, until told to stop."""
    parts.worker(Settings()).run()


if __name__ == "__main__":
    main()
