SELECT entry_id, extract(epoch FROM at)::float8 AS at_s, actor, action, subject, details FROM audit
WHERE entry_id > $1 ORDER BY entry_id LIMIT $2
