-- free, and held by somebody whose time is over; sold out slots are told as well, with 0
WITH free AS (
    SELECT slot_id, count(*)::integer AS units FROM (
        SELECT slot_id FROM units WHERE opening = $1 AND region = $2 AND day = $3 AND state = 'free'
        UNION ALL
        SELECT slot_id FROM units
        WHERE state = 'held' AND until <= coalesce($4, now()) AND opening = $1 AND region = $2 AND day = $3
    ) AS takeable
    GROUP BY slot_id
)
SELECT s.slot_id, s.clinic_id, extract(epoch FROM s.starts_at)::bigint AS starts_s, coalesce(free.units, 0) AS free
FROM slots s LEFT JOIN free USING (slot_id)
WHERE s.opening = $1 AND s.region = $2 AND s.day = $3
ORDER BY s.starts_at, s.slot_id
