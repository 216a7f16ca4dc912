-- Which unit somebody gets.

-- What every function answers; code tells what happened or why not
CREATE TYPE outcome_1 AS (
    code text,
    id uuid,
    reference text,
    slot_id bigint,
    clinic_id integer,
    starts_at timestamptz,
    until timestamptz,
    ahead integer
);

CREATE TYPE unit_key_1 AS (slot_id bigint, number integer);

-- Ten letters and digits that nobody can guess and nobody misreads (Crockford's base 32: no I, L, O, U), 50 bits.
CREATE FUNCTION new_reference_1() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    letters CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    bytes CONSTANT bytea := uuid_send(gen_random_uuid());
BEGIN
    -- bytes 6 and 8 of a random UUID hold its version and variant
    RETURN substr(letters, (get_byte(bytes, 0) & 31) + 1, 1) || substr(letters, (get_byte(bytes, 1) & 31) + 1, 1)
        || substr(letters, (get_byte(bytes, 2) & 31) + 1, 1) || substr(letters, (get_byte(bytes, 3) & 31) + 1, 1)
        || substr(letters, (get_byte(bytes, 4) & 31) + 1, 1) || substr(letters, (get_byte(bytes, 5) & 31) + 1, 1)
        || substr(letters, (get_byte(bytes, 9) & 31) + 1, 1) || substr(letters, (get_byte(bytes, 10) & 31) + 1, 1)
        || substr(letters, (get_byte(bytes, 11) & 31) + 1, 1) || substr(letters, (get_byte(bytes, 12) & 31) + 1, 1);
END
$$;

-- Where a person begins to look: the same for every attempt, another for everybody else, so that buyers do not convoy.
CREATE FUNCTION first_spread_1(p_person bytea) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT (get_byte(p_person, 0) << 23) | (get_byte(p_person, 1) << 15) | (get_byte(p_person, 2) << 7)
$$;

-- First look: any free unit that nobody else is at, from p_spread on.
CREATE FUNCTION first_look_1(
    p_opening text, p_slot bigint, p_clinic integer, p_region text, p_day date, p_spread integer
) RETURNS unit_key_1 LANGUAGE plpgsql AS $$
DECLARE
    found_unit unit_key_1;
BEGIN
    IF p_slot IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE slot_id = p_slot AND state = 'free' AND spread >= p_spread AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSIF p_clinic IS NOT NULL AND p_day IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE clinic_id = p_clinic AND day = p_day AND state = 'free' AND spread >= p_spread AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSIF p_clinic IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE clinic_id = p_clinic AND state = 'free' AND spread >= p_spread AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSIF p_day IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE opening = p_opening AND region = p_region AND day = p_day AND state = 'free' AND spread >= p_spread
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSE
        SELECT slot_id, number INTO found_unit FROM units
        WHERE opening = p_opening AND region = p_region AND state = 'free' AND spread >= p_spread
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    RETURN found_unit;
END
$$;

-- Second look: the rest of the free units, then holds that are over; still nobody is waited for.
CREATE FUNCTION second_look_1(
    p_opening text, p_slot bigint, p_clinic integer, p_region text, p_day date, p_spread integer, p_at timestamptz
) RETURNS unit_key_1 LANGUAGE plpgsql AS $$
DECLARE
    found_unit unit_key_1;
BEGIN
    IF p_slot IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE slot_id = p_slot AND state = 'free' AND spread < p_spread AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSIF p_clinic IS NOT NULL AND p_day IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE clinic_id = p_clinic AND day = p_day AND state = 'free' AND spread < p_spread AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSIF p_clinic IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE clinic_id = p_clinic AND state = 'free' AND spread < p_spread AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSIF p_day IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE opening = p_opening AND region = p_region AND day = p_day AND state = 'free' AND spread < p_spread
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    ELSE
        SELECT slot_id, number INTO found_unit FROM units
        WHERE opening = p_opening AND region = p_region AND state = 'free' AND spread < p_spread
        ORDER BY spread LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF NOT FOUND THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE state = 'held' AND until <= p_at AND opening = p_opening
            AND (p_slot IS NULL OR slot_id = p_slot) AND (p_clinic IS NULL OR clinic_id = p_clinic)
            AND (p_region IS NULL OR region = p_region) AND (p_day IS NULL OR day = p_day)
        ORDER BY until LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    RETURN found_unit;
END
$$;

-- Whether a unit of the choice can be taken at this moment: free, or held for too long. One statement, so that a unit
-- that is freed meanwhile is seen either before or after, and not missed by two statements.
CREATE FUNCTION any_left_1(
    p_opening text, p_slot bigint, p_clinic integer, p_region text, p_day date, p_at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    is_left boolean;
BEGIN
    IF p_slot IS NOT NULL THEN
        SELECT true INTO is_left FROM (VALUES (1)) AS once WHERE (
            SELECT true FROM units WHERE slot_id = p_slot AND state = 'free' AND opening = p_opening
            ORDER BY spread LIMIT 1
        ) OR over_left_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at);
    ELSIF p_clinic IS NOT NULL AND p_day IS NOT NULL THEN
        SELECT true INTO is_left FROM (VALUES (1)) AS once WHERE (
            SELECT true FROM units
            WHERE clinic_id = p_clinic AND day = p_day AND state = 'free' AND opening = p_opening
            ORDER BY spread LIMIT 1
        ) OR over_left_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at);
    ELSIF p_clinic IS NOT NULL THEN
        SELECT true INTO is_left FROM (VALUES (1)) AS once WHERE (
            SELECT true FROM units WHERE clinic_id = p_clinic AND state = 'free' AND opening = p_opening
            ORDER BY spread LIMIT 1
        ) OR over_left_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at);
    ELSIF p_day IS NOT NULL THEN
        SELECT true INTO is_left FROM (VALUES (1)) AS once WHERE (
            SELECT true FROM units
            WHERE opening = p_opening AND region = p_region AND day = p_day AND state = 'free'
            ORDER BY spread LIMIT 1
        ) OR over_left_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at);
    ELSE
        SELECT true INTO is_left FROM (VALUES (1)) AS once WHERE (
            SELECT true FROM units WHERE opening = p_opening AND region = p_region AND state = 'free'
            ORDER BY spread LIMIT 1
        ) OR over_left_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at);
    END IF;
    RETURN is_left;
END
$$;

-- Whether a hold of the choice is over. Stable: it sees what the statement around it sees.
CREATE FUNCTION over_left_1(
    p_opening text, p_slot bigint, p_clinic integer, p_region text, p_day date, p_at timestamptz
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM units
        WHERE state = 'held' AND until <= p_at AND opening = p_opening
            AND (p_slot IS NULL OR slot_id = p_slot) AND (p_clinic IS NULL OR clinic_id = p_clinic)
            AND (p_region IS NULL OR region = p_region) AND (p_day IS NULL OR day = p_day)
    );
END
$$;

-- Last look: without SKIP LOCKED. A unit is free and somebody is at it, so they are waited for: they may give it up, and
-- then it was free all the time.
CREATE FUNCTION last_look_1(
    p_opening text, p_slot bigint, p_clinic integer, p_region text, p_day date, p_at timestamptz
) RETURNS unit_key_1 LANGUAGE plpgsql AS $$
DECLARE
    found_unit unit_key_1;
BEGIN
    IF p_slot IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE slot_id = p_slot AND state = 'free' AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE;
    ELSIF p_clinic IS NOT NULL AND p_day IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE clinic_id = p_clinic AND day = p_day AND state = 'free' AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE;
    ELSIF p_clinic IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE clinic_id = p_clinic AND state = 'free' AND opening = p_opening
        ORDER BY spread LIMIT 1 FOR UPDATE;
    ELSIF p_day IS NOT NULL THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE opening = p_opening AND region = p_region AND day = p_day AND state = 'free'
        ORDER BY spread LIMIT 1 FOR UPDATE;
    ELSE
        SELECT slot_id, number INTO found_unit FROM units
        WHERE opening = p_opening AND region = p_region AND state = 'free'
        ORDER BY spread LIMIT 1 FOR UPDATE;
    END IF;
    IF NOT FOUND THEN
        SELECT slot_id, number INTO found_unit FROM units
        WHERE state = 'held' AND until <= p_at AND opening = p_opening
            AND (p_slot IS NULL OR slot_id = p_slot) AND (p_clinic IS NULL OR clinic_id = p_clinic)
            AND (p_region IS NULL OR region = p_region) AND (p_day IS NULL OR day = p_day)
        ORDER BY until LIMIT 1 FOR UPDATE;
    END IF;
    RETURN found_unit;
END
$$;

-- A unit of the choice, locked; null where there was none at one moment. A hold that is over goes to the waiting list
-- before it goes to somebody who walks in. Every turn of the loop but the last means that somebody else got a unit.
CREATE FUNCTION take_1(
    p_opening text, p_slot bigint, p_clinic integer, p_region text, p_day date, p_person bytea, p_place bigint,
    p_at timestamptz
) RETURNS unit_key_1 LANGUAGE plpgsql AS $$
DECLARE
    spread_from CONSTANT integer := first_spread_1(p_person);
    taken unit_key_1;
BEGIN
    taken := first_look_1(p_opening, p_slot, p_clinic, p_region, p_day, spread_from);
    WHILE taken IS NULL AND any_left_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at) LOOP
        taken := second_look_1(p_opening, p_slot, p_clinic, p_region, p_day, spread_from, p_at);
        IF taken IS NULL THEN
            taken := last_look_1(p_opening, p_slot, p_clinic, p_region, p_day, p_at);
        END IF;
        IF EXISTS (
            SELECT FROM units u WHERE u.slot_id = taken.slot_id AND u.number = taken.number AND u.until IS NOT NULL
        ) AND serve_1(taken.slot_id, taken.number, p_at, p_person, p_place, true) THEN
            taken := NULL;
        END IF;
    END LOOP;
    RETURN taken;
END
$$;

-- Why there was none: what was chosen does not exist, or it is gone.
CREATE FUNCTION refusal_1(p_opening text, p_slot bigint, p_clinic integer, p_region text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_slot IS NOT NULL THEN
            CASE WHEN EXISTS (SELECT FROM slots s WHERE s.slot_id = p_slot AND s.opening = p_opening)
                THEN 'slot-gone' ELSE 'unknown' END
        WHEN p_clinic IS NOT NULL THEN
            CASE WHEN EXISTS (SELECT FROM clinics c WHERE c.clinic_id = p_clinic AND c.opening = p_opening)
                THEN 'nothing-free' ELSE 'unknown' END
        WHEN EXISTS (SELECT FROM clinics c WHERE c.opening = p_opening AND c.region = p_region) THEN 'nothing-free'
        ELSE 'unknown'
    END
$$;
