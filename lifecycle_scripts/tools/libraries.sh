#!/bin/bash
# Installs the newest list of libraries and prints the outcome, as ec2-user: at every start, and when a user runs it.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
cd /opt/mlproject/tools || exit 1
PYTHONPATH=/opt/mlproject/tools/person python3 -m libraries
outcome=$?
if ((outcome > 1)); then
    rm -f /home/ec2-user/SageMaker/.mlproject/libraries.json
    echo "failed: the installation was ended (exit code $outcome), such as for want of memory. The next start continues it" \
        >/home/ec2-user/SageMaker/mlproject-status.txt
fi
cat /home/ec2-user/SageMaker/mlproject-status.txt
exit "$outcome"
