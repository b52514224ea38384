"""What a real Prometheus and a real Alertmanager have loaded, against what was generated for them."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from live import free_port, wait_for

from collectors.drift import DriftError, check_alertmanager, check_prometheus
from collectors.drift import config as compared
from slo import load
from somahub.generate import files
from somahub.tree import write

PROMETHEUS, RULES, ALERTMANAGER = (
    "prometheus/prometheus.yml",
    "prometheus/rules/redis.yaml",
    "alertmanager/alertmanager.yml",
)


class Running:
    """A server on a folder that it loads, beside the folder of what was generated."""

    def __init__(self, folder: Path, binary: Path, *arguments: str) -> None:
        self.loads, self.generated = folder / "config", folder / "generated"
        for place in (self.loads, self.generated):
            write(files(load("somahub.spec")), place)
        self.url = f"http://127.0.0.1:{free_port()}"
        address = self.url.removeprefix("http://")
        argv = [str(binary), f"--web.listen-address={address}", *arguments]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: httpx.get(f"{self.url}/-/ready").is_success)

    def edit(self, path: str, change: Callable[[dict[str, Any]], object], *, generated: bool = False) -> None:
        file = (self.generated if generated else self.loads) / path
        body = yaml.safe_load(file.read_text())
        change(body)
        file.write_text(yaml.safe_dump(body))

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def prometheus(tools: Path, tmp_path: Path) -> Iterator[Running]:
    config = f"--config.file={tmp_path / 'config' / PROMETHEUS}"
    storage = f"--storage.tsdb.path={tmp_path / 'data'}"
    running = Running(tmp_path, tools / "prometheus", config, storage, "--enable-feature=exemplar-storage")
    yield running
    running.stop()


@pytest.fixture
def alertmanager(tools: Path, tmp_path: Path) -> Iterator[Running]:
    config = f"--config.file={tmp_path / 'config' / ALERTMANAGER}"
    storage = f"--storage.path={tmp_path / 'data'}"
    running = Running(tmp_path, tools / "alertmanager", config, storage, "--cluster.listen-address=")
    yield running
    running.stop()


def differing(running: Running) -> dict[str, tuple[str, ...]]:
    checks = check_prometheus(running.url, running.generated / "prometheus")
    return {check.kind: check.differences for check in checks}


def routing(running: Running) -> tuple[str, ...]:
    (check,) = check_alertmanager(running.url, running.generated / "alertmanager")
    return check.differences


def test_prometheus_has_what_was_generated_until_it_is_edited_by_hand(prometheus: Running) -> None:
    assert differing(prometheus) == {"config": (), "rules": ()}

    def drop(body: dict[str, Any]) -> None:
        rule = {"source_labels": ["__name__"], "regex": "slow_.*", "action": "drop"}
        body["scrape_configs"][0]["metric_relabel_configs"] = [rule]

    def louder(body: dict[str, Any]) -> None:
        rule = next(r for group in body["groups"] for r in group["rules"] if r.get("alert"))
        rule["expr"] = f"({rule['expr']}) * 2"

    prometheus.edit(PROMETHEUS, drop)
    prometheus.edit(RULES, louder)
    # What is not loaded is no drift of what is.
    assert differing(prometheus) == {"config": (), "rules": ()}
    prometheus.reload()
    found = wait_for(lambda: (now := differing(prometheus))["config"] and now["rules"] and now)
    assert found["config"] == ("scrape_configs.0.metric_relabel_configs: is loaded, was not generated",)
    (rule,) = found["rules"]
    assert rule.startswith("redis.yaml: ")
    assert rule.endswith(": was generated otherwise")


def test_what_was_generated_and_not_loaded_since_is_drift(prometheus: Running) -> None:
    def slower(body: dict[str, Any]) -> None:
        body["global"]["scrape_interval"] = "90s"
        body["scrape_configs"].pop()

    prometheus.edit(PROMETHEUS, slower, generated=True)
    (prometheus.generated / RULES).unlink()
    found = differing(prometheus)
    assert found["config"][0] == "global.scrape_interval: was generated as another value"
    assert "were generated" in found["config"][-1]
    assert found["rules"]
    assert all(f.startswith("redis.yaml") and f.endswith("was not generated") for f in found["rules"])
    prometheus.edit(PROMETHEUS, slower)
    (prometheus.loads / RULES).unlink()
    prometheus.reload()
    # 90s is what it writes out as 1m30s.
    wait_for(lambda: differing(prometheus) == {"config": (), "rules": ()})


def test_alertmanager_has_what_was_generated_until_it_is_edited_by_hand(alertmanager: Running) -> None:
    assert routing(alertmanager) == ()
    alertmanager.edit(ALERTMANAGER, lambda body: body["route"].update(repeat_interval="90m"))
    alertmanager.edit(ALERTMANAGER, lambda body: body["receivers"].append({"name": "somebody"}))
    alertmanager.reload()
    found = wait_for(lambda: routing(alertmanager))
    assert any(difference.startswith("receivers: ") for difference in found)
    assert any(difference.startswith("route.repeat_interval: ") for difference in found)


def test_a_server_that_does_not_answer_tells_nothing(tmp_path: Path) -> None:
    write(files(load("somahub.spec")), tmp_path)
    with pytest.raises(DriftError, match=r"^prometheus: .*refused"):
        check_prometheus(f"http://127.0.0.1:{free_port()}", tmp_path / "prometheus")
    with pytest.raises(DriftError, match=r"^alertmanager: .*No such file"):
        check_alertmanager(f"http://127.0.0.1:{free_port()}", tmp_path / "nowhere")


def test_every_kind_of_receiver_is_compared_without_its_secrets_and_defaults(
    tools: Path, tmp_path: Path
) -> None:
    receivers: list[dict[str, Any]] = [
        {"name": "hook", "webhook_configs": [{"url": "http://127.0.0.1/a"}]},
        {"name": "pager", "pagerduty_configs": [{"routing_key_file": "/k", "severity": "critical"}]},
        {"name": "genie", "opsgenie_configs": [{"api_key_file": "/k", "priority": "P1"}]},
        {
            "name": "chat",
            "slack_configs": [{"api_url_file": "/u", "channel": "#ops", "title": "{{ .Status }}"}],
        },
        {"name": "mail", "email_configs": [{"to": "a@example.com"}]},
    ]
    body = {
        "global": {"smtp_smarthost": "localhost:25", "smtp_from": "b@example.com"},
        "route": {
            "receiver": "hook",
            "group_by": ["alertname"],
            "routes": [
                {"receiver": "mail", "matchers": ['severity="page"'], "mute_time_intervals": ["night"]}
            ],
        },
        "inhibit_rules": [
            {"source_matchers": ['a="b"'], "target_matchers": ['c=~"d|e"'], "equal": ["slo_id"]}
        ],
        "time_intervals": [
            {
                "name": "night",
                "time_intervals": [
                    {
                        "times": [{"start_time": "17:00", "end_time": "24:00"}],
                        "weekdays": ["monday:friday"],
                        "location": "Europe/Berlin",
                    }
                ],
            }
        ],
        "receivers": receivers,
    }
    path = tmp_path / "alertmanager.yml"
    path.write_text(yaml.safe_dump(body))
    config, storage = f"--config.file={path}", f"--storage.path={tmp_path / 'data'}"
    # Files of secrets need not be there before something is sent.
    running = Running(tmp_path, tools / "alertmanager", config, storage, "--cluster.listen-address=")
    try:
        (check,) = check_alertmanager(running.url, tmp_path)
        assert check.differences == ()
        receivers[3]["slack_configs"][0]["send_resolved"] = True
        body["route"]["group_wait"] = "5m"  # type: ignore[index]
        path.write_text(yaml.safe_dump(body))
        (check,) = check_alertmanager(running.url, tmp_path)
        assert check.differences == (
            "receivers.3.slack_configs.0.send_resolved: was generated as another value",
            "route.group_wait: was generated, is not loaded",
        )
    finally:
        running.stop()


def test_times_are_the_same_however_they_are_written() -> None:
    assert (
        compared.prometheus({"global": {"scrape_interval": "90s"}}, {"global": {"scrape_interval": "1m30s"}})
        == []
    )
    assert compared.prometheus({"global": {}}, {"global": {"scrape_interval": "1m"}}) == []
    assert compared.prometheus({"global": {}}, {"global": {"scrape_interval": "2m"}}) == [
        "global.scrape_interval: is loaded, was not generated"
    ]
