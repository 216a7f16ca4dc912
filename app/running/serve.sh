#!/bin/sh
# Runs the service out of this archive, which was built for @ARCHITECTURE@ and Python @PYTHON@.
set -eu

home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
if [ "$(uname -m)" != "@MACHINE@" ]; then
  echo "this archive is for @ARCHITECTURE@, but the machine is $(uname -m); unpack the other one" >&2
  exit 2
fi

# compiled libraries fit one version alone
python=
for found in "${FLOODGATE_PYTHON:-}" python@PYTHON@ python3; do
  if [ -n "$found" ] && "$found" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null; then
    python=$found
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python @PYTHON@ is not installed; install it, or name it in FLOODGATE_PYTHON" >&2
  exit 2
fi

cd "$home"
# bytecode beside the release would outlive it, and the next release's files are of the same age
export PYTHONPATH="$home:$home/lib" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
exec "$python" -m app serve "$@"
