//! Whose jobs somebody sees, and which of them they may end: what every list, topic and request by number is
//! decided by.

use shared::{EnvironmentId, Permission, Target, UserId, access::Decision};

use crate::access::session::Actor;

/// See the module. Of one person in one environment; equal where the same is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobSight {
    user: UserId,
    all: bool,
    manages: bool,
    /// Whether they may begin jobs there. A token of theirs may hold less than they do.
    begins: bool,
}

impl JobSight {
    /// Their own jobs; all for whoever manages jobs there or reads the audit.
    #[must_use]
    pub fn of(actor: &Actor, environment: &EnvironmentId) -> Self {
        let access = actor.access();
        let manages = access.holds(Permission::JobManage, Target::Environment(environment));
        let all = manages || access.holds(Permission::AuditView, Target::Console);
        let begins = access.decide_within(Permission::ImagePull, Some(environment)) == Decision::Allowed;
        Self { user: actor.user, all, manages, begins }
    }

    /// The only person whose jobs are seen.
    pub(super) fn only(self) -> Option<UserId> {
        (!self.all).then_some(self.user)
    }

    /// Whether a job of these people is seen.
    pub(super) fn shows(self, people: &[UserId]) -> bool {
        self.all || people.contains(&self.user)
    }

    /// Whether a job of these people may be ended, as far as it is about this one.
    pub(super) fn may_cancel(self, people: &[UserId]) -> bool {
        self.manages || self.begins && people.contains(&self.user)
    }

    /// Whether it may be ended for everybody.
    pub(super) fn manages(self) -> bool {
        self.manages
    }
}

#[cfg(test)]
impl JobSight {
    /// Of a person, who may see all or only their own.
    pub(crate) fn for_test(user: UserId, all: bool) -> Self {
        Self { user, all, manages: all, begins: true }
    }
}
