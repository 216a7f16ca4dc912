-- Idempotency: what was done under a key is answered again, and not done again.

-- The answer that was given; null where there is none. Two requests under one key at once both act, the primary key
-- lets the first of them commit, and the second is done again from its beginning and comes here.
CREATE FUNCTION answer_1(p_answer uuid, p_body bigint) RETURNS outcome_1 LANGUAGE plpgsql STABLE AS $$
DECLARE
    given answers;
    outcome outcome_1;
BEGIN
    SELECT * INTO given FROM answers a WHERE a.answer_id = p_answer;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF given.body <> p_body THEN
        outcome.code := 'key-reused';
        RETURN outcome;
    END IF;
    SELECT s.clinic_id, s.starts_at INTO outcome.clinic_id, outcome.starts_at
    FROM slots s WHERE s.slot_id = given.slot_id;
    outcome.code := given.code;
    outcome.id := given.id;
    outcome.reference := given.reference;
    outcome.slot_id := given.slot_id;
    outcome.until := given.until;
    outcome.ahead := given.ahead;
    RETURN outcome;
END
$$;

CREATE FUNCTION keep_answer_1(p_answer uuid, p_body bigint, p_at timestamptz, p_outcome outcome_1) RETURNS outcome_1
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO answers (answer_id, body, answered_at, code, slot_id, until, id, reference, ahead)
    VALUES (
        p_answer, p_body, p_at, p_outcome.code, p_outcome.slot_id, p_outcome.until, p_outcome.id,
        p_outcome.reference, p_outcome.ahead
    );
    RETURN p_outcome;
END
$$;

-- A refusal changes nothing else, so nobody waits for the disk: lost in a crash, it is found anew.
CREATE FUNCTION refuse_1(p_answer uuid, p_body bigint, p_at timestamptz, p_code text) RETURNS outcome_1
LANGUAGE plpgsql AS $$
DECLARE
    outcome outcome_1;
BEGIN
    outcome.code := p_code;
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN keep_answer_1(p_answer, p_body, p_at, outcome);
END
$$;
