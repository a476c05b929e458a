#!/bin/bash
# Starts the tools, as ec2-user. The archive is kept on the volume, so that only a new version needs S3.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
volume=/home/ec2-user/SageMaker
archive=$volume/.mlproject/tools.tar.gz

# The kernel and the libraries of the last start stay on the volume, but nothing uses them without the tools.
fail() {
    echo "$(date -u +%FT%TZ) $1"
    printf 'failed: %s\n(%s; details: /var/log/mlproject.log)\n' "$1" "$(date -u +'%F %T UTC')" >"$volume/mlproject-status.txt"
    exit 1
}

# Whoever replaces the content of the home directory finds the saved work in it, as on a new volume.
[[ -e $volume/.mlproject ]] || new=new
mkdir -p "$volume/.mlproject" || fail "the path ~/SageMaker/.mlproject is not a folder that ec2-user can write to. Rename it, and stop and start the notebook"
[[ -z ${new:-} ]] || touch "$volume/.mlproject/new"

matches() {
    sha256sum --check --status <<<"$TOOLS_SHA256  $1" 2>/dev/null
}

# Two starts at once unpack the tools one after the other, and only once, since the first already uses them.
exec 9>/opt/mlproject/tools/.lock && flock 9
if ! matches "$archive"; then
    path=${TOOLS#s3://}
    # Unlike `aws s3 cp`, which first asks for the metadata of the object, it prints which permission is missing.
    if ! why=$(timeout 600 aws s3api get-object --bucket "${path%%/*}" --key "${path#*/}" "$archive.new" 2>&1); then
        why=${why##*$'\n'}
        why="cannot read $TOOLS: ${why:-no response within 600 seconds}"
        [[ $why != *"not authorized"* ]] ||
            why+=". Run \`mlproject why\` with this message on your laptop, do what it says, and stop and start the notebook"
    elif ! matches "$archive.new"; then
        why="$TOOLS does not have the sha256 of this version"
    else
        mv -f "$archive.new" "$archive"
        why=
    fi
    rm -f "$archive.new"
    [[ -z $why ]] || echo "$(date -u +%FT%TZ) $why; the tools of the last start are used, if there are any"
fi
unpacked=/opt/mlproject/tools/.unpacked
sum=$(sha256sum "$archive")
if [[ -z $sum || $sum != "$(cat $unpacked 2>/dev/null)" ]]; then
    tar -xzf "$archive" -C /opt/mlproject/tools || fail "no tools: ${why:-$archive cannot be unpacked}"
    echo "$sum" >$unpacked
fi
exec 9>&-
exec bash /opt/mlproject/tools/start.sh
