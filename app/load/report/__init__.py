"""A load run's summary for people: on the terminal, and as one HTML file."""
