//! The stage of tests/syscalls, where each call can be failed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::error::Error;
use std::time::Duration;

use rawipc::{Errno, Wait};

use crate::dispatch::{self, Made};
use crate::scratch;
use crate::snapshot::Snapshot;
use crate::trace;

/// How a scenario ends: `?` takes whatever says no.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

pub const SHORT: Wait = Wait::at_most(Duration::from_millis(1));
pub const LONG: Wait = Wait::at_most(LIMIT);
pub const TINY: Wait = Wait::at_most(Duration::from_nanos(1));
pub const ZERO: Wait = Wait::at_most(Duration::ZERO);
pub const PAST: Wait = Wait::until(rawipc::wait::Instant::from_nanos(1));

/// Far from now, as an instant.
pub fn later() -> Wait {
    Wait::until(rawipc::wait::Instant::now().after(LIMIT))
}

/// The longest that any scenario waits with a limit.
pub const LIMIT: Duration = Duration::from_secs(15);

/// A way to one row of one table.
pub struct Scenario {
    pub function: String,
    pub case: String,
    /// Every call that a row of its function's table names, if there is a table.
    pub named: Option<BTreeSet<u64>>,
    pub work: Box<dyn Fn(&Stage) -> Outcome>,
}

impl Scenario {
    /// The tracer's business.
    pub fn mode(&mut self, _: u32) -> &mut Scenario {
        self
    }

    /// The tracer's business.
    pub fn over(&mut self, _: &'static [&'static str]) -> &mut Scenario {
        self
    }

    /// # Errors
    /// A call was made that no row of the function names.
    pub fn named(&self, made: &[Made]) -> Result<(), String> {
        let stray = |m: &&Made| self.named.as_ref().is_some_and(|named| !named.contains(&m.number));
        match made.iter().find(stray) {
            Some(stray) => Err(format!("makes {}, which no row has", dispatch::name(stray.number))),
            None => Ok(()),
        }
    }

    pub fn title(&self) -> String {
        format!("{}, \"{}\"", self.function, self.case)
    }
}

/// All scenarios.
#[derive(Default)]
pub struct Scenarios(pub Vec<Scenario>);

impl Scenarios {
    /// `work` sets the case up, and makes the call inside one window of the stage.
    pub fn case(
        &mut self,
        function: &str,
        case: &str,
        work: impl Fn(&Stage) -> Outcome + 'static,
    ) -> &mut Scenario {
        self.0.push(Scenario {
            function: function.into(),
            case: case.into(),
            named: None,
            work: Box::new(work),
        });
        self.0.last_mut().expect("just pushed")
    }
}

/// What the call of the window said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing that can be looked at.
    Nothing,
    Ok,
    /// Another value than the case has.
    Another,
    Err(Refusal),
}

/// A `rawipc::Error`, part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub call: &'static str,
    pub errno: i32,
    pub origin: rawipc::Origin,
}

impl From<rawipc::Error> for Refusal {
    fn from(e: rawipc::Error) -> Refusal {
        Refusal { call: e.call().name(), errno: e.errno().raw_os_error(), origin: e.origin() }
    }
}

/// What became of the scenario's window.
#[derive(Default)]
pub struct Seen {
    pub told: Option<Told>,
    pub before: Snapshot,
    pub after: Snapshot,
    /// What the scenario itself found wrong.
    pub wrong: Option<String>,
}

/// Where a scenario takes place.
#[derive(Default)]
pub struct Stage {
    pub seen: RefCell<Seen>,
    pub maps: bool,
    /// A tracer is there, and wants to know where the window is.
    pub marks: bool,
    pub has_dir: Cell<bool>,
}

impl Stage {
    /// What is done in here is what the row says. Once in a scenario.
    pub fn window<T>(&self, work: impl FnOnce() -> T) -> T {
        let answer = self.watched(work);
        self.seen.borrow_mut().told.get_or_insert(Told::Nothing);
        answer
    }

    fn watched<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.look();
        dispatch::state().windowed = true;
        let answer = if self.marks { trace::window(0, work) } else { work() };
        dispatch::state().windowed = false;
        let mut seen = self.seen.borrow_mut();
        (seen.before, seen.after) = (before, self.look());
        // Whoever did not have his turn goes now: somebody may wait for that.
        drop(dispatch::state().dismiss());
        answer
    }

    fn look(&self) -> Snapshot {
        Snapshot::take(self.maps, self.has_dir.get().then(scratch::own).as_deref())
    }

    /// A window whose answer is told.
    pub fn told<T, E: Copy + Into<Refusal>>(&self, call: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let answer = self.watched(call);
        self.seen.borrow_mut().told = Some(match &answer {
            Ok(_) => Told::Ok,
            Err(e) => Told::Err((*e).into()),
        });
        answer
    }

    /// A window in which the call succeeds.
    pub fn ok<T>(&self, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome<T> {
        Ok(self.told(call)?)
    }

    /// A window in which the call fails with this errno.
    pub fn err<T>(&self, errno: Errno, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome {
        match self.told(call) {
            Err(e) if e.errno() == errno => Ok(()),
            Err(e) => Err(format!("{errno} was expected, not {e}").into()),
            Ok(_) => Err(format!("{errno} was expected").into()),
        }
    }

    /// A window in which the call fails with this errno, or succeeds where none is given.
    pub fn answers<T>(&self, errno: Option<Errno>, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome {
        match errno {
            Some(errno) => self.err(errno, call),
            None => self.ok(call).map(drop),
        }
    }

    /// A window in which the call succeeds with this value.
    pub fn gives<T: PartialEq + std::fmt::Debug>(
        &self,
        value: T,
        call: impl FnOnce() -> rawipc::Result<T>,
    ) -> Outcome {
        match self.ok(call)? {
            given if given == value => Ok(()),
            given => {
                self.seen.borrow_mut().told = Some(Told::Another);
                Err(format!("{value:?} was expected, not {given:?}").into())
            }
        }
    }

    /// A window in which the call succeeds on something that lives until it is over.
    pub fn ok_with<C, T>(&self, mut on: C, call: impl FnOnce(&mut C) -> rawipc::Result<T>) -> Outcome {
        self.ok(|| call(&mut on)).map(drop)
    }

    /// The `nth` such call from now on is not made and fails with `errno`.
    pub fn refuse(&self, call: &str, nth: u64, errno: Errno) {
        self.answer(call, nth, -i64::from(errno.raw_os_error()));
    }

    /// The `nth` such call from now on is not made and returns `result`.
    pub fn answer(&self, call: &str, nth: u64, result: i64) {
        dispatch::state().answer(number(call), nth, result);
    }

    /// When the `nth` such call from now on is entered, `action` is done before it goes on.
    pub fn cue(&self, call: &str, nth: u64, action: impl FnMut() + Send + 'static) {
        dispatch::state().cue(number(call), nth, (true, Box::new(action)));
    }

    /// As [`cue`](Self::cue), but in a thread, and the call goes on meanwhile.
    pub fn meanwhile(&self, call: &str, nth: u64, action: impl FnMut() + Send + 'static) {
        dispatch::state().cue(number(call), nth, (false, Box::new(action)));
    }

    /// A name in a directory that is this scenario's alone.
    pub fn path(&self, name: &str) -> std::ffi::CString {
        if !self.has_dir.replace(true) {
            scratch::renew_own();
        }
        scratch::named(name)
    }
}

fn number(call: &str) -> u64 {
    trace::number(call).unwrap_or_else(|| panic!("no such call: {call}"))
}
