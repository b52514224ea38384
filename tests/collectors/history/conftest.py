from collections.abc import Iterator
from pathlib import Path

import pytest
from truth import Truth, prometheus

from collectors.history.sql import SQLStore

# Friday to Monday: in Berlin, the clocks go back on 25 October 2026.
START = 1_792_713_600
DAYS = 3


@pytest.fixture(scope="session")
def truth() -> Truth:
    return Truth(START, DAYS)


@pytest.fixture(scope="session")
def url(truth: Truth, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has what the truth's scrapes kept."""
    assert tools.is_dir()
    with prometheus(truth, tmp_path_factory.mktemp("truth")) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> SQLStore:
    return SQLStore(f"sqlite:///{tmp_path / 'history.db'}")
