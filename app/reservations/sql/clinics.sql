SELECT clinic_id, region, name, address FROM clinics
WHERE opening = $1 AND ($2::text IS NULL OR region = $2)
ORDER BY region, clinic_id
