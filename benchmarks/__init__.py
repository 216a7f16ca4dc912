"""The numbers that this project promises, measured; `make bench` prints them, no test depends on them."""
