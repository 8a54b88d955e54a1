//! Functions that are not safe there, each of which must be flagged, and one that is.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::atomic::Ordering::SeqCst;

use rawipc::{Errno, pipe};

use crate::places::{self, End, HANGS, NEVER, NO_TRAP, Place, SECONDS, TOUCHED};
use crate::scenario::{Scenarios, Stage};
use crate::source;
use crate::tables::Tables;
use crate::{Done, says_yes, undone};

/// Why the places are not to be had on this machine.
pub fn refused() -> Option<&'static str> {
    let mut s = Scenarios::default();
    good(&mut s);
    let why = [Place::Handler, Place::Child].map(|place| match places::run(&s.0[0], place) {
        End::Not(how) if how == NO_TRAP => Some(NO_TRAP),
        End::Not(how) if how == NEVER => Some(NEVER),
        _ => None,
    });
    why.into_iter().flatten().next()
}

fn good(s: &mut Scenarios) {
    s.case("a pipe", "good", |t| t.ok(pipe::pair).map(drop));
}

/// The twins that nothing was said about, or not what should be.
pub fn unflagged() -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |place: Place, is: Option<&str>, work: fn(&Stage) -> crate::scenario::Outcome| {
        let mut s = Scenarios::default();
        let name = is.map_or("good".to_owned(), |is| format!("a twin that {is}"));
        s.case(&name, place.name(), work);
        match (places::run(&s.0[0], place), is) {
            (End::Held, None) => {}
            (End::Not(how), Some(is)) if how == is => {}
            (End::Held | End::LeftOut, _) => found.push(format!("{name}, {}, was not flagged", place.name())),
            (End::Not(how), _) => found.push(format!("{name}, {}: {how}", place.name())),
        }
    };
    let usual = SECONDS.swap(1, SeqCst);
    for place in [Place::Handler, Place::Child] {
        check(place, None, |t| t.ok(pipe::pair).map(drop));
        check(place, Some(HANGS), |t| {
            t.window(|| black_box(Box::new(black_box(7))));
            Ok(())
        });
        check(place, Some(HANGS), |t| {
            let made_before = Box::new(7);
            t.window(|| drop(black_box(made_before)));
            Ok(())
        });
        check(place, Some("it succeeded"), |t| t.err(Errno::MFILE, pipe::pair));
        let refused: fn(&Stage) -> _ = |t| {
            t.refuse("pipe2", 1, Errno::NFILE);
            t.ok(pipe::pair).map(drop)
        };
        check(place, Some(&format!("it said {}", Errno::NFILE)), refused);
        if !cfg!(feature = "libc") {
            check(place, Some(TOUCHED), |t| {
                // SAFETY: nobody's.
                t.window(|| unsafe { libc::close(-1) });
                Ok(())
            });
        }
    }
    check(Place::Handler, Some("is killed by signal 11"), |t| {
        t.window(|| black_box(&mut [0u8; 20 << 10]).fill(black_box(1)));
        Ok(())
    });
    check(Place::Child, None, |t| {
        t.window(|| black_box(&mut [0u8; 20 << 10]).fill(black_box(1)));
        Ok(())
    });
    SECONDS.store(usual, SeqCst);
    let text = "/// # Syscalls\n/// Async-signal-safe.\n/// | case | calls |\n/// |---|---|\n/// | ok | `read` |\npub fn f() {}";
    let tables = Tables::new(&[source::source("pipe.rs", text)]);
    let half_done =
        Done::from([(Place::Handler, BTreeSet::from(["pipe::f"])), (Place::Child, BTreeSet::new())]);
    if undone(&says_yes(&tables).collect(), &half_done).len() != 1 {
        found.push("a function that was not done in a child was not flagged".into());
    }
    found
}
