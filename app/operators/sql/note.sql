INSERT INTO audit (actor, action, subject, details) VALUES ($1::text, $2::text, $3::text, $4::text::jsonb)
