# Read by the shell of each job through BASH_ENV, before the job's script: adds what gitlab-ci-local lacks.
if [[ -n ${CI_JOB_NAME:-} && -z ${SIMULATOR_ENTERED:-} ]]; then
    export SIMULATOR_ENTERED=1
    # A job is a container with the packages installed: link those of this machine instead of installing them again.
    for name in .venv node_modules .venv-pipelines; do
        [[ -e $SIMULATOR_CHECKOUT/$name && ! -e $name ]] && ln -s "$SIMULATOR_CHECKOUT/$name" "$name"
    done
    # Otherwise make would see files that are newer than what is installed.
    touch -d @0 requirements/*.txt package-lock.json pyproject.toml scripts/install
    # The packages are those of the job's clone.
    export PYTHONPATH=$PWD
    eval "$(env -u BASH_ENV PYTHONPATH="$SIMULATOR_CHECKOUT" "$SIMULATOR_PYTHON" -m tests.gitlab.job_settings)"
    if [[ -n ${SIMULATOR_LOCK:-} ]]; then
        exec 9>"$SIMULATOR_STATE/$SIMULATOR_LOCK.lock"
        flock 9
    fi
    trap 'printf "{\"name\": \"%s\", \"code\": %d}\n" "$CI_JOB_NAME" $? >>"$SIMULATOR_STATE/results.jsonl"' EXIT
fi
