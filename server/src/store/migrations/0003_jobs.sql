-- Jobs: what ran, for whom, and how it ended. `work`, `result` and `failure` are JSON; `begun_by` and
-- `cancelled_by` are names and no references: a row outlives the user it tells of.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT NOT NULL,
    work TEXT NOT NULL,
    begun_by TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    state TEXT NOT NULL,
    result TEXT,
    failure TEXT,
    cancelled_by TEXT
);
CREATE INDEX jobs_of_state ON jobs (state);

-- Who asked for it, the first and those who joined: each of them sees it.
CREATE TABLE job_people (
    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, user_id)
);
CREATE INDEX job_people_of_user ON job_people (user_id);
