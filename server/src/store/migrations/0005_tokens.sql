-- API tokens, preferences of users, settings of the console.

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

-- `value` is JSON.
CREATE TABLE preferences (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    value TEXT NOT NULL
);

-- `value` is JSON. A setting that is not here is as usual. A change raises `access_version`, as one of the
-- grants does: it is read together with them.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
