-- What people keep about their own account: a second factor, its recovery codes, and how long a session may
-- do what is asked for again.

-- `secret` is sealed under the key file, for this row. Without `confirmed_at` it is being set up, and is not
-- asked for. `last_step` is the newest time step whose code was used: none is used twice. Wrong codes are
-- counted here, since whoever tries them knows the password already.
CREATE TABLE factors (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

-- SHA-256 of codes of 80 random bits, each for one use.
CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
);

-- Sign-ins whose password was right and whose second factor is awaited. A table of its own, so that none of
-- them can be taken for a session.
CREATE TABLE half_sessions (
    key BLOB NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    serial BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX half_sessions_of_user ON half_sessions (user_id);

-- Until when the session may do what is asked for again.
ALTER TABLE sessions ADD COLUMN confirmed_until BIGINT NOT NULL DEFAULT 0;
