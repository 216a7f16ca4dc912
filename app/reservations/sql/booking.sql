SELECT b.state AS code, b.reference, b.slot_id, s.clinic_id, s.starts_at
FROM bookings b JOIN slots s USING (slot_id)
WHERE b.reference = $1 AND b.opening = $2
