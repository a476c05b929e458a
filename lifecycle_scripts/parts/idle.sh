#!/bin/bash
# Stops the instance when it is idle. Runs as root, so that users cannot kill it.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
# Keeps the OOM killer away, since an instance that is never stopped costs money. A subshell would protect only itself.
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
exec 8>/run/mlproject-idle.lock
flock -n 8 || exit 0
started=$(date +%s)
lock=/home/ec2-user/SageMaker/.mlproject/lock
while :; do
    sleep "$IDLE_SECONDS"
    # A running installation counts as work. The lock belongs to the user, so root neither creates nor opens it.
    [[ ! -e $lock ]] || runuser -u ec2-user -- flock -n "$lock" true || continue
    python3 /opt/mlproject/idle.py "$started" "$IDLE_MINUTES" || continue
    runuser -u ec2-user -- bash /opt/mlproject/tools/work.sh save
    runuser -u ec2-user -- aws sagemaker stop-notebook-instance --notebook-instance-name "$NOTEBOOK"
done
