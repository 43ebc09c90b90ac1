//! The tables of jobs: begun, joined, ended, read. What is under way is known by `jobs/`, not from here.

use shared::{
    EnvironmentId, JobId, UnixMillis, UserId,
    jobs::{Job, JobFailure, JobState, JobWork},
};

use super::{Store, StoreError, attempted};

/// Jobs that are kept after their end.
const KEPT: i64 = 500;

/// A job that begins.
#[derive(Debug)]
pub struct NewJobRow<'a> {
    /// Where.
    pub environment: &'a EnvironmentId,
    /// What.
    pub work: &'a JobWork,
    /// For whom.
    pub user: UserId,
    /// Their name.
    pub by: &'a str,
    /// When.
    pub at: UnixMillis,
}

/// How a job ended.
#[derive(Clone, Debug)]
pub struct JobEnd {
    /// When.
    pub at: UnixMillis,
    /// How.
    pub state: JobState,
    /// With what.
    pub result: Option<String>,
    /// Why it failed.
    pub failure: Option<JobFailure>,
    /// Who ended it.
    pub cancelled_by: Option<String>,
}

type Row =
    (i64, String, String, String, i64, Option<i64>, String, Option<String>, Option<String>, Option<String>);

const COLUMNS: &str =
    "id, environment, work, begun_by, begun_at, ended_at, state, result, failure, cancelled_by";

fn read(row: Row) -> Result<Job, StoreError> {
    let (id, environment, work, by, begun_at, ended_at, state, result, failure, cancelled_by) = row;
    let unknown = |what, value: &str| StoreError::Unknown { what, value: value.to_owned() };
    Ok(Job {
        id: JobId(id),
        environment: environment.parse().map_err(|_bad| unknown("environment", &environment))?,
        work: serde_json::from_str(&work).map_err(|_bad| unknown("work of a job", &work))?,
        by,
        begun_at: UnixMillis(begun_at),
        ended_at: ended_at.map(UnixMillis),
        state: JobState::parse(&state).ok_or_else(|| unknown("state of a job", &state))?,
        steps: Vec::new(),
        more_steps: 0,
        result,
        failure: match failure {
            Some(text) => Some(serde_json::from_str(&text).map_err(|_bad| unknown("failure", &text))?),
            None => None,
        },
        cancelled_by,
        may_cancel: false,
    })
}

fn json(value: &impl serde::Serialize) -> String {
    // Fails only for maps whose keys are no texts.
    serde_json::to_string(value).unwrap_or_default()
}

impl Store {
    /// Records a job that begins, and forgets the oldest that ended.
    ///
    /// # Errors
    /// When the database fails: then it does not begin.
    pub async fn begin_job(&self, job: &NewJobRow<'_>) -> Result<JobId, StoreError> {
        const WHAT: &str = "record a job";
        let mut write = self.write(WHAT).await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO jobs (environment, work, begun_by, begun_at, state) VALUES ($1, $2, $3, $4, $5) \
             RETURNING id",
        )
        .bind(job.environment.as_str())
        .bind(json(job.work))
        .bind(job.by)
        .bind(job.at.0)
        .bind(JobState::Running.as_str())
        .fetch_one(write.on())
        .await
        .map_err(attempted(WHAT))?;
        sqlx::query("INSERT INTO job_people (job_id, user_id) VALUES ($1, $2)")
            .bind(id)
            .bind(job.user.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        sqlx::query(
            "DELETE FROM jobs WHERE state <> $1 AND id <= \
             (SELECT id FROM jobs WHERE state <> $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
        )
        .bind(JobState::Running.as_str())
        .bind(KEPT)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok(JobId(id))
    }

    /// Records that somebody else wants the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn join_job(&self, job: JobId, user: UserId) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO job_people (job_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(job.0)
            .bind(user.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(attempted("join a job"))
    }

    /// Records that somebody wants it no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave_job(&self, job: JobId, user: UserId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM job_people WHERE job_id = $1 AND user_id = $2")
            .bind(job.0)
            .bind(user.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(attempted("leave a job"))
    }

    /// Records how a job ended. One that has an end keeps it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_job(&self, job: JobId, end: &JobEnd) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE jobs SET ended_at = $1, state = $2, result = $3, failure = $4, cancelled_by = $5 \
             WHERE id = $6 AND state = $7",
        )
        .bind(end.at.0)
        .bind(end.state.as_str())
        .bind(&end.result)
        .bind(end.failure.as_ref().map(json))
        .bind(&end.cancelled_by)
        .bind(job.0)
        .bind(JobState::Running.as_str())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(attempted("record the end of a job"))
    }

    /// What an earlier console left running is interrupted now. Which they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn interrupt_jobs(&self, at: UnixMillis) -> Result<Vec<Job>, StoreError> {
        let sql = format!("UPDATE jobs SET state = $1, ended_at = $2 WHERE state = $3 RETURNING {COLUMNS}");
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(JobState::Interrupted.as_str())
            .bind(at.0)
            .bind(JobState::Running.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(attempted("interrupt jobs"))?;
        rows.into_iter().map(read).collect()
    }

    /// The newest jobs of an environment: those of a person, or of everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_jobs(
        &self,
        environment: &EnvironmentId,
        of: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs WHERE environment = $1 AND ($2 IS NULL OR EXISTS \
             (SELECT 1 FROM job_people WHERE job_id = jobs.id AND user_id = $2)) ORDER BY id DESC LIMIT $3"
        );
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(environment.as_str())
            .bind(of.map(|user| user.0))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(attempted("list jobs"))?;
        rows.into_iter().map(read).collect()
    }

    /// One job, if it is there and the person's, or everybody's are asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_job(
        &self,
        environment: &EnvironmentId,
        of: Option<UserId>,
        job: JobId,
    ) -> Result<Option<Job>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs WHERE environment = $1 AND id = $3 AND ($2 IS NULL OR EXISTS \
             (SELECT 1 FROM job_people WHERE job_id = jobs.id AND user_id = $2))"
        );
        let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(environment.as_str())
            .bind(of.map(|user| user.0))
            .bind(job.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(attempted("read a job"))?;
        row.map(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{NewUserRow, testing},
        *,
    };

    async fn user(store: &Store, name: &str) -> UserId {
        let row = NewUserRow { name, password_hash: "hash", at: UnixMillis(1), ..NewUserRow::default() };
        store.create_user(&row).await.unwrap().unwrap().id
    }

    async fn begin(store: &Store, user: UserId) -> JobId {
        let environment = "local".parse().unwrap();
        let work = JobWork::PullImage { reference: "nginx".parse().unwrap(), platform: None };
        let new = NewJobRow { environment: &environment, work: &work, user, by: "ann", at: UnixMillis(5) };
        store.begin_job(&new).await.unwrap()
    }

    fn end(state: JobState) -> JobEnd {
        JobEnd {
            at: UnixMillis(9),
            state,
            result: Some("sha256:x".to_owned()),
            failure: None,
            cancelled_by: None,
        }
    }

    #[tokio::test]
    async fn each_sees_their_own() {
        let (store, _folder) = testing::store().await;
        let (ann, ben) = (user(&store, "ann").await, user(&store, "ben").await);
        let environment: EnvironmentId = "local".parse().unwrap();
        let job = begin(&store, ann).await;
        assert!(store.find_job(&environment, Some(ben), job).await.unwrap().is_none());
        assert!(store.find_job(&"other".parse().unwrap(), None, job).await.unwrap().is_none());
        store.join_job(job, ben).await.unwrap();
        store.join_job(job, ben).await.unwrap();
        let found = store.find_job(&environment, Some(ben), job).await.unwrap().unwrap();
        assert_eq!((found.by.as_str(), found.state), ("ann", JobState::Running));
        store.leave_job(job, ben).await.unwrap();
        assert!(store.list_jobs(&environment, Some(ben), 9).await.unwrap().is_empty());
        assert_eq!(store.list_jobs(&environment, None, 9).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_end_is_kept_and_what_has_none_is_interrupted() {
        let (store, _folder) = testing::store().await;
        let ann = user(&store, "ann").await;
        let environment: EnvironmentId = "local".parse().unwrap();
        let (done, left) = (begin(&store, ann).await, begin(&store, ann).await);
        store.end_job(done, &end(JobState::Done)).await.unwrap();
        store.end_job(done, &end(JobState::Cancelled)).await.unwrap();
        let interrupted = store.interrupt_jobs(UnixMillis(20)).await.unwrap();
        assert_eq!(interrupted.iter().map(|job| job.id).collect::<Vec<_>>(), [left]);
        let found = store.find_job(&environment, None, done).await.unwrap().unwrap();
        assert_eq!((found.state, found.result.as_deref()), (JobState::Done, Some("sha256:x")));
        let found = store.find_job(&environment, None, left).await.unwrap().unwrap();
        assert_eq!((found.state, found.ended_at), (JobState::Interrupted, Some(UnixMillis(20))));
        // What is not done yet is never forgotten; of the rest, the newest are kept.
        let running = begin(&store, ann).await;
        for _ in 0..KEPT + 5 {
            let job = begin(&store, ann).await;
            store.end_job(job, &end(JobState::Done)).await.unwrap();
        }
        begin(&store, ann).await;
        let all = store.list_jobs(&environment, None, 9_999).await.unwrap();
        assert_eq!(i64::try_from(all.len()).unwrap(), KEPT + 2);
        assert!(all.iter().any(|job| job.id == running) && all.iter().all(|job| job.id != done));
    }
}
