SELECT code, id, slot_id, clinic_id, starts_at, until FROM hold_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
