"""The embedded AWS of a run with a definition file, for scripts that call AWS themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlproject.runner import AwsConnection

# Those of the CDK CLI mean nothing to a script.
_PREFIXES = ("AWS_", "NO_PROXY", "no_proxy")


@contextmanager
def run_own_aws(folder: Path, region: str) -> Iterator[AwsConnection]:
    """Start an embedded AWS that ends with the run, with the administrator's credentials.

    Args:
        folder: the server's folder, which keeps its log.
        region: of its clients and of the scripts.

    Raises:
        EmbeddedAwsError: it does not start.
    """
    import boto3
    from botocore.config import Config

    import embedded_aws
    from mlproject.runner import AwsConnection

    server = embedded_aws.start(folder, lifetime=embedded_aws.Lifetime.OF_STARTER)
    try:
        administrator = server.administrator
        session = boto3.Session(
            region_name=region,
            aws_access_key_id=administrator.access_key_id,
            aws_secret_access_key=administrator.secret_access_key,
        )
        config = Config(proxies={}, s3={"addressing_style": "path"})
        variables = server.environment(embedded_aws.ACCOUNT, region)
        yield AwsConnection(
            endpoint=server.endpoint,
            account=embedded_aws.ACCOUNT,
            variables={name: value for name, value in variables.items() if name.startswith(_PREFIXES)},
            s3=session.client("s3", endpoint_url=server.endpoint, config=config),
            sagemaker=session.client("sagemaker", endpoint_url=server.endpoint, config=config),
        )
    finally:
        embedded_aws.stop(folder)
