"""The library versions in which a notebook and the images of its project's pipeline differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlproject.definition import Definition
from mlproject.definition.document import Scalar, default_values
from mlproject.definition.images.aws_images import image_runtime
from mlproject.definition.images.step_images import step_images
from mlproject.definition.scripts.image_list import LOCK, ImageList, read_image_list
from mlproject.libraries.lists import LibraryList, requirement_name
from mlproject.libraries.lock import read_lock

# The container of a model serves it outside the pipeline.
_JOB_ARGUMENTS = frozenset({"ImageUri", "TrainingImage"})


def image_notes(library_list: LibraryList, definition: Definition, parameters: Mapping[str, Scalar]) -> Iterator[str]:
    """Yield a sentence about different versions, and one about images whose contents the repository does not know.

    Only libraries that the list or image.in names are compared: others follow from them.

    Args:
        library_list: the list of a notebook, with a valid lock.
        definition: the pipeline of the same project.
        parameters: the deployment's values of pipeline parameters.
    """
    folder = definition.folder
    images = read_image_list(folder)
    used = sorted(_job_images(definition, parameters))
    runtimes = {image: image_runtime(image) if images.pins is not None else None for image in used}
    known = [runtime for runtime in runtimes.values() if runtime]
    if known:
        lacks = frozenset.intersection(*(runtime.lacks for runtime in known))
        differences = list(_differences(library_list, images, lacks=lacks))
        if differences:
            names = " and ".join(runtime.image for runtime in known)
            yield (
                f"{library_list.file}: the notebook has other versions than {names} in pipelines/{folder.name}/{LOCK}: "
                f"{', '.join(differences)}. To test code and models in the notebook with the versions of the image, "
                "require these in the list."
            )
    if unknown := [image.rpartition("/")[2] for image, runtime in runtimes.items() if runtime is None]:
        yield (
            f"{library_list.file}: is not compared with {' and '.join(unknown)} of pipelines/{folder.name}, whose "
            "library versions are not known."
        )


def _job_images(definition: Definition, parameters: Mapping[str, Scalar]) -> set[str]:
    values = {**default_values(definition), **parameters}
    texts = (image.text(values) for image in step_images(definition.document) if image.argument in _JOB_ARGUMENTS)
    return {text for text in texts if text is not None}


def _differences(library_list: LibraryList, images: ImageList, *, lacks: frozenset[str]) -> Iterator[str]:
    locked = {
        _module_name(name): (name, version)
        for name, version in read_lock(library_list.lock_path.read_text(encoding="utf-8")).versions.items()
    }
    named = {_module_name(requirement_name(each)) for each in library_list.requirements}
    named |= {_module_name(name) for name in images.requirements}
    for name, pinned in sorted((images.pins or {}).items()):
        library, version = locked.get(_module_name(name), (name, pinned))
        if version != pinned and name not in lacks and _module_name(name) in named:
            yield f"{library} {version} instead of {pinned}"


def _module_name(name: str) -> str:
    """Return the name without the suffix of a build, since xgboost and xgboost-cpu install the same modules."""
    return name.removesuffix("-cpu").removesuffix("-gpu")
