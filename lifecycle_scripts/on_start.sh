#!/bin/bash
# Runs at every start of a notebook instance, as root in /, before anyone can open the notebook.
# The instance fails to start if this script fails or takes more than five minutes:
# https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html
set -uo pipefail
trap 'exit 0' EXIT

# <settings>

# <part libraries.sh>
# <part work.sh>
# <part sparkmagic.py>
# <part idle.sh>
# <part idle.py>

# The processes below outlive this script.
background() {
    setsid nohup "$@" </dev/null >>/var/log/mlproject.log 2>&1 &
}

[[ -z $LIBRARIES ]] || background runuser -u ec2-user -- bash /opt/mlproject/libraries.sh
background runuser -u ec2-user -- bash /opt/mlproject/work.sh
background bash /opt/mlproject/idle.sh
echo "mlproject: setup continues in the background. See /home/ec2-user/SageMaker/mlproject-status.txt"
