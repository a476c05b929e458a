"""`mlproject libraries pack`: an archive of the cluster's libraries, which single Spark sessions bring along."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.libraries import LibraryList


def pack(
    project: ProjectArgument,
    environment: EnvironmentOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Upload the cluster's libraries as an archive that a Spark session brings along, and print its %%configure.

    An archive that is already there is kept.
    """
    from mlproject.cli.common.library_push import print_progress, require_artifacts_bucket, require_locks
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.libraries import has_pack, pack_uri, read_library_lists, read_lock_text, session_configuration
    from mlproject.node_scripts import CLUSTER_TARGETS
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    lists = [each for each in read_library_lists(deployment, root) if each.target in CLUSTER_TARGETS]
    if not lists:
        raise UserError(
            f"{project} has no list of libraries for a cluster in {environment}. Set `libraries:` of emr in "
            f"projects/{project}/project.yaml.",
            topic="component-missing",
        )
    (library_list,) = require_locks(lists)
    text = read_lock_text(library_list)
    bucket = deployment.names.bucket("artifacts")
    with reporting_aws_errors(f"uploading an archive of libraries to s3://{bucket}"):
        session = create_session(deployment.environment, root)
        require_artifacts_bucket(deployment, session)
        is_new = not has_pack(library_list, text, s3=session.client("s3"), bucket=bucket)
        if is_new:
            print_progress(f"{library_list}: packing")
            _pack(library_list, text, session.client("s3"), bucket)
    uri = pack_uri(library_list, text, bucket=bucket)
    configuration = session_configuration(uri)
    if as_json:
        print(json.dumps({"uri": uri, "uploaded": is_new, "conf": configuration}, indent=2))
        return
    print(f"{uri}: {'uploaded' if is_new else 'already there'}")
    print("A session that uses it starts with this cell:\n")
    print(f"%%configure -f\n{json.dumps({'conf': configuration}, indent=2)}")


def _pack(library_list: LibraryList, text: str, s3: object, bucket: str) -> None:
    from mlproject.libraries import build_pack, fetch, read_lock, upload_pack

    with tempfile.TemporaryDirectory(prefix="mlproject-wheels-") as name:
        wheels, archive = Path(name, "wheels"), Path(name, "pack.tar.gz")
        wheels.mkdir()
        build_pack(library_list, text, fetch(library_list, read_lock(text).pins, wheels), archive)
        upload_pack(library_list, text, archive, s3=s3, bucket=bucket)
