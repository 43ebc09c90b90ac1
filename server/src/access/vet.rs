//! What makes an untrusted spec one that may be sent: a path's check is not enough where the body decides
//! what is reached.
//!
//! [`Vetted`] can only be made here, and the engine layer accepts nothing else. It stands beside the grant,
//! not in a feature, since every way to a container (create, update, stacks, services) must pass it.

use shared::{
    Permission, Target,
    access::PermissionSet,
    run::{CreateContainer, RunSpec, check, host_needs},
};

use super::{grant::Grant, session::Actor};
use crate::{Error, app::App};

/// Something that was sent, and that this actor may do.
#[derive(Clone, Debug)]
pub struct Vetted<T>(T);

impl<T> Vetted<T> {
    /// What was sent.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// The label by which Compose knows what belongs to a project
/// (<https://docs.docker.com/compose/how-tos/project-name/>).
const STACK_LABEL: &str = "com.docker.compose.project";

/// The stack that a spec wants its container in: of a label given twice, the last counts.
#[must_use]
pub fn stack_of(spec: &RunSpec) -> Option<&str> {
    let stack = spec.general.labels.iter().rev().find(|label| label.name.as_str() == STACK_LABEL)?;
    Some(stack.value.as_str()).filter(|stack| !stack.is_empty())
}

/// Checks a spec: that it is right in itself, and that whoever sent it may create there, and use each of its
/// fields there.
///
/// # Errors
/// [`Error::Forbidden`] for whoever may create in another stack only, [`Error::ForbiddenFields`] with all
/// the fields that need host access, [`Error::Invalid`] with the first that is wrong, or
/// [`Error::ConfirmationNeeded`] for host access that is all right otherwise.
pub fn vet(grant: &Grant<CreateContainer>, spec: RunSpec) -> Result<Vetted<RunSpec>, Error> {
    let held = held(grant, grant.actor(), &spec)?;
    let vetted = decide(held.contains(Permission::HostAccess), spec)?;
    // Last, so that nobody is asked again for what is refused all the same.
    if !host_needs(vetted.get()).is_empty() {
        grant.require_confirmed()?;
    }
    Ok(vetted)
}

/// Looks whether the actor may still have it made: before each further step, since each waits for the engine.
///
/// # Errors
/// [`Error::SignedOut`], or as [`vet`].
pub async fn vet_again(
    app: &App,
    grant: &Grant<CreateContainer>,
    spec: &Vetted<RunSpec>,
) -> Result<(), Error> {
    let actor = grant.require_still(app).await?;
    let held = held(grant, &actor, spec.get())?;
    require_host_access(held.contains(Permission::HostAccess), spec.get())
}

/// What the actor holds where the spec wants its container, creating among it.
fn held(grant: &Grant<CreateContainer>, actor: &Actor, spec: &RunSpec) -> Result<PermissionSet, Error> {
    let environment = &grant.target().environment;
    let target = match stack_of(spec) {
        Some(stack) => Target::Stack { environment, stack },
        None => Target::Environment(environment),
    };
    let held = actor.access().at(target);
    if held.contains(Permission::ContainerCreate) {
        Ok(held)
    } else {
        Err(Error::Forbidden { needs: Permission::ContainerCreate })
    }
}

fn require_host_access(held: bool, spec: &RunSpec) -> Result<(), Error> {
    let needs = host_needs(spec);
    if held || needs.is_empty() {
        return Ok(());
    }
    let mut fields: Vec<String> = needs.iter().map(|need| need.place.to_string()).collect();
    fields.dedup();
    Err(Error::ForbiddenFields { needs: Permission::HostAccess, fields })
}

fn decide(host_access: bool, spec: RunSpec) -> Result<Vetted<RunSpec>, Error> {
    require_host_access(host_access, &spec)?;
    match check(&spec).into_iter().find(|finding| finding.problem.blocks()) {
        Some(wrong) => Err(Error::invalid(&wrong.place.to_string(), wrong.problem.to_string())),
        None => Ok(Vetted(spec)),
    }
}

#[cfg(test)]
mod tests {
    use shared::run::parse;

    use super::*;

    fn outcome(host_access: bool, command: &str) -> Result<(), String> {
        match decide(host_access, parse(command).spec) {
            Ok(_) => Ok(()),
            Err(Error::ForbiddenFields { fields, needs: Permission::HostAccess }) => Err(fields.join(" ")),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn host_access_is_asked_for_by_field() {
        let command = "docker run -p 80:80 -p 8080:80 -v /:/host --privileged img";
        let fields = "network.ports[0] storage.volumes[0] security.privileged";
        assert_eq!(outcome(false, command), Err(fields.to_owned()));
        assert_eq!(outcome(true, command), Ok(()));
        assert_eq!(outcome(false, "docker run -p 8080:80 -v data:/data img"), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_refused_even_with_host_access() {
        assert!(outcome(true, "docker run --rm --restart always img").is_err());
        // Only without effect: told by the page, and no reason to refuse.
        assert_eq!(outcome(true, "docker run --network host -p 80:80 img"), Ok(()));
    }
}
