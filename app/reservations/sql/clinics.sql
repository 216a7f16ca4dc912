SELECT c.clinic_id, c.region, c.name, c.address, coalesce(open.days, '{}') AS days
FROM clinics c LEFT JOIN (
    SELECT clinic_id, array_agg(DISTINCT day ORDER BY day) AS days FROM slots WHERE opening = $1 GROUP BY clinic_id
) AS open USING (clinic_id)
WHERE c.opening = $1 AND ($2::text IS NULL OR c.region = $2)
ORDER BY c.region, c.clinic_id
