import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
NO_GO = 3


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of Sloth's binary and of Prometheus 3 with its promtool."""
    found = subprocess.run([SCRIPTS / "fetch-interop"], capture_output=True, text=True, check=False)
    if found.returncode == NO_GO:
        pytest.skip(found.stderr.strip())
    assert found.returncode == 0, found.stderr
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def promtool(built: Path) -> Path:
    """Prometheus 3's."""
    return built / "promtool"


@pytest.fixture(scope="session", params=["2.42", "3"])
def either_promtool(request: pytest.FixtureRequest, tools: Path, built: Path) -> Path:
    """Debian's promtool, and Prometheus 3's."""
    return (tools if request.param == "2.42" else built) / "promtool"
