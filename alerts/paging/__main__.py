"""Run the pager: ``python -m alerts.paging``; settings come from ``PAGER_*`` variables."""

import logging
import sys

import uvicorn

from alerts.paging.app import create_app
from alerts.paging.settings import Settings
from alerts.paging.spec import read_oncall
from slo.errors import SLOError


def main() -> int:
    """Serve until told to stop; 2: a setting or a file is not as it should be."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings()  # type: ignore[call-arg] # they come from the environment
    try:
        app = create_app(settings, read_oncall(settings.spec))
    except SLOError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False
    )
    # First the port: while another process listens there, its claims are not to be taken back.
    uvicorn.Server(config).run(sockets=[config.bind_socket()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
