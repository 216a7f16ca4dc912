"""One web worker of a service that is measured: ``python -m app.calibration.worker``, told by JSON on stdin.

It is the worker that `serve` starts, without a supervisor above it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.running.worker import Inherited, run
from app.settings import Settings

if __name__ == "__main__":
    told = json.load(sys.stdin)
    inherited = Inherited(told["number"], told["listening"], told["ready"], Path(told["snapshots"]))
    run(Settings.model_validate(told["settings"]), inherited)
