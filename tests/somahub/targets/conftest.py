import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
VALIDATE = """
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { AlertmanagerConfig } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1";
const kinds = { PrometheusRule, AlertmanagerConfig };
let text = "";
for await (const part of process.stdin) text += part;
for (const one of JSON.parse(text)) {
  try { new kinds[one.kind](one).validate(); console.log("fine"); } catch (error) { console.log(error.message); }
}
"""


@pytest.fixture(scope="session")
def schema() -> Callable[[list[Any]], list[str]]:
    """What the CRD's schema says of each resource: ``fine``, or what is wrong."""
    found = subprocess.run(
        [ROOT / "scripts/fetch-operator-schema"], check=False, capture_output=True, text=True
    )
    if found.returncode:
        pytest.skip(found.stderr.strip())
    node, folder = found.stdout.split()

    def validate(resources: list[Any]) -> list[str]:
        done = subprocess.run(
            [node, "--input-type=module", "-e", VALIDATE],
            cwd=folder,
            input=json.dumps(resources),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    return validate
