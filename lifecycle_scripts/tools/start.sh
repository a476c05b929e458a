#!/bin/bash
# Installs the libraries, tells people the status and looks after the work, side by side, as ec2-user.
set -uo pipefail
# shellcheck source=/dev/null
. /opt/mlproject/settings
tools=/opt/mlproject/tools
# shellcheck source=lifecycle_scripts/tools/person.sh
. "$tools/person.sh"
[[ -z $LIBRARIES ]] || bash "$tools/libraries.sh" &
exec bash "$tools/work.sh"
