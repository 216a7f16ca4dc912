-- The waiting list: a freed unit goes to the first wish that it suits, in the transaction that frees it.

-- Books a locked unit for the first wish that it suits; false where there is none.
-- p_person with p_place is whoever is being given a unit at this moment: somebody who walks in and comes to their own
-- wish takes the unit themselves; where they only leave a unit behind, their wish is passed over.
-- Who has booked meanwhile wishes no more. Who holds a unit at this moment, or gives this very one back, is passed over
-- and stays first.
CREATE FUNCTION serve_1(
    p_slot bigint, p_number integer, p_at timestamptz, p_person bytea, p_place bigint, p_walks_in boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    unit record;
    wish record;
    after_number bigint := 0;
    new_reference text;
BEGIN
    SELECT opening, region, clinic_id, day, person INTO unit FROM units WHERE slot_id = p_slot AND number = p_number;
    LOOP
        SELECT first.wish_id, first.wish_number INTO wish
        FROM (VALUES (0, date '-infinity'), (unit.clinic_id, date '-infinity'), (0, unit.day),
            (unit.clinic_id, unit.day)) AS fit (clinic_id, day)
        CROSS JOIN LATERAL (
            SELECT w.wish_id, w.wish_number FROM wishes w
            WHERE w.opening = unit.opening AND w.region = unit.region AND w.clinic_id = fit.clinic_id
                AND w.day = fit.day AND w.state = 'open' AND w.wish_number > after_number
            ORDER BY w.wish_number LIMIT 1
        ) AS first
        ORDER BY first.wish_number LIMIT 1;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        -- whoever serves this wish at the moment is waited for, so that nobody is served out of order
        SELECT w.wish_id, w.wish_number, w.person, w.place, w.contact INTO wish
        FROM wishes w WHERE w.wish_id = wish.wish_id AND w.contact IS NOT NULL FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        IF EXISTS (
            SELECT FROM units u WHERE u.opening = unit.opening AND u.state = 'booked' AND u.person = wish.person
        ) OR EXISTS (
            SELECT FROM units u WHERE u.opening = unit.opening AND u.state = 'booked' AND u.place = wish.place
        ) THEN
            UPDATE wishes SET state = 'moot', contact = NULL WHERE wish_id = wish.wish_id;
            CONTINUE;
        ELSIF p_walks_in AND (wish.person = p_person OR wish.place = p_place) THEN
            RETURN false;
        ELSIF wish.person = unit.person OR wish.person = p_person OR wish.place = p_place THEN
            after_number := wish.wish_number;
            CONTINUE;
        END IF;
        BEGIN
            new_reference := new_reference_1();
            UPDATE units
            SET state = 'booked', person = wish.person, place = wish.place, reference = new_reference, hold_id = NULL,
                until = NULL
            WHERE slot_id = p_slot AND number = p_number;
            INSERT INTO bookings (reference, opening, person, place, slot_id, number, booked_at, contact)
            VALUES (new_reference, unit.opening, wish.person, wish.place, p_slot, p_number, p_at, wish.contact);
        EXCEPTION WHEN unique_violation THEN
            after_number := wish.wish_number;
            CONTINUE;
        END;
        UPDATE wishes SET state = 'served', contact = NULL WHERE wish_id = wish.wish_id;
        INSERT INTO messages (opening, kind, reference, queued_at, not_before)
        VALUES (unit.opening, 'booked-from-waiting-list', new_reference, p_at, p_at);
        INSERT INTO audit (at, actor, action, subject, details)
        VALUES (p_at, 'waiting-list', 'booked', new_reference,
            jsonb_build_object('slot', p_slot, 'number', p_number, 'wish', wish.wish_id));
        RETURN true;
    END LOOP;
END
$$;

-- One wish for each person; another one takes its place, at the end of the list, the same one keeps its place.
-- Of those who stand before are counted whom a unit might suit first, up to 10,000.
CREATE FUNCTION wish_1(
    p_answer uuid, p_body bigint, p_opening text, p_place bigint, p_person bytea,
    p_clinic integer, p_region text, p_day date, p_contact bytea, p_at timestamptz DEFAULT NULL
) RETURNS outcome_1 LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    wish_region text;
    own record;
    outcome outcome_1;
BEGIN
    outcome := answer_1(p_answer, p_body);
    IF outcome.code IS NOT NULL THEN
        RETURN outcome;
    END IF;
    IF EXISTS (
        SELECT FROM units u WHERE u.person = p_person AND u.opening = p_opening AND u.state = 'booked'
    ) THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'already-booked');
    ELSIF EXISTS (
        SELECT FROM units u WHERE u.place = p_place AND u.opening = p_opening AND u.state = 'booked'
    ) THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'place-used');
    END IF;
    SELECT c.region INTO wish_region FROM clinics c
    WHERE c.opening = p_opening AND (p_clinic IS NULL OR c.clinic_id = p_clinic)
        AND (p_region IS NULL OR c.region = p_region)
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'unknown');
    END IF;

    SELECT w.wish_id, w.wish_number,
        (w.region, w.clinic_id, w.day) = (wish_region, coalesce(p_clinic, 0), coalesce(p_day, '-infinity')) AS same
    INTO own FROM wishes w
    WHERE w.person = p_person AND w.opening = p_opening AND w.contact IS NOT NULL FOR UPDATE;
    IF own.same THEN
        UPDATE wishes SET contact = p_contact WHERE wish_id = own.wish_id;
    ELSE
        UPDATE wishes SET state = 'withdrawn', contact = NULL WHERE wish_id = own.wish_id;
        INSERT INTO wishes (wish_id, opening, region, clinic_id, day, person, place, wished_at, contact)
        VALUES (gen_random_uuid(), p_opening, wish_region, coalesce(p_clinic, 0), coalesce(p_day, '-infinity'),
            p_person, p_place, at_time, p_contact)
        RETURNING wish_id, wish_number INTO own;
    END IF;
    outcome.code := 'wished';
    outcome.id := own.wish_id;
    SELECT count(*) INTO outcome.ahead FROM (
        SELECT FROM wishes w
        WHERE w.opening = p_opening AND w.region = wish_region AND w.state = 'open'
            AND w.wish_number < own.wish_number
            AND (p_clinic IS NULL OR w.clinic_id IN (0, p_clinic)) AND (p_day IS NULL OR w.day IN ('-infinity', p_day))
        LIMIT 10000
    ) AS before;
    RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
END
$$;

-- A wish is taken back; once more is no error, but a wish that was served or never was is unknown.
CREATE FUNCTION unwish_1(p_opening text, p_person bytea, p_wish uuid) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    UPDATE wishes SET state = 'withdrawn', contact = NULL
    WHERE wish_id = p_wish AND opening = p_opening AND person = p_person AND state IN ('open', 'withdrawn');
    RETURN FOUND;
END
$$;
