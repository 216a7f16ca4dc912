-- Holding, giving back, confirming.
-- Order of locks: booking, new unit, old unit, wish, then rows that are inserted. Only the last look waits for units,
-- always in the order of spread, and an old unit is never waited for. Two who serve each other's wishes can still meet:
-- PostgreSQL ends one of them, and the repository does it again.

-- A unit that is locked goes to the first wish that it suits, else it is free. True where a wish was served.
CREATE FUNCTION give_back_1(
    p_slot bigint, p_number integer, p_at timestamptz, p_person bytea, p_place bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF serve_1(p_slot, p_number, p_at, p_person, p_place, false) THEN
        RETURN true;
    END IF;
    UPDATE units
    SET state = 'free', person = NULL, place = NULL, hold_id = NULL, until = NULL, reference = NULL
    WHERE slot_id = p_slot AND number = p_number;
    RETURN false;
END
$$;

-- A unit of the choice is kept for the person until the hold is over.
-- Who holds already: what they hold is theirs until another is found, then it is given back in the same transaction;
-- what they hold and choose again stays as it is. Another person who holds with the same place is not robbed.
-- Nobody waits for the disk: a hold that is lost in a crash is no lost booking, and confirming it waits.
CREATE FUNCTION hold_1(
    p_answer uuid, p_body bigint, p_opening text, p_place bigint, p_person bytea,
    p_slot bigint, p_clinic integer, p_region text, p_day date, p_hold_s integer, p_at timestamptz DEFAULT NULL
) RETURNS outcome_1 LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    known record;
    others boolean;
    taken unit_key_1;
    outcome outcome_1;
    served boolean := false;
BEGIN
    SELECT a.answer_id, own.slot_id, own.number, own.clinic_id, own.region, own.day, own.state, own.until, own.hold_id,
        other.person AS other_person, other.slot_id AS other_slot, other.number AS other_number, other.state AS other_state,
        other.until AS other_until
    INTO known
    FROM (VALUES (1)) AS once
    LEFT JOIN answers a ON a.answer_id = p_answer
    LEFT JOIN units own ON own.person = p_person AND own.opening = p_opening
    LEFT JOIN units other ON other.place = p_place AND other.opening = p_opening;
    others := known.other_person <> p_person;

    IF known.answer_id IS NOT NULL THEN
        RETURN answer_1(p_answer, p_body);
    ELSIF known.state = 'booked' THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'already-booked');
    ELSIF others AND known.other_state = 'booked' THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'place-used');
    ELSIF others AND known.other_until > at_time THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'holds-another');
    ELSIF known.until > at_time AND (p_slot IS NULL OR known.slot_id = p_slot)
        AND (p_clinic IS NULL OR known.clinic_id = p_clinic) AND (p_region IS NULL OR known.region = p_region)
        AND (p_day IS NULL OR known.day = p_day)
    THEN
        SELECT s.clinic_id, s.starts_at INTO outcome.clinic_id, outcome.starts_at
        FROM slots s WHERE s.slot_id = known.slot_id;
        outcome.code := 'held';
        outcome.id := known.hold_id;
        outcome.slot_id := known.slot_id;
        outcome.until := known.until;
        RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
    END IF;

    taken := take_1(p_opening, p_slot, p_clinic, p_region, p_day, p_person, p_place, at_time);
    IF taken IS NULL THEN
        RETURN refuse_1(p_answer, p_body, at_time, refusal_1(p_opening, p_slot, p_clinic, p_region));
    END IF;

    IF known.slot_id IS NOT NULL AND (known.slot_id, known.number) <> (taken.slot_id, taken.number) THEN
        served := give_back_hold_1(
            known.slot_id, known.number, known.hold_id, at_time, p_person, p_place
        );
    END IF;
    IF others AND (known.other_slot, known.other_number) <> (taken.slot_id, taken.number) THEN
        served := give_back_hold_1(
            known.other_slot, known.other_number, NULL, at_time, p_person, p_place
        ) OR served;
    END IF;

    UPDATE units u
    SET state = 'held', hold_id = gen_random_uuid(), person = p_person, place = p_place,
        until = at_time + make_interval(secs => p_hold_s)
    FROM slots s
    WHERE u.slot_id = taken.slot_id AND u.number = taken.number AND s.slot_id = u.slot_id
    RETURNING u.hold_id, u.slot_id, u.until, s.clinic_id, s.starts_at
    INTO outcome.id, outcome.slot_id, outcome.until, outcome.clinic_id, outcome.starts_at;
    outcome.code := 'held';
    IF NOT served THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
END
$$;

-- Gives back a hold that was seen a moment ago: this one, or any that is over where none is named. Another unit is
-- locked already, so somebody who is at this one is not waited for: all is done again.
CREATE FUNCTION give_back_hold_1(
    p_slot bigint, p_number integer, p_hold uuid, p_at timestamptz, p_person bytea, p_place bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM units
    WHERE slot_id = p_slot AND number = p_number AND until IS NOT NULL
        AND CASE WHEN p_hold IS NULL THEN until <= p_at ELSE hold_id = p_hold END
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a hold changed while it was looked at; do it again' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN give_back_1(p_slot, p_number, p_at, p_person, p_place);
END
$$;

-- A held unit is given back. One that is over, or was given back already, is no error.
CREATE FUNCTION release_1(
    p_answer uuid, p_body bigint, p_opening text, p_person bytea, p_hold uuid, p_at timestamptz DEFAULT NULL
) RETURNS outcome_1 LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    own record;
    outcome outcome_1;
BEGIN
    outcome := answer_1(p_answer, p_body);
    IF outcome.code IS NOT NULL THEN
        RETURN outcome;
    END IF;
    SELECT slot_id, number, state INTO own FROM units
    WHERE person = p_person AND opening = p_opening AND hold_id = p_hold FOR UPDATE;
    IF own.state = 'booked' THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'already-booked');
    ELSIF own.state = 'held' AND NOT give_back_1(own.slot_id, own.number, at_time, NULL, NULL) THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    outcome.code := 'released';
    RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
END
$$;

-- A hold becomes a booking. A hold that is over counts as long as nobody has taken the unit: the sweeper does so within
-- seconds, and until then nobody is better off if it is refused. The unit is looked for before the answer, since a hold
-- is confirmed once: a repeated request finds none and gets its answer then.
CREATE FUNCTION confirm_1(
    p_answer uuid, p_body bigint, p_opening text, p_person bytea, p_hold uuid, p_contact bytea,
    p_at timestamptz DEFAULT NULL
) RETURNS outcome_1 LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    unit record;
    outcome outcome_1;
BEGIN
    UPDATE units u
    SET state = 'booked', reference = new_reference_1(), until = NULL
    FROM slots s
    WHERE u.person = p_person AND u.opening = p_opening AND u.hold_id = p_hold AND u.until IS NOT NULL
        AND s.slot_id = u.slot_id
    RETURNING u.slot_id, u.number, u.place, u.reference, s.clinic_id, s.starts_at INTO unit;
    IF NOT FOUND THEN
        outcome := answer_1(p_answer, p_body);
        IF outcome.code IS NOT NULL THEN
            RETURN outcome;
        END IF;
        RETURN not_confirmed_1(p_answer, p_body, p_opening, p_person, p_hold, at_time);
    END IF;

    INSERT INTO bookings (reference, opening, person, place, slot_id, number, booked_at, contact)
    VALUES (unit.reference, p_opening, p_person, unit.place, unit.slot_id, unit.number, at_time, p_contact);
    INSERT INTO audit (at, actor, action, subject, details)
    VALUES (at_time, 'person', 'booked', unit.reference,
        jsonb_build_object('slot', unit.slot_id, 'number', unit.number));
    outcome.code := 'booked';
    outcome.reference := unit.reference;
    outcome.slot_id := unit.slot_id;
    outcome.clinic_id := unit.clinic_id;
    outcome.starts_at := unit.starts_at;
    RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
END
$$;

-- Why nothing was confirmed. Who confirms one hold twice, under two keys, gets their booking twice.
CREATE FUNCTION not_confirmed_1(
    p_answer uuid, p_body bigint, p_opening text, p_person bytea, p_hold uuid, p_at timestamptz
) RETURNS outcome_1 LANGUAGE plpgsql AS $$
DECLARE
    own record;
    outcome outcome_1;
BEGIN
    SELECT u.state, u.hold_id, u.reference, u.slot_id, s.clinic_id, s.starts_at INTO own
    FROM units u JOIN slots s USING (slot_id)
    WHERE u.person = p_person AND u.opening = p_opening;
    IF own.state = 'booked' AND own.hold_id = p_hold THEN
        outcome.code := 'booked';
        outcome.reference := own.reference;
        outcome.slot_id := own.slot_id;
        outcome.clinic_id := own.clinic_id;
        outcome.starts_at := own.starts_at;
        RETURN keep_answer_1(p_answer, p_body, p_at, outcome);
    ELSIF own.state = 'booked' THEN
        RETURN refuse_1(p_answer, p_body, p_at, 'already-booked');
    END IF;
    RETURN refuse_1(p_answer, p_body, p_at, 'hold-expired');
END
$$;
