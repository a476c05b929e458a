#!/bin/bash
# Starts the tools, as ec2-user. The archive is kept on the volume, so that only a new version needs S3.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
volume=/home/ec2-user/SageMaker
archive=$volume/.mlproject/tools.tar.gz
mkdir -p "$volume/.mlproject"

# The kernel and the libraries of the last start stay on the volume, but nothing uses them without the tools.
fail() {
    echo "$(date -u +%FT%TZ) $1"
    printf 'failed: %s\n(%s; details: /var/log/mlproject.log)\n' "$1" "$(date -u +'%F %T UTC')" >"$volume/mlproject-status.txt"
    exit 1
}

matches() {
    sha256sum --check --status <<<"$TOOLS_SHA256  $1" 2>/dev/null
}

if ! matches "$archive"; then
    if ! why=$(aws s3 cp --only-show-errors "$TOOLS" "$archive.new" 2>&1); then
        why="cannot read $TOOLS: ${why##*$'\n'}"
    elif ! matches "$archive.new"; then
        why="$TOOLS does not have the sha256 of this version"
    else
        mv -f "$archive.new" "$archive"
        why=
    fi
    rm -f "$archive.new"
    [[ -z $why ]] || echo "$(date -u +%FT%TZ) $why; the tools of the last start are used, if there are any"
fi
tar -xzf "$archive" -C /opt/mlproject/tools || fail "no tools: ${why:-$archive cannot be unpacked}"
exec bash /opt/mlproject/tools/start.sh
