-- $1 opening. Its checkpoint, for those who only look.
SELECT epoch, begun, joined, joins_per_s, prequeue, serving, settled, lapsed, inside, show_share, rate_per_s,
    extract(epoch FROM clock_timestamp() - seen_at)::float8 AS age_s
FROM admission
WHERE opening = $1
