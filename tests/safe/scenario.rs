//! The stage of tests/syscalls, where what is in the window happens in another place, and the process ends with it.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::time::Duration;

use rawipc::{Errno, Wait};

use crate::orders::{Orders, What};
use crate::places::{self, Place, Verdict};
use crate::scratch;
use crate::trace;

/// How a scenario ends: `?` takes whatever says no.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

pub const SHORT: Wait = Wait::at_most(Duration::from_millis(1));
pub const LONG: Wait = Wait::at_most(Duration::from_secs(15));
pub const TINY: Wait = Wait::at_most(Duration::from_nanos(1));
pub const ZERO: Wait = Wait::at_most(Duration::ZERO);
pub const PAST: Wait = Wait::until(rawipc::wait::Instant::from_nanos(1));

/// Far from now, as an instant.
pub fn later() -> Wait {
    Wait::until(rawipc::wait::Instant::now().after(Duration::from_secs(15)))
}

/// A way to one row of one table.
pub struct Scenario {
    pub function: String,
    pub case: String,
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
        self.0.push(Scenario { function: function.into(), case: case.into(), work: Box::new(work) });
        self.0.last_mut().expect("just pushed")
    }
}

/// Where a scenario takes place.
pub struct Stage {
    place: Place,
    /// The window removes a name, or leaves it, which is its maker's alone, and not a child's.
    removes: bool,
    orders: RefCell<Option<Orders>>,
    has_dir: Cell<bool>,
}

impl Stage {
    pub fn new(place: Place, function: &str) -> Stage {
        let removes = function.ends_with("::remove") || function.ends_with("::retire");
        Stage { place, removes, orders: RefCell::default(), has_dir: Cell::default() }
    }

    /// What is done in here happens in the place that this is about. Nothing comes after it: the rest of the scenario
    /// is the tracer's.
    pub fn window<T>(&self, work: impl FnOnce() -> T) -> T {
        self.end(|| {
            std::mem::forget(work());
            Verdict::HELD
        })
    }

    /// `?` in the callers needs a type, and there is none like `!`.
    fn end<T>(&self, work: impl FnOnce() -> Verdict) -> T {
        match self.place {
            Place::Handler => places::in_handler(work),
            Place::Child => places::in_child(work),
        }
    }

    /// A window in which the call succeeds.
    pub fn ok<T>(&self, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome<T> {
        let removes = self.removes && self.place == Place::Child;
        self.end(|| match call() {
            Ok(answer) => {
                std::mem::forget(answer);
                Verdict::HELD
            }
            Err(e) if removes && e.errno() == Errno::PERM => Verdict::HELD,
            Err(e) => Verdict::errno(e.errno()),
        })
    }

    /// A window in which the call fails with this errno.
    pub fn err<T>(&self, errno: Errno, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome {
        let removes = self.removes && self.place == Place::Child;
        self.end(|| match call() {
            Err(e) if e.errno() == errno || removes && e.errno() == Errno::PERM => Verdict::HELD,
            Err(e) => Verdict::errno(e.errno()),
            Ok(answer) => {
                std::mem::forget(answer);
                Verdict::OK
            }
        })
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
        self.end(|| match call() {
            Ok(given) if given == value => Verdict::HELD,
            Ok(_) => Verdict::ANOTHER,
            Err(e) => Verdict::errno(e.errno()),
        })
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
        self.order(call, nth, What::Answer(result));
    }

    /// When the `nth` such call from now on is entered, `action` is done before it goes on.
    pub fn cue(&self, call: &str, nth: u64, action: impl FnMut() + Send + 'static) {
        self.order(call, nth, What::Cue(Box::new(action)));
    }

    /// As [`cue`](Self::cue), but the call goes on meanwhile.
    pub fn meanwhile(&self, call: &str, nth: u64, action: impl FnMut() + Send + 'static) {
        self.order(call, nth, What::meanwhile(action));
    }

    fn order(&self, call: &str, nth: u64, what: What) {
        if cfg!(feature = "libc") && ["fstat", "newfstatat"].contains(&call) {
            Verdict::left_out();
        }
        let number = trace::number(call).unwrap_or_else(|| panic!("no such call: {call}"));
        self.orders.borrow_mut().get_or_insert_with(Orders::start).push(number, nth, what);
    }

    /// A name in a directory that is this scenario's alone.
    pub fn path(&self, name: &str) -> std::ffi::CString {
        if !self.has_dir.replace(true) {
            scratch::renew_own();
        }
        scratch::named(name)
    }
}
