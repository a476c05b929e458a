"""The generated tables contain what the code knows."""

from __future__ import annotations

import pytest

from docs_site.reference.tables import images_page, resource_types_page
from mlproject.definition import published_images
from mlproject.translation import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_supported_resource_type_is_listed(language: Language) -> None:
    page = resource_types_page(language)
    assert "| `AWS::EMR` | Cluster, SecurityConfiguration |" in page
    assert page.startswith("# Resource types" if language == "en" else "# Tipos de recurso")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_image_of_a_region_is_listed_by_its_repository(language: Language) -> None:
    page = images_page(language)
    for images in published_images("eu-west-1").values():
        for image in images:
            repository, _, tag = image.partition(":")
            section = page.partition(f"## {repository}\n")[2].partition("\n## ")[0]
            assert f"`{tag}`" in section, image
