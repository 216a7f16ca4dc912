-- Clinics, slots, units and what belongs to them.
-- What must never happen is refused here, whatever the functions or somebody at a console may do.

CREATE TABLE clinics (
    clinic_id integer PRIMARY KEY,
    opening text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    name jsonb NOT NULL,
    address jsonb NOT NULL,
    UNIQUE (clinic_id, opening, region)
);
CREATE INDEX clinics_of_region ON clinics (opening, region);

-- day: the local date of the opening's zone
CREATE TABLE slots (
    slot_id bigint PRIMARY KEY,
    opening text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    clinic_id integer NOT NULL,
    day date NOT NULL,
    starts_at timestamptz NOT NULL,
    capacity integer NOT NULL CHECK (capacity BETWEEN 0 AND 1000000),
    UNIQUE (clinic_id, starts_at),
    UNIQUE (slot_id, capacity, opening, region, clinic_id, day),
    FOREIGN KEY (clinic_id, opening, region) REFERENCES clinics (clinic_id, opening, region)
);
CREATE INDEX slots_of_region ON slots (opening, region, day);

-- One row for each unit that can be booked. The foreign key holds what is repeated here to the slot's own values, and
-- with the check no slot has more units than its capacity. spread is any number; buyers begin at different ones.
-- Room is left in each page, so that a unit's next versions stay where it is.
CREATE TABLE units (
    slot_id bigint NOT NULL,
    number integer NOT NULL,
    capacity integer NOT NULL,
    clinic_id integer NOT NULL,
    day date NOT NULL,
    spread integer NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'free',
    opening text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    place bigint,
    until timestamptz,
    hold_id uuid,
    person bytea,
    reference text COLLATE "C",
    PRIMARY KEY (slot_id, number),
    FOREIGN KEY (slot_id, capacity, opening, region, clinic_id, day)
        REFERENCES slots (slot_id, capacity, opening, region, clinic_id, day) ON UPDATE CASCADE,
    CONSTRAINT units_within_capacity CHECK (number BETWEEN 1 AND capacity),
    CONSTRAINT units_person_is_a_hash CHECK (octet_length(person) = 16),
    CONSTRAINT units_state CHECK (
        CASE state
            WHEN 'free' THEN num_nonnulls(person, place, hold_id, until, reference) = 0
            WHEN 'held' THEN num_nulls(person, place, hold_id, until) = 0 AND reference IS NULL
            WHEN 'booked' THEN num_nulls(person, place, reference) = 0 AND until IS NULL
            ELSE false
        END
    )
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

CREATE UNIQUE INDEX units_one_per_person ON units (person, opening) WHERE person IS NOT NULL;
CREATE UNIQUE INDEX units_one_per_place ON units (place, opening) WHERE place IS NOT NULL;
-- A unit that is taken leaves these indexes and gets no new entry, so however many there are, taking costs the same.
CREATE INDEX units_free_of_slot ON units (slot_id, spread) WHERE state = 'free';
CREATE INDEX units_free_of_clinic ON units (clinic_id, spread) WHERE state = 'free';
CREATE INDEX units_free_of_clinic_day ON units (clinic_id, day, spread) WHERE state = 'free';
CREATE INDEX units_free_of_region ON units (opening, region, spread) WHERE state = 'free';
CREATE INDEX units_free_of_region_day ON units (opening, region, day, spread) WHERE state = 'free';
CREATE INDEX units_expiring ON units (until) WHERE state = 'held';
-- Statistics of an empty hour make a partial index look like nothing, and a plan that walks through all of it look
-- cheap. Functions therefore ask for "held" by its state only where they mean units_expiring, else by its until.

-- What a reference opens; the row stays when the booking is cancelled, the contact does not.
CREATE TABLE bookings (
    reference text COLLATE "C" PRIMARY KEY,
    opening text COLLATE "C" NOT NULL,
    person bytea NOT NULL,
    place bigint NOT NULL,
    slot_id bigint NOT NULL,
    number integer NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'cancelled')),
    booked_at timestamptz NOT NULL,
    contact bytea,
    CONSTRAINT bookings_contact CHECK ((state = 'booked') = (contact IS NOT NULL))
) WITH (fillfactor = 90);

-- clinic_id 0 and day -infinity stand for any, so that one index finds who fits
CREATE TABLE wishes (
    wish_id uuid PRIMARY KEY,
    wish_number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    opening text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    clinic_id integer NOT NULL,
    day date NOT NULL,
    person bytea NOT NULL,
    place bigint NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'served', 'withdrawn', 'moot')),
    wished_at timestamptz NOT NULL,
    contact bytea,
    CONSTRAINT wishes_contact CHECK ((state = 'open') = (contact IS NOT NULL))
);
CREATE UNIQUE INDEX wishes_one_per_person ON wishes (person, opening) WHERE contact IS NOT NULL;
CREATE INDEX wishes_in_order ON wishes (opening, region, clinic_id, day, wish_number) WHERE state = 'open';

-- What was answered to an idempotency key; answer_id is made of opening, person and key, body of the request.
CREATE TABLE answers (
    answer_id uuid PRIMARY KEY,
    body bigint NOT NULL,
    answered_at timestamptz NOT NULL,
    code text COLLATE "C" NOT NULL,
    slot_id bigint,
    until timestamptz,
    id uuid,
    reference text COLLATE "C",
    ahead integer
);
CREATE INDEX answers_by_age ON answers USING brin (answered_at) WITH (pages_per_range = 32);

-- What is to be sent to people, once it is committed
CREATE TABLE messages (
    message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    opening text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL,
    queued_at timestamptz NOT NULL,
    sent_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL
);
CREATE INDEX messages_to_send ON messages (not_before) WHERE sent_at IS NULL;

CREATE TABLE audit (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only, but % was asked for; add an entry instead', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
-- also where triggers are off, as for a replication session
ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_is_append_only;
