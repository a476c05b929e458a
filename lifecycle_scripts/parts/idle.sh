#!/bin/bash
# Runs while the notebook runs, as root, so that no user can end it: stops the instance when nobody works.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
# Not ended for want of memory either: an instance that nobody stops costs money. A subshell would only spare itself.
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
exec 8>/run/mlproject-idle.lock
flock -n 8 || exit 0
started=$(date +%s)
lock=/home/ec2-user/SageMaker/.mlproject/lock
while :; do
    sleep "$IDLE_SECONDS"
    # Libraries that are being installed count as work. The lock is the user's, so root neither makes nor opens it.
    [[ ! -e $lock ]] || runuser -u ec2-user -- flock -n "$lock" true || continue
    python3 /opt/mlproject/idle.py "$started" "$IDLE_MINUTES" || continue
    runuser -u ec2-user -- bash /opt/mlproject/work.sh save
    runuser -u ec2-user -- aws sagemaker stop-notebook-instance --notebook-instance-name "$NOTEBOOK"
done
