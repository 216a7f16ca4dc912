-- Taken messages come again after a minute, unless they were sent: whoever takes them may die.
UPDATE messages m SET attempts = m.attempts + 1, not_before = $2::timestamptz + make_interval(secs => $3)
FROM (
    SELECT message_id FROM messages
    WHERE sent_at IS NULL AND not_before <= $2 AND opening = $1
    ORDER BY not_before LIMIT $4 FOR UPDATE SKIP LOCKED
) AS due, bookings b
WHERE m.message_id = due.message_id AND b.reference = m.reference
RETURNING m.message_id, m.kind, m.reference, m.attempts, b.person, b.contact
