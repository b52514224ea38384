import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_standard_library_platform_is_not_shadowed() -> None:
    code = "import platform, uuid; print(platform.python_version(), uuid.uuid4())"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    assert not list((ROOT / "platform").glob("*.py"))


def test_a_wheel_holds_every_package_at_its_top(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--out-dir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {Path(n).parts[0] for n in archive.namelist()}
    assert {"slo", "alerts", "dashboards", "collectors", "somahub"} <= tops
    assert "platform" not in tops
