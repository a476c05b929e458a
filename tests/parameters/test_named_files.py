"""Files that a key names: start scripts and private certificates become values, or give one error."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import load_parameters
from tests.lifecycle_scripts.certificates import self_signed_certificate
from tests.lifecycle_scripts.fault_cases import CASES
from tests.parameters.sample_files import ENVIRONMENTS, SERVICES, error_lines, replaced, write_files

CERTIFICATE = self_signed_certificate()
# Written in two parts, since this is no key.
PRIVATE = f"{CERTIFICATE}-----BEGIN PRIVATE" + " KEY-----\n"


def lay_out(root: Path, *, script: bytes = b"echo\n", certificates: bytes = CERTIFICATE.encode()) -> Path:
    environments = replaced(ENVIRONMENTS, "region: eu-west-1\n", "region: eu-west-1\nca_bundle: company.pem\n")
    services = replaced(SERVICES, "    volume_gb: 20\n", "    volume_gb: 20\n    start_script: own/start.sh\n")
    write_files(root, environments=environments, projects={"flights": services})
    (root / "company.pem").write_bytes(certificates)
    (root / "projects/flights/own").mkdir()
    (root / "projects/flights/own/start.sh").write_bytes(script)
    return root


def test_their_content_becomes_values(tmp_path: Path) -> None:
    deployment = load_parameters(lay_out(tmp_path, script="echo ñ\n".encode())).deployment("flights", "dev")
    assert deployment.environment.ca_certificates == CERTIFICATE
    assert deployment.notebooks[0].start_script_text == "echo ñ\n"


def test_certificates_may_have_names_with_accents_between_them(tmp_path: Path) -> None:
    bundle = f"# Főtanúsítvány\n{CERTIFICATE}"
    deployment = load_parameters(lay_out(tmp_path, certificates=bundle.encode())).deployment("flights", "dev")
    assert deployment.environment.ca_certificates == bundle


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            b"echo\r\n",
            f"own/start.sh {CASES['CRLF'].shown}, which Bash reads as part",
        ),
        (b" \n", "own/start.sh is empty. Add commands, or remove the key"),
        (b"#" * 65_537, "own/start.sh has 65,537 bytes. Allowed: up to 65,536 bytes"),
        (b"echo \xff\n", "own/start.sh is not UTF-8 text. Save it as UTF-8"),
    ],
)
def test_a_start_script_that_cannot_run_is_told(tmp_path: Path, script: bytes, expected: str) -> None:
    (line,) = error_lines(lay_out(tmp_path, script=script))
    assert line.startswith(f"projects/flights/project.yaml:16: notebooks.explore.start_script: {expected}")


@pytest.mark.parametrize(
    ("certificates", "expected"),
    [
        (
            b"no certificate\n",
            "company.pem contains no valid certificate, or one that is damaged.",
        ),
        ("sin tilde: ñ\n".encode(), "company.pem contains no valid certificate, or one that is damaged."),
        (CERTIFICATE[:200].encode(), "company.pem contains no valid certificate, or one that is damaged."),
        (PRIVATE.encode(), "company.pem contains a private key, which must not leave its machine."),
    ],
)
def test_a_file_without_certificates_or_with_a_key_is_told_once(
    tmp_path: Path, certificates: bytes, expected: str
) -> None:
    (line,) = error_lines(lay_out(tmp_path, certificates=certificates))
    assert line.startswith(f"environments.yaml:2: ca_bundle: {expected}")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PRIVATE, "emr.pem contains a private key, which must not leave its machine."),
        ("no certificate\n", "emr.pem contains no valid certificate, or one that is damaged."),
    ],
)
def test_a_certificate_of_clusters_is_one_without_its_key(tmp_path: Path, content: str, expected: str) -> None:
    certificate = "  certificate_s3: s3://certificates/emr.zip\n"
    services = replaced(SERVICES, certificate, f"{certificate}  certificate_file: emr.pem\n")
    write_files(tmp_path, projects={"flights": services})
    file = tmp_path / "projects" / "flights" / "emr.pem"
    file.write_text(CERTIFICATE)
    assert load_parameters(tmp_path).deployment("flights", "dev").cluster_certificate == CERTIFICATE
    file.write_text(content)
    (line,) = error_lines(tmp_path)
    assert line.startswith(f"projects/flights/project.yaml:34: emr.certificate_file: {expected}")


def test_the_example_notebooks_of_a_project_become_values_and_each_that_is_none_is_told(tmp_path: Path) -> None:
    lay_out(tmp_path)
    folder = tmp_path / "projects" / "flights" / "notebooks"
    (folder / "sources").mkdir(parents=True)
    (folder / "sources" / "no.ipynb").write_text("not an example")
    (folder / "1_año.en.ipynb").write_text('{"cells": [], "año": 1}', encoding="utf-8")
    deployment = load_parameters(tmp_path).deployment("flights", "dev")
    assert deployment.example_notebooks == {"1_año.en.ipynb": '{"cells": [], "año": 1}'}
    (folder / "empty.ipynb").touch()
    (folder / "list.ipynb").write_text("[]")
    (folder / "large.ipynb").write_text('{"cells": ["' + "x" * 5_000_000 + '"]}')
    together, empty, plain = error_lines(tmp_path)
    assert together.startswith("projects/flights/notebooks: the notebooks have 5,000,0")
    assert "Allowed: up to 5,000,000 bytes. Clear the outputs of the notebooks" in together
    assert empty.startswith("projects/flights/notebooks/empty.ipynb: it is not JSON in UTF-8, but instances receive")
    assert plain.startswith("projects/flights/notebooks/list.ipynb: it is not a Jupyter notebook: it has no cells, but")
