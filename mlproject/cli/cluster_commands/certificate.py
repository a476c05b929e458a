"""`mlproject cluster certificate`: create the certificate with which a project's clusters encrypt in transit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mlproject.cli.common.session import Session
    from mlproject.parameters.model import Deployment

# Of the artifacts bucket. Its objects do not expire.
_PREFIX = "certificates/"
# Below the project's folder.
_FOLDER = "certificates"
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
# Our limit: nobody remembers a certificate that is older.
_DAYS_LIMIT = 825


def register(app: typer.Typer) -> None:
    """Add the command `cluster certificate`."""
    app.command("certificate")(certificate)


def certificate(
    project: ProjectArgument,
    environment: EnvironmentOption,
    *,
    days: Annotated[int, typer.Option(min=1, max=_DAYS_LIMIT, help="Days for which the certificate is valid.")] = 365,
    domain: Annotated[
        str | None,
        typer.Option(help="Domain of the nodes, if the VPC has its own. Default: that of the region."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the keys and the expiry as one JSON object.")] = False,
) -> None:
    """Create a certificate for encryption in transit, and print the keys of project.yaml that use it.

    The private key exists only in this process, and in a zip that is encrypted with the project's key, in its
    artifacts bucket. Run the command again to replace the certificate. The deployment of other keys replaces the
    clusters.
    """
    from datetime import UTC, datetime

    from mlproject.certificates import create_certificate, internal_domain
    from mlproject.cli.common.context import open_deployment
    from mlproject.files import write_atomically

    if domain is not None and not _DOMAIN.fullmatch(domain):
        raise UserError(f"--domain {domain}: give a domain in lower case, such as eu-west-1.compute.internal.")
    root, deployment, session = open_deployment(project, environment)
    deployment.require_emr()
    now = datetime.now(UTC)
    chosen = domain or internal_domain(deployment.environment.region)
    created = create_certificate(chosen, now=now, days=days)
    key = f"{_PREFIX}emr-{now:%Y%m%d}-{created.fingerprint[:12]}.zip"
    uri = _upload(deployment, session, key, created.archive)
    file = f"{_FOLDER}/emr-{environment}.pem"
    write_atomically(root / "projects" / project / file, created.certificate)
    keys = {"certificate_s3": uri, "certificate_file": file}
    if as_json:
        print(json.dumps({**keys, "domain": chosen, "expires": created.expires.isoformat()}, indent=2))
    else:
        print("\n".join(_lines(deployment, keys, domain=chosen, expires=created.expires)))


def _upload(deployment: Deployment, session: Session, key: str, archive: bytes) -> str:
    """Upload the zip, which the bucket encrypts with the project's key, and return its URI.

    Raises:
        UserError: the bucket does not exist, or AWS denies the request.
    """
    from botocore.exceptions import ClientError

    from mlproject.cli.common.session import reporting_aws_errors

    names = deployment.names
    bucket = names.bucket("artifacts")
    with reporting_aws_errors(f"uploading the certificate of {names.prefix}"):
        try:
            session.client("s3").put_object(Bucket=bucket, Key=key, Body=archive, ContentType="application/zip")
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            raise UserError(
                f"bucket {bucket} does not exist. Deploy it first with `cdk deploy '{names.path}/storage'`.",
                exit_code=1,
                topic="not-deployed",
            ) from error
    return f"s3://{bucket}/{key}"


def _lines(deployment: Deployment, keys: Mapping[str, str], *, domain: str, expires: datetime) -> list[str]:
    folder = f"projects/{deployment.project}"
    return [
        f"{deployment.names.prefix}: a certificate for *.{domain}, valid until {expires:%Y-%m-%d}",
        f"  with its private key: {keys['certificate_s3']}",
        f"  without it: {folder}/{keys['certificate_file']}",
        "",
        f"Write into {folder}/project.yaml, and commit both files:",
        "",
        "environments:",
        f"  {deployment.environment.name}:",
        "    emr:",
        *(f"      {key}: {value}" for key, value in keys.items()),
        "",
        "The next deployment replaces the clusters, and notebooks trust the certificate from their next start.",
    ]
