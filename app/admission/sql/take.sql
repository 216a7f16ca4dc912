-- $1 opening, $2 who, $3 seconds of the lease, $4 seconds for which it must have been free.
-- Takes a lease that is over, by the database's clock; no row where somebody has it.
UPDATE admission
SET leader = $2, epoch = epoch + 1, lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE opening = $1 AND lease_until <= clock_timestamp() - make_interval(secs => $4)
RETURNING epoch, begun, joined, joins_per_s, prequeue, serving, settled, lapsed, inside, show_share, rate_per_s,
    extract(epoch FROM clock_timestamp() - seen_at)::float8 AS age_s
