//! Making the container: what is sent, what is said of a refusal, and where it leads.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, ErrorCode, Permission, Target, TeamId, UserId,
    commands::{Outcome, Secrets, Verb, creation, on_containers, plain, shown},
    error::told,
    run::{CreateContainer, CreateOptions, CreatedContainer, NotStarted, RunSpec, blamed},
};

use super::{
    form::{Form, Refusal, use_form},
    image::{Images, Pulling, use_images, use_pulling},
    reading::Spot,
};
use crate::{
    api,
    components::{
        containers_store::ContainersStore,
        error_text::error_text,
        launch::{self, Launch, Refused},
        session_commands::{fallen, note_as},
    },
    i18n::{I18n, t_string, use_i18n},
    paths,
    session::{SessionContext, use_session},
    ui::{
        badge::Tone,
        toast::{Toast, Toasts, use_toasts},
    },
};

type Go = std::sync::Arc<dyn Fn(&str)>;

/// Sends the form. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct Submit {
    i18n: I18n,
    form: Form,
    store: ContainersStore,
    session: SessionContext,
    toasts: Toasts,
    images: Images,
    pulling: Pulling,
    go: StoredValue<Go, LocalStorage>,
    /// Whether it is under way.
    pub(super) pending: RwSignal<bool>,
    /// Whether it was tried while something was to be corrected.
    pub(super) held_back: RwSignal<bool>,
    /// The team that it is to belong to, if not the person.
    pub(super) team: RwSignal<Option<TeamId>>,
}

impl Submit {
    /// For the page.
    pub(super) fn provide(images: Images, pulling: Pulling) -> Self {
        let go = paths::use_go();
        let go: Go = std::sync::Arc::new(go);
        let submit = Self {
            i18n: use_i18n(),
            form: use_form(),
            store: ContainersStore::use_store(),
            session: use_session(),
            toasts: use_toasts(),
            images,
            pulling,
            go: StoredValue::new_local(go),
            pending: RwSignal::new(false),
            held_back: RwSignal::new(false),
            team: RwSignal::new(None),
        };
        provide_context(submit);
        submit
    }

    /// Whether it is under way, or waits for its image; tracked.
    pub(super) fn busy(self) -> bool {
        self.pending.get() || self.pulling.waits()
    }

    /// Makes the container, and starts it if wanted; first its image is pulled where it is not here. Or leads
    /// to what is to be corrected.
    pub(super) fn send(self, start: bool) {
        if untrack(|| self.busy()) {
            return;
        }
        self.form.touch();
        self.form.refusal.set(None);
        let blocking = self.form.reading.with_untracked(super::reading::Reading::blocking);
        self.held_back.set(blocking > 0);
        if blocking > 0 {
            self.form.unfold_troubles();
            super::foot::focus_first_wrong();
            return;
        }
        let environment = self.store.environment_untracked();
        let may_pull = untrack(|| self.session.may_within(Permission::ImagePull, &environment));
        match self.pulling.needed(self.images).filter(|_| may_pull) {
            Some(reference) => {
                self.form.unfold_spot(Spot::Image);
                self.pulling.begin_then(reference, start);
            }
            None => self.make(start),
        }
    }

    /// Makes it of an image that is here.
    pub(super) fn make(self, start: bool) {
        if self.pending.get_untracked() {
            return;
        }
        let spec = self.form.reading.with_untracked(|reading| reading.spec.clone());
        let environment = self.store.environment_untracked();
        // Started by the terminal, once it is attached: whoever makes it owns it, and so may do both.
        let attaches = start && !spec.general.detach;
        let options = CreateOptions { start: start && !attaches, team: self.team.get_untracked() };
        self.pending.set(true);
        spawn_local(async move {
            let call = api::call(CreateContainer { environment }, options, spec.clone());
            let reply = call.await;
            // The page may be gone by now.
            if self.pending.try_set(false).is_some() {
                return;
            }
            untrack(|| match reply {
                Ok(created) if attaches => self.made_to_attach(spec, created),
                Ok(created) => self.made(spec, created, start),
                Err(error) => self.refused(spec, &error),
            });
        });
    }

    /// It waits for a terminal that is attached to it and starts it.
    fn made_to_attach(self, spec: RunSpec, created: CreatedContainer) {
        let CreatedContainer { id, name, warnings, not_started } = created;
        self.note_made(&spec, &name, Verb::Create, None);
        if let Some(failure) = not_started {
            return self.not_ready(spec, name, failure);
        }
        if !warnings.is_empty() {
            self.toasts.show(Toast {
                tone: Tone::Warning,
                text: t_string!(self.i18n, run.created, name = name.clone()),
                detail: warnings.join(" "),
                command: Some(shown(&spec, Verb::Create, self.secrets())),
                ..Toast::default()
            });
        }
        let environment = self.store.environment_untracked();
        let path = paths::container_attached(&environment, &name);
        let team = self.team.get_untracked();
        launch::hand_over(Launch { environment, container: id, name, spec, team, by: self.user() });
        self.go.with_value(|go| go(&path));
    }

    /// Fills the form as it was when it was sent, and says why the engine would not start what was made of it.
    pub(super) fn take_back(self) {
        let environment = self.store.environment_untracked();
        let Some(Refused { launch, error }) = launch::take_back(&environment, self.user()) else { return };
        let Launch { name, spec, team, .. } = launch;
        self.form.fill(&spec);
        self.team.set(team);
        let spot = blamed(&spec, &error.message).and_then(|place| self.spot(&place.to_string()));
        let text = self.words(&spec, &error, spot);
        self.refuse(Refusal { spec, spot, text, made: Some(name) });
    }

    fn user(self) -> Option<UserId> {
        untrack(|| self.session.session()).map(|session| session.user)
    }

    /// It was made, and the engine would not go on.
    fn not_ready(self, spec: RunSpec, name: String, failure: NotStarted) {
        let spot = failure.field.as_deref().and_then(|path| self.spot(path));
        // That it was made stands in the title.
        let reason = failure.message.split_once(": ").map_or(failure.message.as_str(), |(_, reason)| reason);
        let text = t_string!(self.i18n, run.engine_says, message = told(reason).to_owned());
        self.refuse(Refusal { spec, spot, text, made: Some(name) });
    }

    fn made(self, spec: RunSpec, created: CreatedContainer, start: bool) {
        let CreatedContainer { name, warnings, not_started, id: _ } = created;
        let verb = if start { Verb::Run } else { Verb::Create };
        let said = self.note_made(&spec, &name, verb, not_started.as_ref());
        if let Some(failure) = not_started {
            return self.not_ready(spec, name, failure);
        }
        let text = if start {
            t_string!(self.i18n, run.started, name = name.clone())
        } else {
            t_string!(self.i18n, run.created, name = name.clone())
        };
        let tone = if warnings.is_empty() { Tone::Success } else { Tone::Warning };
        self.toasts.show(Toast {
            tone,
            text,
            detail: warnings.join(" "),
            command: Some(said),
            ..Toast::default()
        });
        let environment = self.store.environment_untracked();
        let path = match start {
            true => paths::container_tab(&environment, &name, "logs"),
            false => paths::container(&environment, &name),
        };
        self.go.with_value(|go| go(&path));
    }

    /// Notes what was done as commands; gives them as they may be shown.
    fn note_made(self, spec: &RunSpec, name: &str, verb: Verb, not_started: Option<&NotStarted>) -> String {
        let environment = self.store.environment_untracked();
        let done = if not_started.is_some() { Verb::Create } else { verb };
        for words in creation(spec, name, done, self.secrets()) {
            note_as(environment.clone(), words, Outcome::Done);
        }
        if let Some(failure) = not_started {
            let words = plain(on_containers("start", &[], &[name]));
            note_as(environment, words, Outcome::Failed(failure.message.clone()));
        }
        shown(spec, verb, self.secrets())
    }

    /// Whether this person's role shows values of the environment. Whoever owns a container sees those of it,
    /// and may lose it: what the tab keeps goes by the role.
    fn secrets(self) -> Secrets {
        let environment = self.store.environment_untracked();
        if self.session.may(Permission::ContainerEnvironment, Target::Environment(&environment)) {
            Secrets::Kept
        } else {
            Secrets::Hidden
        }
    }

    fn refused(self, spec: RunSpec, error: &ApiError) {
        let spot = error.field.as_deref().and_then(|path| self.spot(path));
        let text = self.words(&spec, error, spot);
        let name = spec.general.name.clone().unwrap_or_default();
        if let Some(words) = creation(&spec, &name, Verb::Create, self.secrets()).into_iter().next() {
            note_as(self.store.environment_untracked(), words, fallen(error, text.clone()));
        }
        self.refuse(Refusal { spec, spot, text, made: None });
    }

    fn spot(self, path: &str) -> Option<Spot> {
        self.form.reading.with_untracked(|reading| reading.spot_of(path))
    }

    fn refuse(self, refusal: Refusal) {
        let spot = refusal.spot;
        self.form.refusal.set(Some(refusal));
        if let Some(spot) = spot {
            self.form.unfold_spot(spot);
            super::foot::focus_first_wrong();
        }
    }

    fn words(self, spec: &RunSpec, error: &ApiError, spot: Option<Spot>) -> String {
        let i18n = self.i18n;
        let flag = spot.and_then(|spot| self.form.reading.with_untracked(|reading| reading.flag_of(spot)));
        match (error.code, spot, flag) {
            (ErrorCode::Forbidden, _, Some(flag)) => {
                t_string!(i18n, run.forbidden_field, flag = flag.long)
            }
            (ErrorCode::NotFound, Some(Spot::Image), _) => {
                t_string!(i18n, run.image_missing, image = spec.image.clone())
            }
            (ErrorCode::Conflict, _, Some(flag)) if flag.long == "name" => {
                t_string!(i18n, run.name_conflict)
            }
            // It speaks of a network or container that the spec names.
            (
                ErrorCode::NotFound | ErrorCode::Conflict | ErrorCode::Invalid | ErrorCode::EngineRefused,
                _,
                _,
            ) => {
                t_string!(i18n, run.engine_says, message = error.told().to_owned())
            }
            _ => error_text(i18n, error),
        }
    }
}

/// The page's way to send its form.
pub(super) fn use_submit() -> Submit {
    use_context::<Submit>().unwrap_or_else(|| Submit::provide(use_images(), use_pulling()))
}
