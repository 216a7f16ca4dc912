"""``python -m floodgate``, the same as ``floodgate``."""

from floodgate.cli import main

if __name__ == "__main__":
    main()
