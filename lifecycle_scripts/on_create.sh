#!/bin/bash
# Runs once, as root from /, when a notebook instance is created; on_start.sh follows it on this start too.
# The instance fails to start if this ends with an error or takes five minutes, so it does neither:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
set -uo pipefail
trap 'exit 0' EXIT

# <settings>

# <part libraries.sh>

state=/home/ec2-user/SageMaker/.mlproject
# What was saved of an earlier instance of this name comes back into the new volume; on_start.sh sees to it.
runuser -u ec2-user -- mkdir -p "$state" && runuser -u ec2-user -- touch "$state/new"
# Not `... || setsid ... &`: a subshell would wait for it, and hold this script's output open until then.
if [[ -n $LIBRARIES ]]; then
    setsid nohup runuser -u ec2-user -- bash /opt/mlproject/libraries.sh </dev/null >>/var/log/mlproject.log 2>&1 &
fi
echo "mlproject: what there is to do is done in the background; /home/ec2-user/SageMaker/mlproject-status.txt tells"
