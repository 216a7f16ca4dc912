SELECT code, reference, slot_id, clinic_id, starts_at FROM cancel_1($1, $2, $3, $4, $5)
