INSERT INTO audit (actor, action, subject, details) VALUES ($1, $2, $3, $4) RETURNING entry_id
