"""Take the pictures of the demo's report in docs/images/report: `python -m docs_site.screenshots.report`.

The demo runs as `make demo` does.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from docs_site.browser import run_script

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "images" / "report"
SCHEMES = ("light", "dark")
_REPORT = ROOT / "build" / "demo" / "report.html"


def main() -> None:
    command = Path(sys.executable).with_name("mlproject")
    subprocess.run([command, "demo", "--project", "flights"], cwd=ROOT, check=True)
    take_pictures(_REPORT, PICTURES)
    for path in sorted(PICTURES.iterdir()):
        print(path.relative_to(ROOT))


def take_pictures(report: Path, folder: Path) -> None:
    """Write the pictures of a report, in light and in dark.

    Args:
        report: its HTML file.
        folder: where the pictures are written; created if necessary.

    Raises:
        RuntimeError: Chromium is not installed, or the report lacks a section.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arguments = {"report": str(report), "folder": str(folder), "schemes": SCHEMES}
    run_script(Path(__file__).with_name("report.mjs"), arguments)


if __name__ == "__main__":
    main()
