#!/bin/bash
# Reports newer libraries, updates the URL of Livy and saves the work to S3 while the instance runs, as ec2-user.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
volume=/home/ec2-user/SageMaker
state=$volume/.mlproject
mkdir -p "$state"
exec >>"$state/work.log" 2>&1

# Files that pip, conda, npm or Jupyter can create again are excluded.
save() {
    aws s3 sync --only-show-errors --no-follow-symlinks --exclude '.mlproject/*' --exclude 'lost+found/*' \
        --exclude '*.ipynb_checkpoints/*' --exclude '*__pycache__/*' --exclude '*.venv/*' --exclude '*node_modules/*' \
        --exclude mlproject-status.txt "$1" "$2"
}

if [[ ${1:-} == save ]]; then
    [[ -z $WORK ]] || save "$volume" "$WORK"
    exit
fi
exec 8>"$state/work.lock"
flock -n 8 || exit 0
if [[ -n $WORK && -e $state/new ]]; then
    save "$WORK" "$volume" && rm -f "$state/new"
fi
while :; do
    if [[ -f $state/installed ]] &&
        latest=$(aws s3 cp --only-show-errors "$LIBRARIES/requirements.txt" - | sha256sum) &&
        [[ $latest != "$(cat "$state/installed")" ]] && grep -q '^installed' "$volume/mlproject-status.txt"; then
        sed -i '1s/\(; newer libraries at the next start\)*$/; newer libraries at the next start/' "$volume/mlproject-status.txt"
    fi
    if [[ -n $LIVY_PARAMETER ]]; then
        address=$(aws ssm get-parameter --name "$LIVY_PARAMETER" --query Parameter.Value --output text) &&
            python3 /opt/mlproject/tools/sparkmagic.py "$address"
    fi
    [[ -z $WORK ]] || save "$volume" "$WORK" || echo "$(date -u +%FT%TZ) some files could not be saved to $WORK"
    sleep "$WORK_SECONDS"
done
