#!/bin/bash
# Runs at every start of a notebook instance, as root in /, before anyone can open the notebook.
# The instance fails to start if this script fails or takes more than five minutes:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
set -uo pipefail
trap 'exit 0' EXIT

# <settings>

# <part start.sh>
# <part idle.sh>
# <part idle.py>

# The processes below outlive this script.
background() {
    setsid nohup "$@" </dev/null >>/var/log/mlproject.log 2>&1 &
}

install -d -o ec2-user -g ec2-user /opt/mlproject/tools
background runuser -u ec2-user -- bash /opt/mlproject/start.sh
background bash /opt/mlproject/idle.sh
echo "mlproject: setup continues in the background. See /home/ec2-user/SageMaker/mlproject-status.txt"
