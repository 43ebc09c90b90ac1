-- Teams, custom roles, grants and owners. What was a user's one role becomes a grant on everything.

CREATE TABLE teams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE
);

CREATE TABLE team_members (
    team_id BIGINT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_of_user ON team_members (user_id);

-- `permissions` are names with blanks between them.
CREATE TABLE roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL
);

-- To a user or a team; a built-in role by name or a custom one by number. `kind` is everything,
-- environment, stack or container; `environment` and `resource` are empty where the kind has none.
-- `given_by` is a name and no reference: it outlives the user.
CREATE TABLE role_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    team_id BIGINT REFERENCES teams (id) ON DELETE CASCADE,
    role TEXT,
    role_id BIGINT REFERENCES roles (id),
    kind TEXT NOT NULL,
    environment TEXT NOT NULL,
    resource TEXT NOT NULL,
    given_by TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    CHECK ((user_id IS NULL) <> (team_id IS NULL)),
    CHECK ((role IS NULL) <> (role_id IS NULL))
);
CREATE INDEX role_grants_of_user ON role_grants (user_id);
CREATE INDEX role_grants_of_team ON role_grants (team_id);
CREATE UNIQUE INDEX role_grants_once ON role_grants (
    COALESCE(user_id, 0), COALESCE(team_id, 0), COALESCE(role, ''), COALESCE(role_id, 0),
    kind, environment, resource
);

-- What the console made, whose it is, and which stack it was made in. Without user and team it belongs to
-- nobody, and its stack is still known.
CREATE TABLE owners (
    environment TEXT NOT NULL,
    kind TEXT NOT NULL,
    resource TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
    team_id BIGINT REFERENCES teams (id) ON DELETE SET NULL,
    stack TEXT,
    PRIMARY KEY (environment, kind, resource),
    CHECK (user_id IS NULL OR team_id IS NULL)
);

-- One row. Rises with each change of any of these tables, so that whoever remembers them notices.
CREATE TABLE access_version (version BIGINT NOT NULL);
INSERT INTO access_version (version) VALUES (1);

INSERT INTO role_grants (user_id, role, kind, environment, resource, given_by, given_at)
SELECT id, role, 'everything', '', '', '', created_at FROM users;

ALTER TABLE users DROP COLUMN role;
