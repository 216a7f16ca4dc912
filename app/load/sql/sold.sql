-- Counts what was sold by two independent ways, the units and the bookings, so that a fault of one shows in the other.
WITH taken AS (
    SELECT slot_id, count(*) AS units FROM units WHERE opening = $1 AND state <> 'free' GROUP BY slot_id
), sold AS (
    SELECT slot_id, count(*) AS bookings, count(DISTINCT number) AS numbers
    FROM bookings WHERE opening = $1 AND state = 'booked' GROUP BY slot_id
)
SELECT
    (SELECT count(*) FROM bookings WHERE opening = $1 AND state = 'booked') AS booked,
    (SELECT count(*) FROM units WHERE opening = $1 AND state = 'held') AS held,
    (SELECT coalesce(sum(capacity), 0) FROM slots WHERE opening = $1) AS capacity,
    (
        SELECT count(*) FROM slots
        LEFT JOIN taken USING (slot_id)
        LEFT JOIN sold USING (slot_id)
        WHERE opening = $1
        AND (taken.units > capacity OR sold.bookings > capacity OR sold.bookings <> sold.numbers)
    ) AS over_capacity,
    (
        SELECT count(*) FROM (
            SELECT person FROM bookings WHERE opening = $1 AND state = 'booked' GROUP BY person HAVING count(*) > 1
        ) AS several
    ) AS people_with_several,
    (
        SELECT count(*) FROM (
            SELECT place FROM bookings WHERE opening = $1 AND state = 'booked' GROUP BY place HAVING count(*) > 1
        ) AS several
    ) AS places_with_several,
    (
        SELECT count(*) FROM unnest($2::text[]) AS answered (reference)
        LEFT JOIN bookings ON bookings.reference = answered.reference AND bookings.state = 'booked'
        WHERE bookings.reference IS NULL
    ) AS references_missing
