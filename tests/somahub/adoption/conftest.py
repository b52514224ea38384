import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from somahub.stack.kept import serving

History = Callable[[Iterable[str]], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def history(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    """A Prometheus on blocks made of lines of OpenMetrics."""

    @contextmanager
    def start(lines: Iterable[str]) -> Iterator[str]:
        folder = tmp_path_factory.mktemp("history")
        for name in ("logs", "config"):
            (folder / name).mkdir()
        text = folder / "data.om"
        text.write_text("\n".join([*lines, "# EOF", ""]))
        command = [tools / "promtool", "tsdb", "create-blocks-from", "--max-block-duration=54h"]
        subprocess.run(
            [*command, "openmetrics", text, folder / "prometheus"], check=True, capture_output=True
        )
        with serving(folder) as url:
            yield url

    return start
