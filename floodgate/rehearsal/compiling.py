"""Functions that run as plain Python and, where it pays, as machine code: the same text, the same numbers.

`kernel` marks a function over numbers and vectors. It stays an ordinary function; `compiled` makes machine code of one
with all that it calls, by Numba (https://numba.readthedocs.io). Vectors are lists for Python, which reads single
numbers from lists fastest, and arrays for machine code; `as_arrays` turns the one into the other.

Compiling takes some ten seconds, a night in plain Python less than one. So only who plays many nights compiles, once
for a machine: the code is kept beside this package, or, where that cannot be written, in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Vector = list[float] | NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

_KERNELS: list[Callable[..., Any]] = []


def kernel(function: Function) -> Function:
    """Mark a function that compiled ones may call."""
    _KERNELS.append(function)
    return function


def can_compile() -> bool:
    """Whether Numba is there and is not switched off by ``NUMBA_DISABLE_JIT``."""
    try:
        return os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0") and find_spec("numba") is not None
    except ValueError:
        return False


def as_arrays(value: Any) -> Any:
    """The same nest of named tuples with every list as an array of doubles."""
    if isinstance(value, list):
        return np.array(value, dtype=np.float64)
    if isinstance(value, tuple):
        return type(value)(*map(as_arrays, value))
    return value


@cache
def compiled(make: Callable[[str], Function]) -> Function:
    """Machine code of what `make` makes, compiled at the first call or read from the cache.

    Args:
        make: makes the function; it must enclose the digest of the sources that it is given, since of itself Numba's
            cache looks only at the file of the outermost function.

    Returns:
        The function itself where nothing compiles.
    """
    if not can_compile():
        return make("")
    from numba import njit  # noqa: PLC0415 - a third of a second that plain Python spares
    from numba.extending import register_jitable  # noqa: PLC0415 - the same

    for called in _KERNELS:
        register_jitable(error_model="numpy")(called)
    function = make(stamp())
    try:
        return cast("Function", njit(cache=True, error_model="numpy")(function))
    except RuntimeError:
        # no folder can be written: compile anew in every process
        return cast("Function", njit(error_model="numpy")(function))


def is_ready(make: Callable[[str], Callable[..., Any]]) -> bool:
    """Whether machine code of this is in the cache, so that it is there in a moment rather than in ten seconds."""
    marker = _marker(make)
    return marker is not None and marker.exists()


@cache
def keep_ready(make: Callable[[str], Callable[..., Any]]) -> None:
    """Note that the code is in the cache, after it has run once; fail-open, since nothing but time depends on it."""
    marker = _marker(make)
    if marker is not None:
        with suppress(OSError):
            marker.touch()


def _marker(make: Callable[[str], Callable[..., Any]]) -> Path | None:
    """The file that says so, beside the code and named after its sources; None where nothing is kept."""
    if not can_compile():
        return None
    code: Any = compiled(make)
    folder = code.stats.cache_path
    return Path(folder) / f"rehearsal-{stamp()[:16]}.ready" if folder else None


def stamp() -> str:
    """A digest of all sources."""
    files = sorted({sys.modules[called.__module__].__file__ or "" for called in _KERNELS})
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
