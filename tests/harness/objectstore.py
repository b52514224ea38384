"""A real S3 server: SeaweedFS on free ports, which can be stopped and started again."""

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from live import free_port, wait_for

ACCESS, SECRET = "an-access-key", "a-secret-key-of-the-store"


class ObjectServer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.inner = [free_port() for _ in range(7)]
        whole = {"name": "all", "actions": ["Admin", "Read", "Write", "List"]}
        keys = {"credentials": [{"accessKey": ACCESS, "secretKey": SECRET}]}
        (folder / "s3.json").write_text(json.dumps({"identities": [whole | keys]}))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        weed = shutil.which("weed") or str(Path(sys.executable).with_name("weed"))
        master, master_grpc, volume, volume_grpc, filer, filer_grpc, grpc = self.inner
        command = [weed, "server", f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        command += [f"-master.port={master}", f"-master.port.grpc={master_grpc}"]
        command += [f"-volume.port={volume}", f"-volume.port.grpc={volume_grpc}", "-volume.max=16"]
        command += ["-master.volumeSizeLimitMB=16", "-filer"]
        command += [f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}"]
        command += [f"-filer.localSocket={self.folder / 'filer.sock'}"]
        command += ["-s3", f"-s3.port={self.port}", f"-s3.port.grpc={grpc}"]
        command += [f"-s3.config={self.folder / 's3.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._healthy, 30)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def object_server(folder: Path) -> Iterator[ObjectServer]:
    server = ObjectServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
