# shellcheck shell=bash
# Read by the shell of each job through BASH_ENV, before the job's script: adds what gitlab-ci-local lacks.
if [[ $0 == */.gitlab-ci-local/scripts/* && -z ${SIMULATOR_ENTERED:-} ]]; then
    export SIMULATOR_ENTERED=1
    trap 'printf "{\"name\": \"%s\", \"code\": %d}\n" "$CI_JOB_NAME" $? >>"$SIMULATOR_STATE/results.jsonl"' EXIT
    job=${0##*/}
    # With an image, gitlab-ci-local names the folder in the container, although it starts none.
    export CI_PROJECT_DIR=$SIMULATOR_STATE/builds/${job%_*}
    # Every job finds the packages of this machine installed, and `make` (the one beside this file) leaves them alone.
    for name in .venv node_modules .venv-pipelines; do
        [[ ! -e $SIMULATOR_CHECKOUT/$name ]] || ln -sfn "$SIMULATOR_CHECKOUT/$name" "$CI_PROJECT_DIR/$name"
    done
    settings=$(env -u BASH_ENV PYTHONPATH="$SIMULATOR_CHECKOUT" "$SIMULATOR_PYTHON" -m tests.ci.job_settings) || exit
    eval "$settings"
    # The packages of this project are those of the job's own clone.
    export PYTHONPATH=$CI_PROJECT_DIR
    if [[ -n ${SIMULATOR_LOCK:-} ]]; then
        exec 9>"$SIMULATOR_STATE/$SIMULATOR_LOCK.lock"
        flock 9
    fi
fi
