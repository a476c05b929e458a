#!/bin/bash
# Installs the project's libraries on a node of an EMR cluster, as the user hadoop, before the applications start.
# Arguments: region, archive of node_libraries in S3 and its SHA-256, s3://bucket/libraries, s3://bucket/ of the reports,
# name of the list, URL of the index (none for the wheels in S3).
# If the action fails on a node, EMR terminates the cluster with BOOTSTRAP_FAILURE:
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-bootstrap.html
set -euo pipefail
region=$1 archive=$2 sha256=$3 libraries=$4 reports=$5 list=$6 index=${7:-}
# The aws CLI waits up to 20 seconds between its attempts, as when S3 is throttled:
# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-retries.html
variables=("AWS_DEFAULT_REGION=$region" AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

env "${variables[@]}" aws s3 cp --only-show-errors "$archive" "$work/archive.tar.gz" ||
    { echo "mlproject: cannot read $archive, so no library was installed" >&2; exit 1; }
sha256sum --check --status <<<"$sha256  $work/archive.tar.gz" ||
    { echo "mlproject: $archive does not have the sha256 of this version, so no library was installed" >&2; exit 1; }
tar -xzf "$work/archive.tar.gz" -C "$work"
cd /
sudo env "${variables[@]}" HOME=/root PYTHONPATH="$work" \
    LIBRARIES="$libraries/emr/$list" WHEELS="$libraries/wheels" REPORTS="$reports" LIBRARY_INDEX="$index" \
    IMPORT_USER="$(id -un)" python3 -B -m node_libraries
