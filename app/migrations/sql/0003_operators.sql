-- What operators have asked for. An opening without a row runs as it was planned.
CREATE TABLE controls (
    opening          text PRIMARY KEY,
    paused           boolean NOT NULL DEFAULT false,
    -- of the rate that the servers could take; to let in nobody is a pause, and has a name of its own
    share            double precision NOT NULL DEFAULT 1 CHECK (share > 0 AND share <= 1),
    -- text by language
    announcement     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(announcement) = 'object'),
    providers_closed text[] NOT NULL DEFAULT '{}',
    -- grows with every action
    revision         bigint NOT NULL DEFAULT 1,
    changed_at       timestamptz NOT NULL DEFAULT now()
);

-- among millions of bookings the console finds the few entries of operators
CREATE INDEX audit_of_operators ON audit (entry_id) WHERE actor LIKE 'operator:%';
