#!/bin/bash
# Runs as root from / whenever a notebook instance starts, before anybody can open it.
# The instance fails to start if this ends with an error or takes five minutes, so it does neither:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
set -uo pipefail
trap 'exit 0' EXIT

# <settings>

# <part libraries.sh>
# <part work.sh>
# <part sparkmagic.py>
# <part idle.sh>
# <part idle.py>

# Nothing below is ended with this script.
background() {
    setsid nohup "$@" </dev/null >>/var/log/mlproject.log 2>&1 &
}

[[ -z $LIBRARIES ]] || background runuser -u ec2-user -- bash /opt/mlproject/libraries.sh
background runuser -u ec2-user -- bash /opt/mlproject/work.sh
background bash /opt/mlproject/idle.sh
echo "mlproject: what there is to do is done in the background; /home/ec2-user/SageMaker/mlproject-status.txt tells"
