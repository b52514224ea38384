"""Steady mixed requests to the gateway: ``python -m somahub.traffic URL RATE COUNTS.json``.

What was sent and how it was answered is counted here, so that others can be checked against it.
"""

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import httpx

_KEPT = 50  # sessions open at a time


async def _request(client: httpx.AsyncClient, sessions: list[str], counts: Counter[str]) -> None:
    choice = random.random()  # noqa: S311 - a traffic mix, not a secret
    try:
        if choice < 0.3 or not sessions:  # noqa: PLR2004 - shares of the mix
            response = await client.post("/v1/sessions", json={"user": "traffic", "purpose": "load"})
            if response.status_code == httpx.codes.CREATED:
                sessions.append(response.json()["id"])
        elif choice < 0.6:  # noqa: PLR2004
            response = await client.get("/v1/sessions", params={"limit": 5})
        elif len(sessions) <= _KEPT:
            response = await client.get(f"/v1/sessions/{sessions[-1]}")
        else:
            response = await client.delete(f"/v1/sessions/{sessions.pop(0)}")
        counts[f"{response.status_code // 100}xx"] += 1
    except httpx.HTTPError:
        counts["unanswered"] += 1


async def run(url: str, rate: float) -> Counter[str]:
    """Send ``rate`` requests a second until SIGTERM, wait for the last answers and return the counts."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    counts: Counter[str] = Counter()
    sessions: list[str] = []
    async with httpx.AsyncClient(base_url=url, timeout=10) as client, asyncio.TaskGroup() as group:
        due = loop.time()
        while not stop.is_set():
            group.create_task(_request(client, sessions, counts))
            due += 1 / rate
            await asyncio.sleep(max(0, due - loop.time()))
    return counts


if __name__ == "__main__":
    answered = asyncio.run(run(sys.argv[1], float(sys.argv[2])))
    Path(sys.argv[3]).write_text(json.dumps(answered) + "\n", encoding="utf-8")
