"""A platform without what promtool refuses: our parser takes some PromQL that Prometheus doesn't."""

import os
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from slo.alert import Alert
from slo.errors import SLOError
from slo.model import SLO, Platform, Service, slo_id
from slo.rulefile import render
from slo.sli import Composite
from somahub.generate import service_groups
from somahub.stack.binaries import find


def without_refused(platform: Platform, *, keep_going: bool = False) -> tuple[Platform, list[str]]:
    """The platform without the SLOs and alerts that promtool refuses, and why; unless it keeps going, the first is an error."""
    binary = find("SLO_PROMTOOL", os.environ)
    services = [s for s in platform.services if s.slos or s.alerts]
    reason = _refusal(binary, {s.name: s for s in services}, platform)
    if reason is None:
        return platform, []
    refused = {}
    for service in services:
        if _refusal(binary, {service.name: service}, platform) is None:
            continue
        for slo in service.slos:
            alone = service.model_copy(update={"slos": (slo,), "alerts": ()})
            if found := _refusal(binary, {service.name: alone}, platform):
                refused[slo_id(service, slo)] = f"{slo_id(service, slo)}: promtool refuses its rules: {found}"
        for alert in service.alerts:
            alone = service.model_copy(update={"slos": (), "alerts": (alert,)})
            if found := _refusal(binary, {service.name: alone}, platform):
                key = _alert_key(service, alert)
                refused[key] = f"{key}: promtool refuses its rule: {found}"
    if not refused or not keep_going:
        raise SLOError(next(iter(refused.values()), f"promtool refuses the rules: {reason}"))
    rest = _without(platform, refused)
    if not any(service.slos for service in rest.services):
        raise SLOError(f"promtool refuses every SLO; the first: {next(iter(refused.values()))}")
    return rest, [*refused.values()]


def _alert_key(service: Service, alert: Alert) -> str:
    """A colon is in no id of an SLO."""
    return f"{service.name}: {alert.name}"


def _refusal(binary: str, services: Mapping[str, Service], platform: Platform) -> str | None:
    with TemporaryDirectory() as folder:
        for name, service in services.items():
            (Path(folder) / f"{name}.yaml").write_text(
                render(service_groups(platform, service)), encoding="utf-8"
            )
        names = [f"{name}.yaml" for name in services]
        try:
            done = subprocess.run(  # noqa: S603 - the promtool of this machine
                [binary, "check", "rules", *names], cwd=folder, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise SLOError(f"{binary}: {error.strerror}") from error
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return next((line for line in lines if "FAILED" not in line), "no reason given")


def _without(platform: Platform, refused: Collection[str]) -> Platform:
    """Composites of what is refused go with it."""

    def whole(service: Service, slo: SLO) -> bool:
        of = slo.sli.of if isinstance(slo.sli, Composite) else ()
        return slo_id(service, slo) not in refused and not set(of) & set(refused)

    services = [
        service.model_copy(
            update={
                "slos": tuple(slo for slo in service.slos if whole(service, slo)),
                "alerts": tuple(a for a in service.alerts if _alert_key(service, a) not in refused),
            }
        )
        for service in platform.services
    ]
    return platform.model_copy(update={"services": tuple(services)})
