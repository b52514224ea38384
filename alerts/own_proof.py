"""Tests of alerts that stand for themselves, for promtool: each proof as its alert has it.

They are apart from those of SLOs, beside rules that are apart: promtool evaluates all rules of a file for each test.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from slo import names
from slo.alert import Alert, Proof
from slo.model import Platform, Service
from slo.promql import quoted
from slo.rulefile import dump
from slo.units import duration

# Proofs that last days have a longer step, and are evaluated no more often than that.
_SLOW = timedelta(minutes=5)


def own_tests(platform: Platform, service: Service) -> str:
    """Tests of a service's own alerts, for ``../../rules/alerts/<service>.yaml``; empty where there are none."""
    return _text(service, "../../rules/alerts", platform.evaluation_interval, slow=False)


def slow_own_tests(platform: Platform, service: Service) -> str:
    """Those whose proofs last days, for ``../../../rules/alerts/<service>.yaml``."""
    return _text(service, "../../../rules/alerts", max(platform.evaluation_interval, _SLOW), slow=True)


def _text(service: Service, rules: str, every: timedelta, *, slow: bool) -> str:
    tests = [
        _test(service, alert, proof)
        for alert in service.alerts
        for proof in alert.proofs
        if (proof.step >= _SLOW) == slow
    ]
    if not tests:
        return ""
    return dump(
        {
            "rule_files": [f"{rules}/{service.name}.yaml"],
            "evaluation_interval": duration(every),
            "tests": tests,
        }
    )


def _test(service: Service, alert: Alert, proof: Proof) -> dict[str, Any]:
    return {
        "name": f"{alert.name}: {proof.title}",
        "interval": duration(proof.step),
        "input_series": [{"series": name, "values": values} for name, values in proof.series.items()],
        "promql_expr_test": [*_checks(service, alert, proof)],
    }


def _checks(service: Service, alert: Alert, proof: Proof) -> Iterable[dict[str, Any]]:
    labels = {"alertname": alert.name, "alertstate": "firing", names.SLO_SERVICE: service.name}
    matchers = ",".join(f"{name}={quoted(value)}" for name, value in labels.items())
    times = [*((at, 1) for at in proof.fires), *((at, 0) for at in proof.silent)]
    for at, value in sorted(times):
        yield {
            "expr": f"count(ALERTS{{{matchers}}}) > bool 0 or vector(0)",
            "eval_time": f"{int(at.total_seconds())}s",
            "exp_samples": [{"labels": "{}", "value": value}],
        }
