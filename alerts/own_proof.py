"""Tests of alerts that stand for themselves, for promtool: each proof as its alert has it.

They are apart from those of SLOs, beside rules that are apart: promtool evaluates all rules of a file for each test.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from slo import names
from slo.alert import COARSE, Alert, Proof
from slo.model import Platform, Service
from slo.promql import metrics, quoted
from slo.rulefile import dump
from slo.units import duration


class _Proven(NamedTuple):
    alert: Alert
    proof: Proof

    def disturbs(self, other: "_Proven") -> bool:
        """Whether one reads a metric that the other feeds, so that both can't be in one test."""
        return bool(self.reads & other.feeds or other.reads & self.feeds)

    @property
    def reads(self) -> frozenset[str]:
        """The metrics that the alert is made from."""
        return metrics(self.alert.expr)

    @property
    def feeds(self) -> frozenset[str]:
        """The metrics that the proof has samples of."""
        return frozenset(name.partition("{")[0] for name in self.proof.series)


def own_tests(platform: Platform, service: Service) -> str:
    """Tests of a service's own alerts, for ``../../rules/alerts/<service>.yaml``; empty where there are none."""
    return _text(service, "../../rules/alerts", platform.evaluation_interval, days=False)


def slow_own_tests(platform: Platform, service: Service) -> str:
    """Those whose proofs last days, for ``../../../rules/alerts/<service>.yaml``."""
    return _text(service, "../../../rules/alerts", max(platform.evaluation_interval, COARSE), days=True)


def _text(service: Service, rules: str, every: timedelta, *, days: bool) -> str:
    proven = [_Proven(a, proof) for a in service.alerts for proof in a.proofs if proof.days == days]
    if not proven:
        return ""
    return dump(
        {
            "rule_files": [f"{rules}/{service.name}.yaml"],
            "evaluation_interval": duration(every),
            "tests": [_test(service, several) for several in _together(proven)],
        }
    )


def _together(proven: Iterable[_Proven]) -> list[list[_Proven]]:
    """Proofs that leave each other alone in one test, since promtool evaluates all rules of the file in each."""
    tests: list[list[_Proven]] = []
    for one in proven:
        for test in tests:
            if test[0].proof.step == one.proof.step and not any(one.disturbs(other) for other in test):
                test.append(one)
                break
        else:
            tests.append([one])
    return tests


def _test(service: Service, several: list[_Proven]) -> dict[str, Any]:
    fed = {name: values for one in several for name, values in one.proof.series.items()}
    return {
        "name": "; ".join(f"{one.alert.name}: {one.proof.title}" for one in several),
        "interval": duration(several[0].proof.step),
        "input_series": [{"series": name, "values": values} for name, values in fed.items()],
        "promql_expr_test": [check for one in several for check in _checks(service, one)],
    }


def _checks(service: Service, one: _Proven) -> Iterable[dict[str, Any]]:
    labels = {"alertname": one.alert.name, "alertstate": "firing", names.SLO_SERVICE: service.name}
    matchers = ",".join(f"{name}={quoted(value)}" for name, value in labels.items())
    times = [*((at, 1) for at in one.proof.fires), *((at, 0) for at in one.proof.silent)]
    for at, value in sorted(times):
        yield {
            "expr": f"count(ALERTS{{{matchers}}}) > bool 0 or vector(0)",
            "eval_time": f"{int(at.total_seconds())}s",
            "exp_samples": [{"labels": "{}", "value": value}],
        }
