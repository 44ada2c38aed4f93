#!/bin/sh
# The tests that need no browser, on the servers that DATABASE_URL and REDIS_URL name; extra arguments
# go to pytest. Of tests/architecture only the contracts: the others ask git what is in the repository,
# and the image has no repository.
set -u
cd "$(dirname "$0")/.."

lanes='tests/unit tests/integration tests/e2e tests/notebooks tests/architecture/test_imports.py'
status=0
# Two processes: each takes several of the 16 numbered databases of Redis.
# shellcheck disable=SC2086 # one argument for each lane
python -m pytest $lanes -n 2 -m 'not serial' "$@" || status=$?
[ "$status" -le 1 ] || exit "$status"
serial=0
python -m pytest $lanes -m serial "$@" || serial=$?
[ "$serial" -eq 0 ] || [ "$serial" -eq 5 ] || status=$serial  # 5: there are none
exit "$status"
