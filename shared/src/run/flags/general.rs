//! Flags of the container's life, and of what runs in it.

use super::{Fate, Flag, Kind, Reach, Refusal, Section, Values, many, number, one, switch, text, texts};
use crate::run::{Field, amounts::boolean, modes::Restart, values::KeyValue};

fn env(list: &mut Vec<KeyValue>, text: &str) -> Result<(), Refusal> {
    if !text.is_empty() && !text.contains('=') {
        return Err(Refusal::ShellValue);
    }
    many(list, text)
}

fn init(slot: &mut Option<bool>, text: &str) -> Result<(), Refusal> {
    *slot = Some(boolean(text)?);
    Ok(())
}

fn print_init(init: Option<bool>, out: &mut Values) {
    match init {
        Some(true) => out.0.push(None),
        Some(false) => out.0.push(Some("false".to_owned())),
        None => {}
    }
}

pub(super) const FLAGS: &[Flag] = &[
    Flag::of(
        Section::General,
        Field::Detach,
        Kind::Switch,
        "detach",
        |d, v| switch(&mut d.spec.general.detach, v),
        |s, out| out.switch(s.general.detach),
    )
    .short('d')
    .described(),
    Flag::of(
        Section::General,
        Field::Interactive,
        Kind::Switch,
        "interactive",
        |d, v| switch(&mut d.spec.general.interactive, v),
        |s, out| out.switch(s.general.interactive),
    )
    .short('i')
    .described(),
    Flag::of(
        Section::General,
        Field::Tty,
        Kind::Switch,
        "tty",
        |d, v| switch(&mut d.spec.general.tty, v),
        |s, out| out.switch(s.general.tty),
    )
    .short('t')
    .described(),
    Flag::of(
        Section::General,
        Field::AutoRemove,
        Kind::Switch,
        "rm",
        |d, v| switch(&mut d.spec.general.auto_remove, v),
        |s, out| out.switch(s.general.auto_remove),
    )
    .described(),
    Flag::of(
        Section::General,
        Field::Name,
        Kind::Value,
        "name",
        |d, v| text(&mut d.spec.general.name, v),
        |s, out| out.one(s.general.name.as_ref()),
    )
    .described(),
    Flag::of(
        Section::General,
        Field::Attach,
        Kind::List,
        "attach",
        |d, v| many(&mut d.spec.general.attach, &v.to_ascii_lowercase()),
        |s, out| out.many(&s.general.attach),
    )
    .short('a')
    .described(),
    Flag::of(
        Section::General,
        Field::Platform,
        Kind::Value,
        "platform",
        |d, v| text(&mut d.spec.general.platform, v),
        |s, out| out.one(s.general.platform.as_ref()),
    ),
    Flag::of(
        Section::General,
        Field::Pull,
        Kind::Value,
        "pull",
        |d, v| one(&mut d.spec.general.pull, v),
        |s, out| out.one(s.general.pull.as_ref()),
    )
    .described(),
    Flag::of(
        Section::General,
        Field::Labels,
        Kind::List,
        "label",
        |d, v| many(&mut d.spec.general.labels, v),
        |s, out| out.many(&s.general.labels),
    )
    .short('l')
    .described(),
    Flag::of(
        Section::General,
        Field::Annotations,
        Kind::List,
        "annotation",
        |d, v| many(&mut d.spec.general.annotations, v),
        |s, out| out.many(&s.general.annotations),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Restart,
        Field::Restart,
        Kind::Value,
        "restart",
        |d, v| {
            d.spec.general.restart = v.parse()?;
            Ok(())
        },
        |s, out| out.one(Some(&s.general.restart).filter(|restart| **restart != Restart::No)),
    )
    .described(),
    Flag::of(
        Section::Restart,
        Field::StopSignal,
        Kind::Value,
        "stop-signal",
        |d, v| text(&mut d.spec.general.stop_signal, v),
        |s, out| out.one(s.general.stop_signal.as_ref()),
    )
    .described(),
    Flag::of(
        Section::Restart,
        Field::StopTimeout,
        Kind::Value,
        "stop-timeout",
        |d, v| number(&mut d.spec.general.stop_timeout_seconds, v),
        |s, out| out.one(s.general.stop_timeout_seconds.as_ref()),
    )
    .described(),
    Flag::of(
        Section::Command,
        Field::Init,
        Kind::Switch,
        "init",
        |d, v| init(&mut d.spec.general.init, v),
        |s, out| print_init(s.general.init, out),
    )
    .described(),
    Flag::of(
        Section::Command,
        Field::Entrypoint,
        Kind::Value,
        "entrypoint",
        |d, v| text(&mut d.spec.process.entrypoint, v),
        |s, out| out.one(s.process.entrypoint.as_ref()),
    ),
    Flag::of(
        Section::Command,
        Field::Workdir,
        Kind::Value,
        "workdir",
        |d, v| text(&mut d.spec.process.workdir, v),
        |s, out| out.one(s.process.workdir.as_ref()),
    )
    .short('w')
    .described(),
    Flag::of(
        Section::Command,
        Field::User,
        Kind::Value,
        "user",
        |d, v| text(&mut d.spec.process.user, v),
        |s, out| out.one(s.process.user.as_ref()),
    )
    .short('u'),
    Flag::of(
        Section::Command,
        Field::GroupAdd,
        Kind::List,
        "group-add",
        |d, v| texts(&mut d.spec.process.group_add, v),
        |s, out| out.many(&s.process.group_add),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Environment,
        Field::Env,
        Kind::List,
        "env",
        |d, v| env(&mut d.spec.process.env, v),
        |s, out| out.many(&s.process.env),
    )
    .short('e')
    .described(),
    Flag::without(Section::Environment, Fate::YourFile, Kind::List, "env-file"),
    Flag::without(Section::General, Fate::YourFile, Kind::List, "label-file"),
    Flag::without(Section::General, Fate::YourFile, Kind::Value, "cidfile").described(),
    Flag::without(Section::General, Fate::NoEffect, Kind::Value, "detach-keys").described(),
    Flag::without(Section::General, Fate::NoEffect, Kind::Switch, "sig-proxy"),
    Flag::without(Section::General, Fate::NoEffect, Kind::Switch, "quiet").short('q'),
    Flag::without(Section::General, Fate::NoEffect, Kind::Switch, "disable-content-trust"),
    Flag::without(Section::General, Fate::NoEffect, Kind::Switch, "help"),
    Flag::without(Section::Security, Fate::LeftOut, Kind::Switch, "use-api-socket").reach(Reach::Host),
];
