-- Users, their sessions, and the audit. BIGINT and $1 keep the text fit for PostgreSQL; times are
-- milliseconds since 1970, UTC.

-- `name_key` is the name in lower case: a name exists once, however it is written. AUTOINCREMENT: an id
-- is never used twice, so that nothing recorded about one user can come to mean another.
-- `serial` rises when the password changes or the user is disabled: a sign-in that was checked before
-- the change makes no session after it.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    password_hash TEXT NOT NULL,
    serial BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);

-- `key` is the SHA-256 of the cookie's id: who reads the database cannot sign in with it.
CREATE TABLE sessions (
    key BLOB NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);

-- `actor` is a name and no reference: a row outlives the user it tells of.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    result TEXT NOT NULL,
    detail TEXT NOT NULL
);
