#!/bin/bash
# Installs the libraries and looks after the work, side by side, as ec2-user.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
tools=/opt/mlproject/tools
[[ -z $LIBRARIES ]] || bash "$tools/libraries.sh" &
exec bash "$tools/work.sh"
