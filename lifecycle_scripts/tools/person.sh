# shellcheck shell=bash
# Sourced by start.sh: sets up the account of ec2-user, so that the other tools have its proxy and certificates, then
# keeps START HERE and the logs in CloudWatch up to date in the background.
if [[ -f /opt/mlproject/tools/notebooks/$NOTEBOOK/description.json ]]; then
    # A second start at the same time waits, and leaves what goes on in the background to the first.
    PYTHONPATH=/opt/mlproject/tools/person flock /opt/mlproject/tools/.account-lock python3 -m mlproject_notebook.account ||
        echo "the account could not be set up"
    # shellcheck source=/dev/null
    [[ ! -f /opt/mlproject/tools/environment ]] || . /opt/mlproject/tools/environment
    PYTHONPATH=/opt/mlproject/tools/person flock --nonblock /opt/mlproject/tools/.person-lock python3 -m mlproject_notebook &
else
    echo "the tools do not describe $NOTEBOOK, so that there is no START HERE notebook"
fi
