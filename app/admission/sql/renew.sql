-- $1 opening, $2 who, $3 epoch, $4 seconds of the lease, then what has been seen and is to be called; NULL where unknown.
-- Renews the lease and raises the numbers, never lowers them; no row where another has led since.
UPDATE admission
SET lease_until = clock_timestamp() + make_interval(secs => $4),
    begun = begun OR $5,
    joined = greatest(joined, $6),
    seen_at = CASE WHEN $6::bigint IS NULL THEN seen_at ELSE clock_timestamp() END,
    joins_per_s = coalesce($7, joins_per_s),
    prequeue = coalesce(prequeue, $8),
    serving = greatest(serving, $9),
    settled = greatest(settled, $10),
    lapsed = greatest(lapsed, $11),
    inside = coalesce($12, inside),
    show_share = coalesce($13, show_share),
    rate_per_s = coalesce($14, rate_per_s)
WHERE opening = $1 AND leader = $2 AND epoch = $3
RETURNING epoch, begun, joined, joins_per_s, prequeue, serving, settled, lapsed, inside, show_share, rate_per_s,
    extract(epoch FROM clock_timestamp() - seen_at)::float8 AS age_s
