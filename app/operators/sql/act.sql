-- The change and its entry in the audit trail are one statement, hence one transaction: neither is there without the other.
WITH changed AS (
    INSERT INTO controls AS c (opening, paused, share, announcement, providers_closed)
    VALUES (
        $1::text,
        coalesce($2::boolean, false),
        coalesce($3::double precision, 1),
        coalesce($4::text::jsonb, '{}'),
        CASE WHEN NOT $6::boolean THEN ARRAY[$5::text] ELSE '{}' END
    )
    ON CONFLICT (opening) DO UPDATE SET
        paused = coalesce($2, c.paused),
        share = coalesce($3, c.share),
        announcement = coalesce($4::text::jsonb, c.announcement),
        providers_closed = CASE
            WHEN $6 THEN array_remove(c.providers_closed, $5)
            WHEN NOT $6 THEN array_append(array_remove(c.providers_closed, $5), $5)
            ELSE c.providers_closed
        END,
        revision = c.revision + 1,
        changed_at = now()
    RETURNING paused, share, announcement, providers_closed
), noted AS (
    INSERT INTO audit (actor, action, subject, details)
    VALUES ($7::text, $8::text, $1, $9::text::jsonb)
)
SELECT paused, share, announcement::text AS announcement, providers_closed FROM changed
