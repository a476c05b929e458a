"""Which distribution to install for a module. Without the parameters' imports, which a local run does not need."""

from __future__ import annotations

from collections.abc import Mapping

# Modules whose distribution has another name. Needed where the distribution is not installed.
DISTRIBUTIONS: Mapping[str, frozenset[str]] = {
    "attr": frozenset({"attrs"}),
    "bs4": frozenset({"beautifulsoup4"}),
    "cv2": frozenset({"opencv-python", "opencv-python-headless"}),
    "dateutil": frozenset({"python-dateutil"}),
    "faiss": frozenset({"faiss-cpu"}),
    "imblearn": frozenset({"imbalanced-learn"}),
    "mpl_toolkits": frozenset({"matplotlib"}),
    "PIL": frozenset({"pillow"}),
    "pkg_resources": frozenset({"setuptools"}),
    "psycopg2": frozenset({"psycopg2-binary"}),
    "pylab": frozenset({"matplotlib"}),
    "ruamel": frozenset({"ruamel-yaml"}),
    "skimage": frozenset({"scikit-image"}),
    "sklearn": frozenset({"scikit-learn"}),
    "umap": frozenset({"umap-learn"}),
    "xgboost": frozenset({"xgboost-cpu"}),
    "yaml": frozenset({"pyyaml"}),
}


def distribution_of(module: str) -> str:
    """Return the distribution to install for a top-level module, such as `scikit-learn` for `sklearn`."""
    return min(DISTRIBUTIONS.get(module, {module}))
