"""The history of a cluster's Spark applications, in the Spark history server that AWS runs outside of the cluster.

EMR keeps the history of a terminated cluster for 30 days:
https://docs.aws.amazon.com/emr/latest/ManagementGuide/app-history-spark-UI.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError

# The value of both calls for the Spark history server:
# https://docs.aws.amazon.com/emr/latest/APIReference/API_CreatePersistentAppUI.html
_SPARK_HISTORY_SERVER = "SHS"
HISTORY_DAYS = 30
# Our limits: the server starts within a minute or two, and people wait for it.
POLL_SECONDS = 5
_POLLS = 60


def create_history_url(emr: Any, cluster_id: str, *, sleep: Callable[[], None]) -> str:
    """Return a URL that opens the history of a cluster, also after its termination.

    Args:
        emr: a boto3 client.
        cluster_id: id of the cluster in EMR.
        sleep: waits POLL_SECONDS before the next request while the history server starts.

    Raises:
        UserError: EMR does not know the cluster, or its history server does not start.
    """
    try:
        arn = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["ClusterArn"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidRequestException":
            raise
        raise UserError(
            f"EMR does not know cluster {cluster_id}. It keeps terminated clusters for two months, and their history "
            f"for {HISTORY_DAYS} days.",
            exit_code=1,
        ) from error
    created = emr.create_persistent_app_ui(TargetResourceArn=arn, ProfilerType=_SPARK_HISTORY_SERVER)
    for _ in range(_POLLS):
        answer = emr.get_persistent_app_ui_presigned_url(
            PersistentAppUIId=created["PersistentAppUIId"], PersistentAppUIType=_SPARK_HISTORY_SERVER
        )
        if answer["PresignedURLReady"]:
            return str(answer["PresignedURL"])
        sleep()
    raise UserError(
        f"the history server of cluster {cluster_id} did not start within {_POLLS * POLL_SECONDS // 60} minutes. "
        "Try again later, or open it in the EMR console: Applications, Spark History Server.",
        exit_code=1,
    )
