//! The rows that every waiting call has, from one description of it.

use rawipc::{Errno, Wait};

use crate::scenario::{LONG, Outcome, PAST, SHORT, Scenarios, Stage, TINY, ZERO};

/// A call that waits: how to get to where it would, the call, and what ends the wait.
pub struct Waiting<C> {
    pub function: &'static str,
    /// In front of the names of the rows: "before 6.18, ".
    pub prefix: &'static str,
    /// The calls of `ppoll` in one round; the last of them sleeps.
    pub polls: u64,
    /// An end on which the call would wait, and what a peer does to make it ready.
    pub make: fn(&Stage) -> Outcome<(C, Peer)>,
    pub call: fn(&mut C, Wait) -> rawipc::Result<()>,
}

pub type Peer = Box<dyn FnMut() + Send>;

impl<C: 'static> Waiting<C> {
    pub fn cases(&'static self, s: &mut Scenarios) {
        let polls = self.polls;
        for (case, wait) in [("waits for ever", Wait::FOREVER), ("waits with a limit", LONG)] {
            self.ready_at(s, case, wait, 1, |_| {});
            // Woken for nothing, and by a signal that ends nothing.
            self.ready_at(s, case, wait, 2, move |t| t.answer("ppoll", polls, 1));
            self.ready_at(s, case, wait, 2, move |t| t.refuse("ppoll", polls, Errno::INTR));
        }
        self.fails(s, "times out", SHORT, Errno::TIMEDOUT, |_| {});
        self.fails(s, "times out", LONG, Errno::TIMEDOUT, move |t| {
            t.answer("ppoll", polls, 1);
            t.answer("ppoll", 2 * polls, 0);
        });
        self.fails(s, "times out, by the clock", TINY, Errno::TIMEDOUT, move |t| t.answer("ppoll", polls, 1));
        self.fails(s, "over from the start", PAST, Errno::TIMEDOUT, |_| {});
        self.fails(s, "a limit of zero", ZERO, Errno::TIMEDOUT, |_| {});
        let signal = move |t: &Stage| t.refuse("ppoll", polls, Errno::INTR);
        self.fails(s, "a signal ends it, for ever", Wait::FOREVER.or_signal(), Errno::INTR, signal);
        self.fails(s, "a signal ends it, with a limit", LONG.or_signal(), Errno::INTR, signal);
    }

    fn ready_at(
        &'static self,
        s: &mut Scenarios,
        case: &str,
        wait: Wait,
        round: u64,
        set_up: impl Fn(&Stage) + 'static,
    ) {
        s.case(self.function, &format!("{}{case}", self.prefix), move |t| {
            let (mut end, peer) = (self.make)(t)?;
            set_up(t);
            t.cue("ppoll", round * self.polls, peer);
            t.ok(|| (self.call)(&mut end, wait))
        });
    }

    fn fails(
        &'static self,
        s: &mut Scenarios,
        case: &str,
        wait: Wait,
        errno: Errno,
        set_up: impl Fn(&Stage) + 'static,
    ) {
        s.case(self.function, &format!("{}{case}", self.prefix), move |t| {
            let (mut end, peer) = (self.make)(t)?;
            set_up(t);
            let answer = t.err(errno, || (self.call)(&mut end, wait));
            drop(peer); // until here, so that nobody is gone
            answer
        });
    }
}
