"""When the alerts of a rule file fire on given series, by promtool's own evaluation."""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

_GOT = re.compile(r"^\s*got:\s*(.*)$", re.MULTILINE)
_SAMPLE = re.compile(r"(\{(?:[^\"}]|\"(?:[^\"\\]|\\.)*\")*\}) ([^\s,]+)")
_LABEL = re.compile(r"(\w+)=\"((?:[^\"\\]|\\.)*)\"")
# No rule records it: a test that expects it fails, and tells what it got.
_NEVER = [{"labels": "never_recorded", "value": 0}]

Samples = list[tuple[dict[str, str], float]]
"""Labels and value."""


class Spell(NamedTuple):
    """Seconds since the first sample of the first and the last evaluation in which an alert fired."""

    first: int
    last: int


class Evaluation(NamedTuple):
    """A rule file's text on series in promtool's notation.

    ``step`` and ``every`` are the seconds between samples and between evaluations; both begin at 0.
    """

    promtool: Path
    rules: str
    series: Mapping[str, str]
    step: int = 60
    every: int = 60

    def firing(
        self, since: int, until: int, by: Sequence[str] = ("alertname", "severity")
    ) -> dict[tuple[str, ...], list[Spell]]:
        """Every spell of firing between two seconds, by the values of the labels ``by``."""
        query = f'count by ({", ".join(by)}) (ALERTS{{alertstate="firing"}})'
        times = range(since, until + 1, self.every)
        found: dict[tuple[str, ...], list[Spell]] = {}
        for at, samples in zip(times, self.results([(query, at) for at in times]), strict=True):
            for labels, _ in samples:
                spells = found.setdefault(tuple(labels.get(name, "") for name in by), [])
                if spells and spells[-1].last == at - self.every:
                    spells[-1] = Spell(spells[-1].first, at)
                else:
                    spells.append(Spell(at, at))
        return dict(sorted(found.items()))

    def results(self, asked: Sequence[tuple[str, int]]) -> list[Samples]:
        """What each (query, second) gives."""
        test = {
            "interval": f"{self.step}s",
            "input_series": [{"series": name, "values": values} for name, values in self.series.items()],
            "promql_expr_test": [
                {"expr": expr, "eval_time": f"{at}s", "exp_samples": _NEVER} for expr, at in asked
            ],
        }
        # In the order of the file: left alone, promtool picks one by chance, and alerts lag their records by chance.
        groups = [group["name"] for group in yaml.safe_load(self.rules)["groups"]]
        body = {
            "rule_files": ["rules.yaml"],
            "group_eval_order": groups,
            "evaluation_interval": f"{self.every}s",
            "tests": [test],
        }
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "rules.yaml").write_text(self.rules)
            # JSON is YAML, and quick to write.
            Path(folder, "test.yaml").write_text(json.dumps(body))
            command = [self.promtool, "test", "rules", "test.yaml"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        said = _GOT.findall(done.stdout + done.stderr)
        assert len(said) == len(asked), done.stdout + done.stderr
        return [_samples(text) for text in said]


def _samples(text: str) -> Samples:
    return [
        ({name: json.loads(f'"{value}"') for name, value in _LABEL.findall(labels)}, float(number))
        for labels, number in _SAMPLE.findall(text)
    ]
