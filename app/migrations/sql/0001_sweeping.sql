-- What the leader does each second.

CREATE TYPE swept_1 AS (freed integer, served integer);

-- Frees holds that are over, at most p_limit, and serves the waiting list with them. Units that somebody is at are
-- passed over: whoever confirms at this moment keeps theirs.
CREATE FUNCTION sweep_1(p_opening text, p_limit integer, p_at timestamptz DEFAULT NULL) RETURNS swept_1
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    unit record;
    swept swept_1 := (0, 0);
BEGIN
    FOR unit IN
        SELECT slot_id, number FROM units
        WHERE state = 'held' AND until <= at_time AND opening = p_opening
        ORDER BY until LIMIT p_limit FOR UPDATE SKIP LOCKED
    LOOP
        IF give_back_1(unit.slot_id, unit.number, at_time, NULL, NULL) THEN
            swept.served := swept.served + 1;
        ELSE
            swept.freed := swept.freed + 1;
        END IF;
    END LOOP;
    RETURN swept;
END
$$;

-- Serves wishes with units that are free: a unit may have been freed while a wish was being made, or while its person
-- held another. One wish of each kind (region, clinic, day) is tried, so the work does not grow with the list.
CREATE FUNCTION match_1(p_opening text, p_limit integer, p_at timestamptz DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    kind record;
    taken unit_key_1;
    served integer := 0;
BEGIN
    FOR kind IN
        WITH RECURSIVE kinds AS (
            (SELECT w.region, w.clinic_id, w.day FROM wishes w WHERE w.opening = p_opening AND w.state = 'open'
            ORDER BY w.region, w.clinic_id, w.day LIMIT 1)
            UNION ALL
            SELECT next.region, next.clinic_id, next.day FROM kinds k CROSS JOIN LATERAL (
                SELECT w.region, w.clinic_id, w.day FROM wishes w
                WHERE w.opening = p_opening AND w.state = 'open'
                    AND (w.region, w.clinic_id, w.day) > (k.region, k.clinic_id, k.day)
                ORDER BY w.region, w.clinic_id, w.day LIMIT 1
            ) AS next
        )
        SELECT k.region, k.clinic_id, k.day FROM kinds k
    LOOP
        EXIT WHEN served >= p_limit;
        taken := first_look_1(
            p_opening, NULL, nullif(kind.clinic_id, 0), kind.region, nullif(kind.day, '-infinity'), 0
        );
        IF taken IS NOT NULL AND serve_1(taken.slot_id, taken.number, at_time, NULL, NULL, false) THEN
            served := served + 1;
        END IF;
    END LOOP;
    RETURN served;
END
$$;

-- Forgets answers that nobody can ask for any more, and the wishes of people who have booked.
CREATE FUNCTION forget_1(p_opening text, p_answers_before timestamptz) RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM answers WHERE answered_at < p_answers_before;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    UPDATE wishes w SET state = 'moot', contact = NULL
    FROM units u
    WHERE w.opening = p_opening AND w.contact IS NOT NULL AND u.person = w.person AND u.opening = w.opening
        AND u.state = 'booked';
    RETURN forgotten;
END
$$;
