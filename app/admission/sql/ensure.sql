-- $1 opening. Makes its row, once.
INSERT INTO admission (opening) VALUES ($1) ON CONFLICT (opening) DO NOTHING
