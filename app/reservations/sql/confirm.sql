SELECT code, reference, slot_id, clinic_id, starts_at FROM confirm_1($1, $2, $3, $4, $5, $6, $7)
