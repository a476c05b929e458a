"""Pages with tables that the code knows: resource types of the embedded AWS, and AWS's images by region."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from embedded_aws.documentation import types_table
from mlproject.definition import image_regions, published_images
from mlproject.translation import Language

_TEXTS = Path(__file__).parent / "texts"
_IMAGE_HEAD: dict[Language, str] = {"en": "| tags | regions |\n|---|---|", "es": "| etiquetas | regiones |\n|---|---|"}


def resource_types_page(language: Language) -> str:
    """Return the page with the resource types of the embedded AWS as Markdown."""
    return _read_text("resource-types", language).format(types=types_table())


@cache
def images_page(language: Language) -> str:
    """Return the page with the images that AWS publishes as Markdown."""
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for region in image_regions():
        for images in published_images(region).values():
            for image in images:
                regions[image].add(region)
    by_repository: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for image in sorted(regions):
        repository, _, tag = image.partition(":")
        by_repository[repository][len(regions[image])].append(f"`{tag}`")
    lines = []
    for repository, by_count in by_repository.items():
        rows = [f"| {', '.join(tags)} | {count} |" for count, tags in sorted(by_count.items(), reverse=True)]
        lines += [f"## {repository}", "", _IMAGE_HEAD[language], *rows, ""]
    return _read_text("aws-images", language).format(regions=len(image_regions()), tables="\n".join(lines))


def _read_text(name: str, language: Language) -> str:
    return (_TEXTS / f"{name}.{language}.md").read_text(encoding="utf-8")
