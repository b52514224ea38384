"""Blocks of recorded samples, written by promtool; a block holds a fixed range of time."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from collectors.api import MOST_POINTS
from slo.errors import SLOError
from slo.rulefile import render
from slo.rules import Group
from slo.units import duration, seconds
from somahub.adoption.moments import written
from somahub.stack.binaries import find
from somahub.stack.kept import serving

# promtool takes lengths of 2 h times a power of 3, and asks one query for each rule and block.
_LENGTHS = [timedelta(hours=2 * 3**k) for k in (3, 2, 1, 0)]
FOLDED = _LENGTHS[0]
_TOO_MUCH = re.compile(r"too many samples|maximum resolution|timed out|deadline exceeded", re.IGNORECASE)
_DUMPED = re.compile(r"^\{(.*)\} (\S+) (-?\d+)$")
_LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')


class Bench:
    """A folder in which samples are gathered: ``prometheus/`` holds the blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "prometheus"
        self._promtool = find("SLO_PROMTOOL", os.environ)
        # promtool's dump looks for a write-ahead log, were it an empty one.
        for name in ("prometheus/wal", "config", "logs"):
            (folder / name).mkdir(parents=True)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """URL of a Prometheus on what is gathered so far."""
        with serving(self.folder) as url:
            yield url

    def evaluate(self, groups: Iterable[Group], url: str, start: datetime, end: datetime) -> None:
        """Add what the rules give on a server's data; they are asked in parts that the server can bear."""
        # When a group is evaluated follows from the names of file and group: both are the same in each pass.
        file = self.folder / "rules.yaml"
        groups = list(groups)
        file.write_text(render(groups), encoding="utf-8")
        finest = min(timedelta(seconds=float(seconds(g.interval))) for g in groups)
        fitting = [length for length in _LENGTHS if length / finest < MOST_POINTS] or _LENGTHS[-1:]
        span = (f"--start={int(start.timestamp())}", f"--end={int(end.timestamp())}")
        for length in fitting:
            fresh = self.folder / "fresh"
            options = (f"--max-block-duration={duration(length)}", "rules", f"--url={url}", *span)
            done = self._run("create-blocks-from", *options, f"--output-dir={fresh}", str(file))
            if done is None:
                for block in fresh.glob("*/meta.json"):
                    shutil.move(block.parent, self.data / block.parent.name)
            shutil.rmtree(fresh, ignore_errors=True)
            if done is None:
                return
            if not _TOO_MUCH.search(done) or length == fitting[-1]:
                raise SLOError(f"promtool: rules could not be evaluated on {url}: {_last(done)}")

    def import_openmetrics(self, file: Path) -> None:
        """Add the samples of an OpenMetrics file."""
        wrong = self._run(
            "create-blocks-from", f"--max-block-duration={duration(FOLDED)}", "openmetrics", file, self.data
        )
        if wrong:
            raise SLOError(f"{file}: {_last(wrong)}")

    def span(self) -> tuple[datetime, datetime]:
        """The times of the first and the last sample."""
        metas = [json.loads(path.read_text(encoding="utf-8")) for path in self.data.glob("*/meta.json")]
        if not metas:
            raise SLOError("the OpenMetrics file holds no samples")
        first, last = min(m["minTime"] for m in metas), max(m["maxTime"] for m in metas)
        return datetime.fromtimestamp(first // 1000, UTC), datetime.fromtimestamp(last // 1000, UTC)

    def fold(self, out: Path, start: datetime, end: datetime) -> int:
        """Write everything gathered as blocks that do not overlap each other; how many is returned."""
        moment = int(start.timestamp()) // int(FOLDED.total_seconds()) * int(FOLDED.total_seconds())
        with TemporaryDirectory(dir=self.folder) as scratch:
            target, text = Path(scratch) / "out", Path(scratch) / "samples.om"
            while moment <= end.timestamp():
                following = moment + int(FOLDED.total_seconds())
                if self._dump(text, moment * 1000, following * 1000 - 1):
                    options = (f"--max-block-duration={duration(FOLDED)}", "openmetrics", text, target)
                    if wrong := self._run("create-blocks-from", *options):
                        raise SLOError(f"promtool: {_last(wrong)}")
                moment = following
            blocks = [meta.parent for meta in target.glob("*/meta.json")]
            out.mkdir(parents=True, exist_ok=True)
            for block in blocks:
                shutil.move(block, out / block.name)
        return len(blocks)

    def _dump(self, text: Path, first: int, last: int) -> bool:
        """Write samples between two milliseconds as OpenMetrics; False when there are none."""
        command = (self._promtool, "tsdb", "dump", f"--min-time={first}", f"--max-time={last}", self.data)
        names: dict[str, str] = {}
        with (
            text.open("w", encoding="utf-8") as file,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as dump,  # noqa: S603
        ):
            assert dump.stdout is not None  # noqa: S101 - it is a pipe
            assert dump.stderr is not None  # noqa: S101 - likewise
            for line in dump.stdout:
                if match := _DUMPED.match(line):
                    labels, value, at = match.groups()
                    if labels not in names:
                        names[labels] = _openmetrics(labels)
                    file.write(f"{names[labels]} {value} {int(at) / 1000:.3f}\n")
            file.write("# EOF\n")
            wrong = dump.stderr.read()
        if dump.returncode:
            raise SLOError(f"promtool tsdb dump: {_last(wrong)}")
        return bool(names)

    def _run(self, *arguments: str | Path) -> str | None:
        """Run ``promtool tsdb``; what it said when it failed, else None."""
        command = [self._promtool, "tsdb", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
        return (done.stderr or done.stdout or "no reason given") if done.returncode else None


def spans(out: Path) -> list[str]:
    """Start and end of each block in a folder, for people."""
    metas = [json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*/meta.json")]
    return [
        f"{m['ulid']}  {_time(m['minTime'])} to {_time(m['maxTime'])}"
        for m in sorted(metas, key=lambda m: int(m["minTime"]))
    ]


def _time(milliseconds: int) -> str:
    return written(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _openmetrics(labels: str) -> str:
    """A series as OpenMetrics writes it: its name before its labels, no blanks."""
    pairs: dict[str, str] = dict(_LABEL.findall(labels))
    name = pairs.pop("__name__")
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in pairs.items()) + "}"


def _last(said: str) -> str:
    return said.strip().splitlines()[-1]
