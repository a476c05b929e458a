"""Projects that serve a model in each way: real-time and batch with notifications, serverless alone, batch alone."""

from __future__ import annotations

from pathlib import Path

from mlproject.parameters import BatchTransform, Endpoint, Environment, NewNetwork, Platform, Schedule, Serving
from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.stacks.examples import BUDGETED, OWNED, ROOT, deployment

HOSTED = Environment(
    name="hosted",
    account=ACCOUNT,
    region=REGION,
    network=NewNetwork(cidr="10.60.0.0/16", zones=(f"{REGION}a", f"{REGION}b")),
    bootstrap_qualifier="hnb659fds",
    permissions_boundary=None,
    role_path="/",
    tags={},
    retain_data=False,
)
REAL_TIME = Endpoint(kind="real_time", instance_type="ml.m5.large", instance_count=2, data_capture_percent=20)
ONE_INSTANCE = Endpoint(kind="real_time", instance_type="ml.g4dn.xlarge", maximum_latency_ms=250)
SERVERLESS = Endpoint(kind="serverless", memory_mb=4096, max_concurrency=20)
BATCH = BatchTransform(input_prefix="scoring/", instance_type="ml.m5.large")
NIGHTLY = BatchTransform(
    input_prefix="scoring/new/",
    instance_type="ml.c5.xlarge",
    schedule=Schedule(expression="cron(0 2 * * ? *)", timezone="Europe/Madrid"),
)

COMPLETE = Serving(model_version=4, previous_version=3, endpoint=REAL_TIME, batch=NIGHTLY)
PLATFORM = Platform(
    environments={"hosted": HOSTED, "owned": OWNED},
    projects={
        "airline": (deployment("airline", HOSTED, serving=Serving(model_version=1, batch=BATCH)),),
        "flights": (
            deployment("flights", HOSTED, operations=BUDGETED, serving=COMPLETE),
            deployment("flights", OWNED, serving=Serving(model_version=2, endpoint=ONE_INSTANCE)),
        ),
        "weather": (deployment("weather", HOSTED, serving=Serving(model_version=1, endpoint=SERVERLESS)),),
    },
)


def synthesize(folder: Path) -> None:
    """Synthesize these examples."""
    # Importing CDK starts Node: only where it is used, not in each worker that collects tests.
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, PLATFORM, pipelines=ROOT / "pipelines")
    app.synth()
