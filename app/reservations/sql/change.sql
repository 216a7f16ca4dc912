SELECT code, reference, slot_id, clinic_id, starts_at FROM change_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
