"""How one server's database connections are divided: some for its controller, the others evenly among its workers."""

from __future__ import annotations

from app.errors import SetupError

OF_CONTROLLER = 2


def of_worker(connections: int, workers: int) -> int:
    """Connections that one worker may hold to the writer; as many again to the readers, which are other machines.

    Raises:
        SetupError: there is not one for each.
    """
    share = (connections - OF_CONTROLLER) // workers
    if share < 1:
        raise SetupError(
            f"connections is {connections}, but {workers} workers and the controller need "
            f"{workers + OF_CONTROLLER} at least; raise connections or run fewer workers"
        )
    return share
