//! Filters: a child puts one in front of itself, and is let through where the tracer looks.

use rawipc::seccomp::{Action, Filter, Instruction, List, ROOM};
use rawipc::{Errno, Result};

use crate::scenario::{Outcome, Scenarios, Stage};
use crate::trace::MARKS;

type Install = fn(&Filter<'_>) -> Result<()>;

pub fn cases(s: &mut Scenarios) {
    let ways: [(&str, Install); 2] = [
        ("seccomp::Filter::install", |f| f.install()),
        ("seccomp::Filter::install_on_all_threads", |f| f.install_on_all_threads()),
    ];
    for (function, install) in ways {
        s.case(function, "ok", move |t| with_filter(t, None, install));
        s.case(function, "refused by the kernel", move |t| {
            t.refuse("seccomp", 1, Errno::NOMEM);
            with_filter(t, Some(Errno::NOMEM), install)
        });
        s.case(function, "no prctl, because of an earlier filter", move |t| {
            t.refuse("prctl", 1, Errno::PERM);
            with_filter(t, Some(Errno::PERM), install)
        });
    }
}

fn with_filter(t: &Stage, errno: Option<Errno>, install: Install) -> Outcome {
    let mut buf = [Instruction::NONE; ROOM];
    // The marks of the window are calls too; everything else fails with an errno, as far as it is made.
    let filter = Filter::new(List::EXIT, &MARKS, Action::Errno(Errno::PERM), &mut buf)?;
    t.answers(errno, || install(&filter))
}
