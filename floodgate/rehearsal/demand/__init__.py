"""Real traffic as a crowd: people who came, second by second, out of logs or a table."""
