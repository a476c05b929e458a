#!/bin/bash
# Installs the project's libraries on a node of an EMR cluster, as the user hadoop, before the applications start.
# Arguments: region, s3://bucket/libraries, name of the list, URL of the index ("" for the wheels in S3).
# If the action fails on a node, EMR terminates the cluster with BOOTSTRAP_FAILURE:
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-bootstrap.html
set -euo pipefail
region=$1 libraries=$2 list=$3 index=${4:-}
export AWS_DEFAULT_REGION=$region
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "mlproject: cannot install the libraries: $1" >&2
    exit 1
}

fetch() {
    aws s3 cp --only-show-errors "$libraries/wheels/$1/$2" "$2" ||
        { echo "mlproject: $libraries/wheels/$1/$2 cannot be read" >&2; return 1; }
    sha256sum --check --status <<<"$1  $2" ||
        { echo "mlproject: $libraries/wheels/$1/$2 does not match the sha256 in the list" >&2; return 1; }
}
export -f fetch
export libraries

aws s3 cp --only-show-errors "$libraries/emr/$list/requirements.txt" requirements.txt ||
    fail "cannot read $libraries/emr/$list/requirements.txt. Run: mlproject libraries push"
if [[ -n $index ]]; then
    from=(--index-url "$index")
    echo "mlproject: installing from the index of this environment"
else
    sed -n 's/^# wheel \([0-9a-f]\{64\}\) \([A-Za-z0-9][A-Za-z0-9._+-]*\.whl\)$/\1 \2/p' requirements.txt |
        xargs -r -P 4 -n 2 bash -c 'fetch "$@"' _ || fail "a wheel is missing or does not match its sha256"
    from=(--no-index --find-links "$work")
    echo "mlproject: installing from S3, without an index"
fi
# pip cannot uninstall packages of the operating system. It installs its own next to them, which Python finds first.
sudo env PIP_CONFIG_FILE=/dev/null python3 -m pip --isolated --disable-pip-version-check install --no-input --quiet \
    --ignore-installed --require-hashes --only-binary :all: "${from[@]}" -r requirements.txt || fail "pip failed, see its message above"
echo "mlproject: installed $(grep -c '==' requirements.txt) libraries"
