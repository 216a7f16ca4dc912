-- What can be done with a booking.

-- The booking moves to a unit of the choice, or stays as it is. The reference stays the same.
CREATE FUNCTION change_1(
    p_answer uuid, p_body bigint, p_opening text, p_person bytea, p_reference text,
    p_slot bigint, p_clinic integer, p_region text, p_day date, p_at timestamptz DEFAULT NULL
) RETURNS outcome_1 LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    booked record;
    taken unit_key_1;
    outcome outcome_1;
BEGIN
    SELECT b.state, b.place, b.slot_id, b.number INTO booked FROM bookings b
    WHERE b.reference = p_reference AND b.opening = p_opening AND b.person = p_person FOR UPDATE;
    outcome := answer_1(p_answer, p_body);
    IF outcome.code IS NOT NULL THEN
        RETURN outcome;
    ELSIF booked.state IS NULL THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'unknown');
    ELSIF booked.state = 'cancelled' THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'was-cancelled');
    ELSIF EXISTS (
        SELECT FROM slots s WHERE s.slot_id = booked.slot_id AND (p_slot IS NULL OR s.slot_id = p_slot)
            AND (p_clinic IS NULL OR s.clinic_id = p_clinic) AND (p_region IS NULL OR s.region = p_region)
            AND (p_day IS NULL OR s.day = p_day)
    ) THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'nothing-to-change');
    END IF;

    taken := take_1(p_opening, p_slot, p_clinic, p_region, p_day, p_person, booked.place, at_time);
    IF taken IS NULL THEN
        RETURN refuse_1(p_answer, p_body, at_time, refusal_1(p_opening, p_slot, p_clinic, p_region));
    END IF;
    -- first the old one: a person may have one unit only, at every moment
    PERFORM give_back_1(booked.slot_id, booked.number, at_time, p_person, booked.place);
    UPDATE units u
    SET state = 'booked', person = p_person, place = booked.place, reference = p_reference, hold_id = NULL, until = NULL
    FROM slots s
    WHERE u.slot_id = taken.slot_id AND u.number = taken.number AND s.slot_id = u.slot_id
    RETURNING u.slot_id, s.clinic_id, s.starts_at INTO outcome.slot_id, outcome.clinic_id, outcome.starts_at;
    UPDATE bookings SET slot_id = taken.slot_id, number = taken.number WHERE reference = p_reference;
    INSERT INTO audit (at, actor, action, subject, details)
    VALUES (at_time, 'person', 'changed', p_reference,
        jsonb_build_object('slot', taken.slot_id, 'number', taken.number, 'from_slot', booked.slot_id));
    outcome.code := 'booked';
    outcome.reference := p_reference;
    RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
END
$$;

-- The booking is given back and its contact forgotten. What is cancelled already is no error.
CREATE FUNCTION cancel_1(
    p_answer uuid, p_body bigint, p_opening text, p_reference text, p_at timestamptz DEFAULT NULL
) RETURNS outcome_1 LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    at_time CONSTANT timestamptz := coalesce(p_at, clock_timestamp());
    booked record;
    outcome outcome_1;
BEGIN
    SELECT b.state, b.slot_id, b.number INTO booked FROM bookings b
    WHERE b.reference = p_reference AND b.opening = p_opening FOR UPDATE;
    outcome := answer_1(p_answer, p_body);
    IF outcome.code IS NOT NULL THEN
        RETURN outcome;
    ELSIF booked.state IS NULL THEN
        RETURN refuse_1(p_answer, p_body, at_time, 'unknown');
    ELSIF booked.state = 'booked' THEN
        UPDATE bookings SET state = 'cancelled', contact = NULL WHERE reference = p_reference;
        PERFORM FROM units WHERE slot_id = booked.slot_id AND number = booked.number FOR UPDATE;
        PERFORM give_back_1(booked.slot_id, booked.number, at_time, NULL, NULL);
        INSERT INTO audit (at, actor, action, subject, details)
        VALUES (at_time, 'person', 'cancelled', p_reference, jsonb_build_object('slot', booked.slot_id));
    END IF;
    outcome.code := 'cancelled';
    outcome.reference := p_reference;
    outcome.slot_id := booked.slot_id;
    SELECT s.clinic_id, s.starts_at INTO outcome.clinic_id, outcome.starts_at
    FROM slots s WHERE s.slot_id = booked.slot_id;
    RETURN keep_answer_1(p_answer, p_body, at_time, outcome);
END
$$;
