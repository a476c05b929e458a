"""Settings of Spark on this machine, and of S3A, with which it reads and writes the embedded AWS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

S3A_JARS = ("hadoop-aws-", "aws-java-sdk-bundle-", "wildfly-openssl-", "spark-hadoop-cloud_")
_COMMITTER = "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory"


@dataclass(frozen=True, kw_only=True)
class S3Access:
    """How Spark reaches S3, with the credentials that its environment variables lead to.

    Args:
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
    """

    endpoint: str
    region: str


def local_settings(*, jars: Path, python: Path, work: Path) -> dict[str, str]:
    """Return the properties of Spark for one machine.

    Args:
        jars: folder of the downloaded jars.
        python: interpreter of driver and workers.
        work: folder of temporary files.
    """
    s3a = ":".join(str(each) for each in sorted(jars.glob("*.jar")) if each.name.startswith(S3A_JARS))
    return {
        "spark.pyspark.python": str(python),
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraClassPath": s3a,
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={work}",
        "spark.local.dir": str(work),
        "spark.sql.warehouse.dir": str(work / "spark-warehouse"),
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.sql.sources.commitProtocolClass": "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol",
        "spark.sql.parquet.output.committer.class": "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter",
    }


def s3a_settings(s3: S3Access, *, work: Path, provider: str) -> dict[str, str]:
    """Return the properties of S3A: https://hadoop.apache.org/docs/r3.3.4/hadoop-aws/tools/hadoop-aws/index.html

    Args:
        s3: the endpoint.
        work: folder of temporary files.
        provider: class that finds the credentials.
    """
    settings = {
        # EMR's own file system has the scheme s3.
        "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "fs.s3a.endpoint": s3.endpoint,
        "fs.s3a.endpoint.region": s3.region,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.aws.credentials.provider": provider,
        "fs.s3a.buffer.dir": str(work),
        # What Spark writes is encrypted by the default of the bucket. The AWS SDK sends no key without HTTPS, and thus
        # cannot copy an encrypted object, as renaming needs. This committer, like EMR's, completes uploads instead:
        # https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-s3-optimized-committer.html
        "fs.s3a.committer.name": "magic",
        "mapreduce.outputcommitter.factory.scheme.s3": _COMMITTER,
        "mapreduce.outputcommitter.factory.scheme.s3a": _COMMITTER,
        # Deleting markers after each write needs permissions outside the prefix that the role may write.
        "fs.s3a.directory.marker.retention": "keep",
    }
    return {f"spark.hadoop.{name}": value for name, value in settings.items()}
