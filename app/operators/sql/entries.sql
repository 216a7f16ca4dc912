-- the condition is that of the index audit_of_operators
SELECT entry_id, extract(epoch FROM at)::double precision AS at_s, actor, action, subject, details::text AS details
FROM audit
WHERE actor LIKE 'operator:%' AND ($1::bigint IS NULL OR entry_id < $1)
ORDER BY entry_id DESC
LIMIT $2::integer
