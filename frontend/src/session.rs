//! Who is signed in: found out at the start, kept live, lost when it ends.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, EnvironmentId, ErrorCode, Permission, Target,
    access::Decision,
    containers::ContainerSummary,
    live::{Event, Topic},
    preferences::{Language, Preferences},
    session::{ReadSession, Session, SessionEnd, SignOut},
    setup::ReadSetup,
};

use crate::{
    api,
    components::theme::{ThemeChoice, use_theme},
    i18n::{I18n, Locale, use_i18n},
    live,
    ui::{
        format,
        storage::{COMMANDS, forget_in_tab},
    },
};

/// What is known of the session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SessionState {
    /// Being asked.
    Asking,
    /// Somebody is signed in.
    SignedIn(Session),
    /// Nobody is.
    SignedOut,
    /// The console has no user yet.
    SetupNeeded,
    /// The console did not answer.
    Failed(ApiError),
}

/// The session, for the whole page.
#[derive(Clone, Copy)]
pub(crate) struct SessionContext {
    state: RwSignal<SessionState>,
    /// Why a session ended by itself while the page was open.
    ended: RwSignal<Option<SessionEnd>>,
    /// Until when what is dangerous is not asked for again, by this browser's clock.
    confirmed_until: RwSignal<f64>,
    i18n: I18n,
    theme: ThemeChoice,
}

impl SessionContext {
    /// Asks the server who is signed in, and gives the answer to the whole page.
    pub(crate) fn provide() -> Self {
        let session = Self {
            state: RwSignal::new(SessionState::Asking),
            ended: RwSignal::new(None),
            confirmed_until: RwSignal::new(0.0),
            i18n: use_i18n(),
            theme: use_theme(),
        };
        provide_context(session);
        api::on_signed_out(move |why| session.lost(why));
        session.ask();
        session
    }

    /// What is known; tracked.
    pub(crate) fn state(self) -> SessionState {
        self.state.get()
    }

    /// Who is signed in; tracked.
    pub(crate) fn session(self) -> Option<Session> {
        self.state.with(|state| match state {
            SessionState::SignedIn(session) => Some(session.clone()),
            SessionState::Asking
            | SessionState::SignedOut
            | SessionState::SetupNeeded
            | SessionState::Failed(_) => None,
        })
    }

    /// Whether the person may do this to the target; tracked. The server decides again at each call.
    pub(crate) fn may(self, permission: Permission, target: Target<'_>) -> bool {
        self.state
            .with(|state| matches!(state, SessionState::SignedIn(session) if session.may(permission, target)))
    }

    /// Whether the person has to set up a second factor before anything else; tracked.
    pub(crate) fn lacks_factor(self) -> bool {
        self.state.with(|state| matches!(state, SessionState::SignedIn(session) if session.lacks_factor()))
    }

    /// Whether the person's role requires a second factor; tracked.
    pub(crate) fn requires_factor(self) -> bool {
        self.state.with(|state| matches!(state, SessionState::SignedIn(session) if session.factor_required))
    }

    /// Whether the person may do this to a container; tracked.
    pub(crate) fn may_on(
        self,
        permission: Permission,
        environment: &EnvironmentId,
        row: &ContainerSummary,
    ) -> bool {
        self.may(permission, row.target(environment))
    }

    /// Whether the person may do this to something in the environment; tracked.
    pub(crate) fn may_within(self, permission: Permission, environment: &EnvironmentId) -> bool {
        self.state.with(|state| match state {
            SessionState::SignedIn(session) => {
                session.access.decide_within(permission, Some(environment)) == Decision::Allowed
            }
            SessionState::Asking
            | SessionState::SignedOut
            | SessionState::SetupNeeded
            | SessionState::Failed(_) => false,
        })
    }

    /// Asks again.
    pub(crate) fn ask(self) {
        spawn_local(async move {
            match api::call(ReadSession {}, Empty {}, ()).await {
                Ok(session) => self.begin(session),
                Err(error) if error.code == ErrorCode::SignedOut => self.ask_setup().await,
                Err(error) => self.state.set(SessionState::Failed(error)),
            }
        });
    }

    async fn ask_setup(self) {
        // It ended while no page was open.
        forget_in_tab(COMMANDS);
        self.state.set(match api::call(ReadSetup {}, Empty {}, ()).await {
            Ok(setup) if setup.needed => SessionState::SetupNeeded,
            Ok(_) => SessionState::SignedOut,
            Err(error) => SessionState::Failed(error),
        });
    }

    /// Somebody has signed in.
    pub(crate) fn begin(self, session: Session) {
        live::start();
        self.ended.set(None);
        self.renew(session);
    }

    /// Shows the page as its person likes it; what they never chose stays as this browser has it.
    pub(crate) fn follow_preferences(self, chosen: Preferences) {
        match chosen.language {
            Some(Language::En) => self.i18n.choose(Locale::en),
            Some(Language::Fr) => self.i18n.choose(Locale::fr),
            None => {}
        }
        if let Some(theme) = chosen.theme {
            self.theme.set(theme);
        }
        format::follow(chosen);
    }

    /// The session as the server has just told.
    pub(crate) fn renew(self, session: Session) {
        let now = js_sys::Date::now();
        self.confirmed_until.set(now + f64::from(session.confirmed_seconds) * 1_000.0);
        self.follow_preferences(session.preferences);
        let lacked = untrack(|| self.lacks_factor());
        let may_go_on = lacked && !session.lacks_factor();
        self.state.set(SessionState::SignedIn(session));
        if may_go_on {
            live::renew_all();
        }
    }

    /// Until when what is dangerous is not asked for again, by this browser's clock; tracked.
    pub(crate) fn confirmed_until(self) -> f64 {
        self.confirmed_until.get()
    }

    /// Signs out: the server ends the session and closes its sockets.
    pub(crate) async fn sign_out(self) -> Result<(), ApiError> {
        api::call(SignOut {}, Empty {}, ()).await?;
        self.lost(SessionEnd::Over);
        self.ended.set(None);
        Ok(())
    }

    /// Why a session ended by itself while the page was open, if one did; tracked.
    pub(crate) fn ended(self) -> Option<SessionEnd> {
        self.ended.get()
    }

    fn lost(self, why: SessionEnd) {
        live::stop();
        forget_in_tab(COMMANDS);
        let was_in = self.state.with_untracked(|state| matches!(state, SessionState::SignedIn(_)));
        if was_in {
            self.ended.set(Some(why));
            self.state.set(SessionState::SignedOut);
        }
    }

    /// Keeps role and name as they are on the server, as long as the calling component lives.
    pub(crate) fn follow(self) {
        live::subscribe_here(
            || Topic::Session,
            move |message| {
                if let live::Message::Event(Event::Session { session }) = message {
                    self.renew(session);
                }
            },
        );
    }
}

/// The session of the page.
pub(crate) fn use_session() -> SessionContext {
    use_context::<SessionContext>().unwrap_or_else(SessionContext::provide)
}

/// Finds out whether the session still stands; if not, the page learns it by the call's own failure.
pub(crate) fn check() {
    spawn_local(async {
        let _ = api::call(ReadSession {}, Empty {}, ()).await;
    });
}
