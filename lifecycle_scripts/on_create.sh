#!/bin/bash
# Runs once when a notebook instance is created, as root in /, before on_start.sh.
# The instance fails to start if this script fails or takes more than five minutes:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
set -uo pipefail
trap 'exit 0' EXIT

state=/home/ec2-user/SageMaker/.mlproject
# Tells on_start.sh to restore the work saved by an earlier instance with this name.
runuser -u ec2-user -- mkdir -p "$state" && runuser -u ec2-user -- touch "$state/new"
