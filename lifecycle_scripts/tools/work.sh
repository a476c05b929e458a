#!/bin/bash
# Reports newer libraries, updates the URL of Livy and saves the work to S3 while the instance runs, as ec2-user.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
tools=/opt/mlproject/tools
volume=/home/ec2-user/SageMaker
state=$volume/.mlproject
mkdir -p "$state"
exec >>"$state/work.log" 2>&1

# With the Python of the system, which no installation of a user changes.
work() {
    [[ -z $WORK ]] || PYTHONPATH=$tools/person python3 -B "$tools/saved_work" "$1" || echo "$(date -u +%FT%TZ) not everything was saved"
}

if [[ ${1:-} == save ]]; then
    work last
    exit
fi
exec 8>"$state/work.lock"
flock -n 8 || exit 0
while :; do
    if [[ -f $state/installed ]] &&
        latest=$(timeout 60 aws s3 cp --only-show-errors "$LIBRARIES/requirements.txt" - | sha256sum) &&
        [[ $latest != "$(cat "$state/installed")" ]] && grep -q '^installed' "$volume/mlproject-status.txt"; then
        sed -i '1s/\(; newer libraries at the next start\)*$/; newer libraries at the next start/' "$volume/mlproject-status.txt"
    fi
    if [[ -n $LIVY_PARAMETER ]]; then
        address=$(timeout 60 aws ssm get-parameter --name "$LIVY_PARAMETER" --query Parameter.Value --output text) &&
            python3 "$tools/sparkmagic.py" "$address" ${LIVY_ROLE:+"$LIVY_ROLE"}
    fi
    work save
    sleep "$WORK_SECONDS"
done
