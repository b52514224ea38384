import subprocess
import sys
import zipfile
from pathlib import Path

import slo

ROOT = Path(__file__).parents[1]


def test_the_standard_library_platform_is_not_shadowed() -> None:
    code = "import platform, uuid; print(platform.python_version(), uuid.uuid4())"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    assert not list((ROOT / "platform").glob("*.py"))


def test_a_wheel_holds_every_package_at_its_top_and_works_installed(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--out-dir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {Path(n).parts[0] for n in archive.namelist()}
    assert {"slo", "alerts", "dashboards", "collectors", "somahub"} <= tops
    assert "platform" not in tops

    target = tmp_path / "installed"
    subprocess.run(
        [uv, "pip", "install", "--no-deps", "--target", target, wheel], check=True, capture_output=True
    )
    environment = {"PYTHONPATH": str(target), "PATH": "/usr/bin:/bin"}
    code = (
        "from datetime import datetime, UTC; import somahub, platform; from somahub.cli import main; "
        "from somahub.reports.page import page; from somahub.reports.model import Report; "
        "page(Report(platform='x', at=datetime.now(UTC), slos=(), pages=())); "
        "main(['generate', '--out', 'out']); print(somahub.__file__, platform.python_version())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert str(target) in result.stdout
    assert (tmp_path / "out/prometheus/rules/gateway.yaml").is_file()


def test_a_light_command_imports_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys; from somahub.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    heavy = {
        "altair",
        "fastapi",
        "httpx",
        "icalendar",
        "numpy",
        "opentelemetry",
        "prometheus_client",
        "requests",
        "sqlalchemy",
    }
    for arguments in (
        ["--help"],
        ["validate"],
        ["lint"],
        ["generate", "--out", str(tmp_path)],
        ["diff", *["somahub.spec"] * 2],
        ["oncall", "now"],
        ["oncall", "schedule"],
    ):
        result = subprocess.run(
            [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
        )
        # Dashboards are written with Grafana's own types; whoever writes none doesn't wait for them.
        more = set() if "generate" in arguments else {"grafana_foundation_sdk"}
        assert not (heavy | more | {"grafana_client"}) & set(result.stdout.split()), arguments


def test_the_public_names_are_these() -> None:
    assert slo.__all__ == [
        "SLO",
        "Alert",
        "Alerting",
        "BudgetPolicy",
        "BudgetRule",
        "BurnRate",
        "Calendar",
        "Composite",
        "Counter",
        "Dependency",
        "DesignTarget",
        "Email",
        "ErrorRatio",
        "Escalation",
        "Event",
        "Freshness",
        "Gauge",
        "GoAlert",
        "Histogram",
        "Hours",
        "HttpAvailability",
        "HttpLatency",
        "InvalidPromQLError",
        "InvalidSpecError",
        "Jira",
        "Latency",
        "Maintenance",
        "NativeLatency",
        "OnCall",
        "Opsgenie",
        "PagerDuty",
        "Person",
        "Platform",
        "Proof",
        "Ratio",
        "Rotation",
        "Runbook",
        "SLOError",
        "Service",
        "Slack",
        "Span",
        "SpecNotFoundError",
        "Step",
        "Team",
        "TimeSlices",
        "Uptime",
        "Webhook",
        "load",
        "slo_id",
    ]
