"""Write the SBOM of a release in CycloneDX's JSON, from the locks: `python -m scripts.sbom RELEASE COMMIT EPOCH FILE`.

It lists each locked package once, with its hashes and the locks that contain it: the environments of requirements/, the
Node packages, and the jars of local Spark. The same commit gives the same bytes.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from scripts.check_locks import normalise, read_requirements

ROOT = Path(__file__).parents[1]
NODE_LOCKS = ("package-lock.json", "docs_site/browser/package-lock.json")
JARS_LOCK = "mlproject/spark/maven/jars.lock"
SCHEMA = SchemaVersion.V1_6
_LOCK_PROPERTY = "mlproject:lock"
# A pin of a lock, with its marker and hashes.
_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)", re.MULTILINE
)
_SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_JAR = re.compile(r"(?P<name>.+?)-(?P<version>\d.*)\.jar")


def create_sbom(*, root: Path, release: str, commit: str, moment: datetime) -> Bom:
    """Return the SBOM of a checkout.

    Args:
        root: the checkout.
        release: its version.
        commit: its commit.
        moment: the time of the commit, so that the same commit gives the same SBOM.
    """
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, f"mlproject {release} {commit}"))
    bom.metadata.timestamp = moment
    product = Component(
        name="mlproject",
        version=release,
        type=ComponentType.APPLICATION,
        bom_ref="mlproject",
        properties=[Property(name="mlproject:commit", value=commit)],
    )
    bom.metadata.component = product
    found: dict[str, Component] = {}
    for component in (*_python_packages(root), *_node_packages(root), *_jars(root)):
        known = found.setdefault(str(component.bom_ref.value), component)
        known.properties.update(component.properties)
        known.hashes.update(component.hashes)
    bom.components.update(found.values())
    direct = _direct_packages(root)
    # A lock does not say which package requires which, so the graph contains what the project itself names.
    bom.register_dependency(product, [each for each in found.values() if (each.group, each.name) in direct])
    return bom


def render(bom: Bom) -> str:
    """Return the JSON text of an SBOM."""
    return f"{make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=1)}\n"


def _component(*, kind: str, lock: str, name: str, version: str, hashes: list[HashType], group: str = "") -> Component:
    purl = PackageURL(type=kind, namespace=group or None, name=name, version=version) if kind != "jar" else None
    return Component(
        name=name,
        group=group or None,
        version=version,
        purl=purl,
        bom_ref=purl.to_string() if purl else f"{name}-{version}.jar",
        hashes=hashes,
        properties=[Property(name=_LOCK_PROPERTY, value=lock)],
    )


def _python_packages(root: Path) -> Iterator[Component]:
    for path in sorted((root / "requirements").glob("*.txt")):
        for pin in _PIN.finditer(path.read_text()):
            yield _component(
                kind="pypi",
                lock=f"requirements/{path.name}",
                name=normalise(pin["name"]),
                version=pin["version"],
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in _SHA256.findall(pin["rest"])],
            )


def _node_packages(root: Path) -> Iterator[Component]:
    for lock in NODE_LOCKS:
        for path, package in json.loads((root / lock).read_text())["packages"].items():
            if path:
                group, _, name = path.rpartition("node_modules/")[2].rpartition("/")
                digest = base64.b64decode(package["integrity"].removeprefix("sha512-")).hex()
                yield _component(
                    kind="npm",
                    lock=lock,
                    group=group,
                    name=name,
                    version=package["version"],
                    hashes=[HashType(alg=HashAlgorithm.SHA_512, content=digest)],
                )


def _jars(root: Path) -> Iterator[Component]:
    for line in (root / JARS_LOCK).read_text().splitlines():
        digest, _, file = line.partition("  ")
        jar = _JAR.fullmatch(file)
        if jar:
            hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest)]
            yield _component(kind="jar", lock=JARS_LOCK, name=jar["name"], version=jar["version"], hashes=hashes)


def _direct_packages(root: Path) -> set[tuple[str | None, str]]:
    """Return group and name of the packages that requirements/*.in and package.json name."""
    names: set[tuple[str | None, str]] = set()
    for path in (root / "requirements").glob("*.in"):
        names |= {(None, normalise(each.name)) for each in read_requirements(path)}
    for lock in NODE_LOCKS:
        for name in json.loads((root / lock).with_name("package.json").read_text())["devDependencies"]:
            group, _, rest = name.rpartition("/")
            names.add((group or None, rest))
    return names


def main(release: str, commit: str, epoch: str, file: str) -> None:
    """Write the SBOM of this checkout."""
    bom = create_sbom(root=ROOT, release=release, commit=commit, moment=datetime.fromtimestamp(int(epoch), UTC))
    Path(file).write_text(render(bom))


if __name__ == "__main__":
    main(*sys.argv[1:])
