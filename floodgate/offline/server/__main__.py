"""``python -m floodgate.offline.server FOLDER REGION``: started by `floodgate offline`, never by hand."""

import sys

from floodgate.offline.server import sources

# before moto takes the functions of time and chance that it asks
sources.install()

from floodgate.offline.server.serving import main  # noqa: E402 - see above

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
