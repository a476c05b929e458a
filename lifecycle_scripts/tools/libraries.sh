#!/bin/bash
# Installs the project's list of libraries as a separate Jupyter kernel, as the user ec2-user.
# Only the volume survives a stop, so the environment is on the volume and the kernel is registered at every start:
# https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-add-external.html
# Each list has its own environment, and kernels only use complete ones, so that this script can be killed at any time.
set -euo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
volume=/home/ec2-user/SageMaker
state=$volume/.mlproject
base=/home/ec2-user/anaconda3/envs/python3/bin/python
mkdir -p "$state/environments"
exec >>"$state/libraries.log" 2>&1

say() {
    printf '%s\n(%s; details: ~/SageMaker/.mlproject/libraries.log)\n' "$1" "$(date -u +'%F %T UTC')" >"$state/.status"
    mv -f "$state/.status" "$volume/mlproject-status.txt"
    echo "$(date -u +%FT%TZ) $1"
}

fail() {
    trap - ERR
    say "failed: $1${kept:+. The previous libraries stay in use}"
    exit 1
}

register() {
    PYTHONPATH=/opt/mlproject/tools/person python3 -m mlproject_notebook.kernel "$1/bin/python"
}

# Downloads a wheel unless it exists. A file with another hash is never renamed to its final name.
fetch() {
    cd "$state/wheels"
    sha256sum --check --status <<<"$1  $2" 2>/dev/null && return
    rm -f ".$2"
    why=$(aws s3 cp --only-show-errors "$WHEELS/$1/$2" ".$2" 2>&1) ||
        { echo "cannot read $WHEELS/$1/$2: ${why##*$'\n'}" >"$state/.why"; return 1; }
    sha256sum --check --status <<<"$1  .$2" ||
        { echo "$WHEELS/$1/$2 does not match the sha256 in the list" >"$state/.why"; return 1; }
    mv -f ".$2" "$2"
}
export -f fetch
export state

kept=
trap 'fail "unexpected error in line $LINENO"' ERR
# Waits for an earlier run, since child processes of a killed run may still hold the lock.
exec 9>"$state/lock"
flock 9
python=$("$base" -c 'import sys; print(sys.version)') || fail "cannot run $base"
used=$(cat "$state/current" 2>/dev/null || true)
if [[ -n $used && $(cat "$state/environments/$used/complete" 2>/dev/null) == "$python" ]]; then
    kept=$used
    register "$state/environments/$used"
fi
# No kernel is running at this point, so that the environments of earlier lists can be deleted.
find "$state/environments" -mindepth 1 -maxdepth 1 ! -name "${used:-none}" -exec rm -rf {} +

[[ -n $kept ]] || say "installing: downloading the list"
why=$(aws s3 cp --only-show-errors "$LIBRARIES/requirements.txt" "$state/requirements.txt" 2>&1) ||
    fail "cannot read $LIBRARIES/requirements.txt (run: mlproject libraries push): ${why##*$'\n'}"
list=$(sha256sum <"$state/requirements.txt")
fingerprint=$(printf '%s' "$list$python$LIBRARY_INDEX" | sha256sum | cut -c 1-16)
new=$state/environments/$fingerprint
source="S3, without an index"
[[ -z $LIBRARY_INDEX ]] || source="the index of this environment"

if [[ ! -f $new/complete ]]; then
    from=(--index-url "$LIBRARY_INDEX")
    if [[ -z $LIBRARY_INDEX ]]; then
        say "installing: downloading wheels from S3"
        mkdir -p "$state/wheels"
        sed -n 's/^# wheel \([0-9a-f]\{64\}\) \([A-Za-z0-9][A-Za-z0-9._+-]*\.whl\)$/\1 \2/p' "$state/requirements.txt" |
            xargs -r -P 4 -n 2 bash -c 'fetch "$@"' _ || fail "$(cat "$state/.why")"
        from=(--no-index --find-links "$state/wheels")
    fi
    say "installing: from $source"
    rm -rf "$new"
    "$base" -m venv "$new" || fail "cannot create a virtual environment with $base"
    # Ignores the pip configuration of the machine, so that pip installs only these files.
    PIP_CONFIG_FILE=/dev/null "$new/bin/python" -m pip --isolated --disable-pip-version-check install --no-input \
        --quiet --require-hashes --only-binary :all: "${from[@]}" -r "$state/requirements.txt" 2>"$state/.pip" ||
        { cat "$state/.pip"; fail "pip: $(grep -m 1 ERROR "$state/.pip" || tail -n 1 "$state/.pip")"; }
    "$new/bin/python" -c 'import ipykernel' || fail "the list does not contain ipykernel, which the kernel requires"
    printf '%s' "$python" >"$new/.complete"
    sync -f "$new"
    mv -f "$new/.complete" "$new/complete"
fi
register "$new"
printf '%s' "$fingerprint" >"$state/.current"
mv -f "$state/.current" "$state/current"
printf '%s' "$list" >"$state/installed"
rm -rf "$state/wheels"
say "installed: the kernel \"$KERNEL_TITLE\" has $(grep -c '==' "$state/requirements.txt") libraries, from $source"
