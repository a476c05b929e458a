"""A hook of MkDocs that adds plotly.js to the site, which theme/assets/plotly-load.js loads on pages with figures."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

# plotly.js without the trace types for maps and three dimensions, a third of its size.
BUNDLE = Path("node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js")
_ROOT = Path(__file__).parents[1]


def on_post_build(*, config: Any, **_: Any) -> None:
    """Copy the bundle beside the script that loads it."""
    copy_bundle(_ROOT, Path(config.site_dir))


def copy_bundle(root: Path, site: Path) -> None:
    """Copy the bundle to the assets of a site.

    Args:
        root: the checkout.
        site: folder of the built site.

    Raises:
        SystemExit: npm has not installed it.
    """
    if not (root / BUNDLE).is_file():
        raise SystemExit(f"error: {BUNDLE} is missing. Run `make install`, which installs package-lock.json.")
    (site / "assets").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / BUNDLE, site / "assets" / BUNDLE.name)
