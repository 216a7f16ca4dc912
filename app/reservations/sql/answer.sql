SELECT code, id, reference, slot_id, clinic_id, starts_at, until, ahead FROM answer_1($1, $2)
