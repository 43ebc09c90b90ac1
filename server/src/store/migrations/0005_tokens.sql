-- API tokens.

-- `key` is the SHA-256 of the token's text: who reads the database cannot use it. What a token was made for is
-- `permissions`, names with blanks between them, at the scope of the three columns after it. A token that
-- ends before its time is a row that is gone.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    kind TEXT NOT NULL,
    environment TEXT NOT NULL,
    resource TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    used_from TEXT,
    UNIQUE (user_id, name)
);
