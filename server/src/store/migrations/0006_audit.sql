-- The audit's chain. Each entry bears a MAC over the one before it, under a key that is not in the database,
-- so that a row which is removed, changed, put in or moved is found. Entries are only ever appended; what is
-- pruned goes from the beginning, and `audit_checkpoint` says where the chain begins since then.

-- `kind` is begun, ended, whole, older or gap; `content` is the SHA-256 of what the entry vouches for.
CREATE TABLE audit_chain (
    seq BIGINT NOT NULL PRIMARY KEY,
    row_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    content BLOB NOT NULL,
    mac BLOB NOT NULL
);

-- At most one row: the last entry that was pruned, the first row that was kept, and a MAC over both.
CREATE TABLE audit_checkpoint (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    mac BLOB NOT NULL,
    first_row BIGINT NOT NULL,
    seal BLOB NOT NULL
);

-- One for each filter, so that a page of a filter costs what it holds and not what the audit holds.
CREATE INDEX audit_of_actor ON audit (LOWER(actor), id);
CREATE INDEX audit_of_action ON audit (action, id);
CREATE INDEX audit_of_result ON audit (result, id);
CREATE INDEX audit_at ON audit (at, id);
