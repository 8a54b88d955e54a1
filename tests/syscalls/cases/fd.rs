//! Descriptors.

use rawipc::fd::{Fd, Stdio};
use rawipc::{Errno, pipe};

use super::pipe::drop_of;
use crate::scenario::{Outcome, Scenarios};

pub fn cases(s: &mut Scenarios) {
    s.case("fd::Fd", "drop", |t| drop_of(t, some()?));
    s.case("fd::Fd::try_clone", "ok", |t| t.ok_with(some()?, |fd| fd.try_clone().map(std::mem::forget)));
    s.case("fd::Fd::inherit", "ok", |t| t.ok_with(some()?, |fd| fd.inherit()));
    s.case("fd::Fd::inherit", "not open", |t| {
        let fd = nobodys(900)?;
        t.err(Errno::BADF, || fd.inherit())
    });
    for stdio in [Stdio::In, Stdio::Out, Stdio::Err] {
        s.case("fd::Fd::hand_over_as", "ok", move |t| {
            let fd = some()?;
            t.ok(|| fd.hand_over_as(stdio))
        });
        s.case("fd::Fd::hand_over_as", "already that number", move |t| {
            let fd = nobodys(stdio as i32)?;
            t.ok(|| fd.hand_over_as(stdio))
        });
    }
    s.case("fd::Fd::hand_over_as", "not open", |t| {
        let fd = nobodys(900)?;
        t.err(Errno::BADF, || fd.hand_over_as(Stdio::In))
    });
    s.case("fd::Fd::hand_over_as", "already that number, not open", |t| {
        drop(nobodys(0)?);
        let fd = nobodys(0)?;
        t.err(Errno::BADF, || fd.hand_over_as(Stdio::In))
    });
}

fn some() -> Outcome<Fd> {
    Ok(pipe::pair()?.0.into_fd())
}

fn nobodys(raw: i32) -> Outcome<Fd> {
    // SAFETY: a scenario's process is its own, and closing what is not open does nothing.
    Ok(unsafe { Fd::from_raw(raw) }?)
}
