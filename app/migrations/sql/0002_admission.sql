-- One row for each opening: the lease of the controller that calls, and the line's checkpoint.
-- The checks say what no controller may ever write, however wrong it is.
CREATE TABLE admission (
    opening      text PRIMARY KEY,
    -- grows with every change of leader; whoever has an older one is fenced off
    epoch        bigint NOT NULL DEFAULT 0,
    leader       text,
    lease_until  timestamptz NOT NULL DEFAULT '-infinity',
    -- whether joining has begun; a line that the store does not know is then a line that it lost
    begun        boolean NOT NULL DEFAULT false,
    joined       bigint NOT NULL DEFAULT 0,
    joins_per_s  double precision NOT NULL DEFAULT 0,
    -- when `joined` was last read
    seen_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    prequeue     bigint,
    serving      bigint NOT NULL DEFAULT 0,
    settled      bigint NOT NULL DEFAULT 0,
    lapsed       bigint NOT NULL DEFAULT 0,
    inside       bigint NOT NULL DEFAULT 0,
    show_share   double precision NOT NULL DEFAULT 1,
    rate_per_s   double precision NOT NULL DEFAULT 0,
    CHECK (0 <= lapsed AND lapsed <= settled AND settled <= serving AND serving <= joined),
    CHECK (prequeue BETWEEN 0 AND joined),
    CHECK (serving = 0 OR prequeue IS NOT NULL),
    CHECK (show_share > 0 AND show_share <= 1)
)
-- written once a second: room in the page lets every new version of a row stay beside the old one
WITH (fillfactor = 50);
