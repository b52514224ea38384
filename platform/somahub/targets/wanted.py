"""What to generate: for which target, which parts of it, and what a target wants to know."""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from slo.errors import SLOError

Target = Literal["files", "operator", "mimir"]

# Parts of a target by name, with the folders that each is written to. Records and alerts share their files.
FOLDERS: dict[Target, dict[str, tuple[str, ...]]] = {
    "files": {
        "rules": ("prometheus/rules", "prometheus/rules/alerts"),
        "alerts": ("prometheus/rules", "prometheus/rules/alerts"),
        "tests": (
            "prometheus/tests",
            "prometheus/tests/native",
            "prometheus/tests/alerts",
            "prometheus/tests/alerts/days",
        ),
        "dashboards": ("grafana/dashboards",),
        "provisioning": ("grafana/provisioning/datasources", "grafana/provisioning/dashboards"),
        "pipeline": ("otel", "loki", "tempo"),
        "runbooks": ("runbooks",),
        "routing": ("alertmanager", "alertmanager/templates", "pager"),
        "scrape": ("prometheus",),
    },
    "operator": {
        "rules": ("kubernetes",),
        "alerts": ("kubernetes",),
        "routing": ("kubernetes/alertmanager",),
        "dashboards": ("kubernetes/dashboards",),
        "runbooks": ("runbooks",),
    },
    "mimir": {
        "rules": ("mimir",),
        "alerts": ("mimir",),
        "dashboards": ("grafana/dashboards",),
        "runbooks": ("runbooks",),
    },
}
RULER_NAMESPACE = "soma-slo"


class Wanted(NamedTuple):
    """A target, and some of its parts; none named are all. ``namespace`` is Kubernetes' or the ruler's own."""

    target: Target = "files"
    only: tuple[str, ...] = ()
    namespace: str = ""
    labels: Mapping[str, str] = {}

    @property
    def parts(self) -> frozenset[str]:
        """Names of parts."""
        return frozenset(self.only or FOLDERS[self.target])

    @property
    def folders(self) -> frozenset[str]:
        """Folders that only these parts are written to."""
        return frozenset(folder for part in self.parts for folder in FOLDERS[self.target][part])


EVERYTHING = Wanted()


def wanted(target: Target, only: str, namespace: str, labels: Collection[str]) -> Wanted:
    """What the options of a command ask for; a part that the target lacks is an error that names those it has.

    ``only`` is a list with commas, each of ``labels`` is NAME=VALUE.
    """
    named = tuple(part.strip() for part in only.split(",") if part.strip())
    for part in named:
        if part not in FOLDERS[target]:
            of = "" if target == "files" else f" of --target {target}"
            known = ", ".join(FOLDERS[target])
            raise SLOError(f"--only: unknown part {part!r}; the parts{of} are {known}")
    pairs = {}
    for label in labels:
        name, equals, value = label.partition("=")
        if not equals:
            raise SLOError(f"--label: expected NAME=VALUE, got {label!r}")
        pairs[name] = value
    if labels and target != "operator":
        raise SLOError("--label: only resources of --target operator have labels")
    if namespace and target == "files":
        raise SLOError("--namespace: plain files have none; it is for --target operator and mimir")
    return Wanted(target, named, namespace, pairs)
