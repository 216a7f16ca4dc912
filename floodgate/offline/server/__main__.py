"""``python -m floodgate.offline.server FOLDER REGION``: started by `floodgate offline`, never by hand."""

import sys

from floodgate.offline.server.serving import main

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
