"""Steady mixed requests: ``python -m somahub.traffic BASE RATE COUNTS.json``; passwords are below ``TRAFFIC_SECRETS``.

What was sent and how it was answered is counted here, so that others can be checked against it.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from somahub.stack.ports import Ports
from somahub.stack.services import OFFSETS
from somahub.traffic.actions import Actions
from somahub.traffic.client import Client

_PEOPLE = ("dev", "sre", "admin")
_END = 15.0  # seconds that open requests may take at the end
_DRAIN = 30.0  # seconds that started workflows may take to end


async def run(base: int, rate: float, secrets: Path) -> dict[str, object]:
    """Do ``rate`` actions a second until SIGTERM, wait for what was started to end, and return the counts."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ports = Ports(base)
    urls = {name: ports.url(offset) for name, offset in OFFSETS.items()}
    passwords = {name: (secrets / f"{name}.password").read_text(encoding="utf-8") for name in _PEOPLE}
    client = Client(urls, passwords)
    actions = Actions(client, site=f"{ports.url(10)}/-/ready")
    for name in _PEOPLE:
        await client.sign_in(name)
    chosen, weights = list(actions.mix), list(actions.mix.values())
    running: set[asyncio.Task[None]] = set()
    due = loop.time()
    while not stop.is_set():
        (action,) = random.choices(chosen, weights)  # noqa: S311 - a traffic mix, not a secret
        running.add(asyncio.create_task(action()))
        running -= {task for task in running if task.done() and task.result() is None}
        due = max(due + 1 / rate, loop.time() - 1)
        await asyncio.sleep(max(0, due - loop.time()))
    if running:
        await asyncio.wait(running, timeout=_END)
    states = await _drain(actions)
    await client.aclose()
    return {
        "answers": client.answers,
        "actions": client.actions,
        "workflows": {"started": len(actions.started), **states},
    }


async def _drain(actions: Actions) -> Counter[str]:
    """How the workflows that were started ended; those that did not in time are ``running``."""
    open_ = set(actions.started)
    states: Counter[str] = Counter()
    deadline = time.monotonic() + _DRAIN
    while open_ and time.monotonic() < deadline:
        for workflow in list(open_):
            state = await actions.state(workflow)
            if state not in {"", "running"}:
                states[state] += 1
                open_.discard(workflow)
        await asyncio.sleep(0.2)
    states["running"] = len(open_)
    return states


if __name__ == "__main__":
    counts = asyncio.run(run(int(sys.argv[1]), float(sys.argv[2]), Path(os.environ["TRAFFIC_SECRETS"])))
    Path(sys.argv[3]).write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
