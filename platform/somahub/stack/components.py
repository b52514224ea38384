"""All processes of a stack, in the stages of their start."""

import sys
from collections.abc import Mapping
from pathlib import Path

from slo.model import Platform
from somahub.generate import Endpoints
from somahub.stack import pager
from somahub.stack.collectors import CERTIFICATES, VAULT, certified, collectors, exporters
from somahub.stack.component import Component
from somahub.stack.dependencies import FOLDERS, addresses, dependencies
from somahub.stack.history import history
from somahub.stack.inbox import secrets
from somahub.stack.observers import observers, prometheus
from somahub.stack.ports import Ports
from somahub.stack.secrets import Secrets
from somahub.stack.services import DATA, OFFSETS, services

SECRETS = "secrets"
TRAFFIC = "traffic"


def components(  # noqa: PLR0913 - what a stack is made of
    platform: Platform,
    spec: str,
    where: Endpoints,
    ports: Ports,
    state: Path,
    *,
    used: Mapping[str, str],
    rate: float,
) -> list[list[Component]]:
    """Stages: what is in one starts together. ``state`` holds ``config/``, the secrets and all data.

    ``spec`` is where the platform was loaded from. ``used`` are URLs of dependencies that run elsewhere. The traffic is last, when everything answers.
    """
    kept = Secrets(state / SECRETS)
    found = addresses(ports, state, used)
    traffic = Component(
        TRAFFIC,
        (sys.executable, "-m", "somahub.traffic", str(ports.base), str(rate), str(state / "traffic.json")),
        {"TRAFFIC_SECRETS": str(kept.folder)},
        grace=60,  # what was started is followed to its end
    )
    called = platform.oncall is not None
    return [
        [
            *dependencies(ports, state, kept.store, used),
            *observers(where, ports, state, kept, called=called),
            # There before it is backed up.
            history(spec, platform.retention, where, ports, state),
            *exporters(platform, ports, state),
        ],
        [
            *services(platform, ports, found, kept, state),
            collectors(where, ports, found, kept, state, used=used, called=called),
        ],
        [prometheus(platform, where, state)],
        [traffic],
    ]


def prepare(platform: Platform, ports: Ports, state: Path) -> None:
    """Make the folders and secrets that the processes expect."""
    for folder in (*FOLDERS, DATA, VAULT, CERTIFICATES, "logs"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    certified(state / CERTIFICATES, platform.name)
    kept = Secrets(state / SECRETS)
    kept.prepare(name for name in OFFSETS if name != "identity")
    if platform.oncall:
        kept.place(secrets(platform.oncall, ports))
        pager.prepare(platform.oncall, kept)
