"""Reports of a rehearsal: one self-contained HTML file, and a summary for the terminal."""
