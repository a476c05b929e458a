#!/bin/bash
# Stops the instance when it is idle. Runs as root, so that users cannot kill it.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
# Keeps the OOM killer away, since an instance that is never stopped costs money. A subshell would protect only itself.
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
exec 8>/run/mlproject-idle.lock
flock -n 8 || exit 0
volume=/home/ec2-user/SageMaker
lock=$volume/.mlproject/lock
saving=$volume/.mlproject/work/lock
# Nobody sets this clock, unlike that of the date.
uptime() {
    read -r up _ </proc/uptime
    echo "${up%.*}"
}
started=$(uptime)

# Prints when the instance stops and what can be done, if that is soon.
# Args: until when somebody asked to keep it on, or nothing.
check() {
    local work=()
    # The lock belongs to the user, so root neither creates nor opens it.
    [[ ! -e $lock ]] || runuser -u ec2-user -- flock -n "$lock" true || work=(installation)
    TZ=$TIMEZONE KEEP_UNTIL=$1 python3 /opt/mlproject/idle.py $(($(uptime) - started)) "$IDLE_MINUTES" "$(date +%s)" "${work[@]}"
}

# The same with what somebody asked for in S3, which is read only before a stop, since each question is a call.
check_requests() {
    check "$(runuser -u ec2-user -- env PYTHONPATH=/opt/mlproject/tools/person python3 -m mlproject_notebook.keep_alive)"
}

# Replaces the line about the stop in the status.
note() {
    # shellcheck disable=SC2016
    runuser -u ec2-user -- bash -c 'cd "$0" || exit
        status=mlproject-status.txt
        ! grep -q "^idle: " $status 2>/dev/null || sed -i "/^idle: /d" $status
        [[ -z $1 ]] || echo "idle: $1" >>$status' "$volume" "$1"
}

# Replaces the warning by another, or by none. The file browser of JupyterLab shows a new file after some seconds.
# The user can change the folder at any time, so root does not write into it.
warn() {
    local text=
    [[ -z $1 ]] || text="this instance stops at ${1%%|*}. ${1#*|}"
    # shellcheck disable=SC2016
    runuser -u ec2-user -- bash -c 'cd "$0" && rm -f mlproject-stops-at-*
        [[ -z $1 ]] || echo "$2" >"mlproject-stops-at-${1//[: ]/-}.txt"' "$volume" "${1%%|*}" "idle: $text"
    note "$text"
}

warned=
warn ""
while sleep "$IDLE_SECONDS"; do
    stops=$(check "")
    code=$?
    if ((code != 1)); then
        stops=$(check_requests)
        code=$?
    fi
    [[ $stops == "$warned" ]] || warn "$stops"
    warned=$stops
    ((code == 0)) || continue
    # A save or a restore that runs is never interrupted.
    [[ ! -e $saving ]] || runuser -u ec2-user -- flock -n "$saving" true || continue
    runuser -u ec2-user -- bash /opt/mlproject/tools/work.sh save
    # Somebody may have come back meanwhile, or asked to keep it on.
    check_requests >/dev/null || continue
    why=$(runuser -u ec2-user -- timeout 60 aws sagemaker stop-notebook-instance --notebook-instance-name "$NOTEBOOK" 2>&1) && continue
    echo "$why"
    note "this instance cannot stop itself, so stop it in the SageMaker console: ${why##*$'\n'}"
done
