//! One case of one function, made to happen under the tracer.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rawipc::{Errno, Wait};

use crate::scratch;
use crate::trace::{self, Failure, Syscall};

/// How a scenario ends: `?` takes whatever says no.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Over before anybody comes.
pub const SHORT: Wait = Wait::at_most(Duration::from_millis(1));
/// Never over while somebody comes.
pub const LONG: Wait = Wait::at_most(Duration::from_secs(15));
/// Over before it is looked at a second time.
pub const TINY: Wait = Wait::at_most(Duration::from_nanos(1));
pub const ZERO: Wait = Wait::at_most(Duration::ZERO);

/// Long ago.
pub const PAST: Wait = Wait::until(rawipc::wait::Instant::from_nanos(1));

/// Far from now.
pub fn later() -> Wait {
    Wait::until(rawipc::wait::Instant::now().after(Duration::from_secs(15)))
}

/// A way to one row of one table.
pub struct Scenario {
    pub function: String,
    pub case: String,
    /// The mode that files are expected to be made with.
    pub mode: u32,
    /// The types whose implementations a generic function is over.
    pub over: Option<&'static [&'static str]>,
    /// Expected to fail: nobody needs to read why.
    quiet: bool,
    work: Box<dyn Fn(&Stage) -> Outcome>,
}

impl Scenario {
    /// The permissions that the scenario asks for, where they are not 0600.
    pub fn mode(&mut self, mode: u32) -> &mut Scenario {
        self.mode = mode;
        self
    }

    /// What a trait's own methods stand for in the table.
    pub fn over(&mut self, over: &'static [&'static str]) -> &mut Scenario {
        self.over = Some(over);
        self
    }

    /// The calls of its window.
    pub fn run(&self) -> Result<Vec<Syscall>, Failure> {
        let calls = trace::trace_one(|| self.play(&Stage::default()))?;
        // The trampoline of a signal handler: the kernel's way back, not ours.
        Ok(calls.into_iter().filter(|c| c.name() != "rt_sigreturn").collect())
    }

    /// Its window opened behind `gate`, which is passed but once: what was expected is judged in there, and nothing
    /// is done afterwards. Stopped and continued in the first `stops` of its calls.
    #[allow(dead_code)] // filters are put up by tests/seccomp
    pub fn run_behind(&self, gate: Gate, stops: u32) -> Result<Vec<Syscall>, Failure> {
        let windows = trace::trace_stopped(stops, || {
            self.play(&Stage { gate: Some(gate), ..Stage::default() });
            // No window was come to.
            stage_exit(UNEXPECTED);
        })?;
        let calls = trace::only(windows)?;
        Ok(calls.into_iter().filter(|c| c.name() != "rt_sigreturn").collect())
    }

    fn play(&self, stage: &Stage) {
        match catch_unwind(AssertUnwindSafe(|| (self.work)(stage))) {
            Ok(Ok(())) => {}
            Ok(Err(_)) if self.quiet => stage.fail(""),
            Ok(Err(e)) => stage.fail(&format!("{} \"{}\": {e}", self.function, self.case)),
            Err(_) => stage.fail(&format!("{} \"{}\" panicked", self.function, self.case)),
        }
    }
}

/// What stands between the setting up and the window.
pub type Gate = Box<dyn Fn()>;

/// The exit status of a window behind a gate whose call said something else than was expected.
pub const UNEXPECTED: i32 = 77;

fn stage_exit(status: i32) -> ! {
    // SAFETY: ends the traced process here.
    unsafe { libc::_exit(status) }
}

/// All scenarios.
#[derive(Default)]
pub struct Scenarios(pub Vec<Scenario>);

impl Scenarios {
    /// `work` sets the case up, and makes the call inside one window of the stage. What is in the window, and what a
    /// peer does, allocates and frees nothing, and a window has no large buffers on its stack: tests/safe makes it
    /// happen in a signal handler.
    pub fn case(
        &mut self,
        function: &str,
        case: &str,
        work: impl Fn(&Stage) -> Outcome + 'static,
    ) -> &mut Scenario {
        let work = Box::new(work);
        self.0.push(Scenario {
            function: function.into(),
            case: case.into(),
            mode: 0o600,
            over: None,
            quiet: false,
            work,
        });
        self.0.last_mut().expect("just pushed")
    }
}

impl Scenarios {
    /// A case that is meant to go wrong.
    pub fn quiet(
        &mut self,
        function: &str,
        case: &str,
        work: impl Fn(&Stage) -> Outcome + 'static,
    ) -> &mut Scenario {
        let scenario = self.case(function, case, work);
        scenario.quiet = true;
        scenario
    }
}

/// Whether the call waits for it, and what is done.
type Action = (bool, Box<dyn FnMut() + Send>);

/// Where a scenario takes place: the traced process.
#[derive(Default)]
pub struct Stage {
    actions: RefCell<Vec<Action>>,
    dir: Cell<u32>,
    gate: Option<Gate>,
}

impl Stage {
    /// What is done in here is what the row says. Once in a scenario.
    pub fn window<T>(&self, work: impl FnOnce() -> T) -> T {
        self.judged(work, |_| true)
    }

    /// A window whose answer is to be `right`.
    fn judged<T>(&self, work: impl FnOnce() -> T, right: impl FnOnce(&T) -> bool) -> T {
        let mut actions = self.actions.take();
        if !actions.is_empty() {
            std::thread::spawn(move || {
                for (held, action) in &mut actions {
                    trace::await_cue();
                    action();
                    if *held {
                        trace::done();
                    }
                }
                // What they hold stays open: the far end of a channel does not go away unasked.
                std::mem::forget(actions);
            });
        }
        let Some(gate) = &self.gate else { return trace::window(0, work) };
        gate();
        let answer = trace::window(0, work);
        stage_exit(if right(&answer) { 0 } else { UNEXPECTED })
    }

    /// A window in which the call succeeds.
    pub fn ok<T>(&self, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome<T> {
        Ok(self.judged(call, Result::is_ok)?)
    }

    /// A window in which the call fails with this errno.
    pub fn err<T>(&self, errno: Errno, call: impl FnOnce() -> rawipc::Result<T>) -> Outcome {
        match self.judged(call, |answer| answer.as_ref().is_err_and(|e| e.errno() == errno)) {
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
        match self.judged(call, |given| given.as_ref().is_ok_and(|given| *given == value))? {
            given if given == value => Ok(()),
            given => Err(format!("{value:?} was expected, not {given:?}").into()),
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
        trace::answer(number(call), nth, result);
    }

    /// When the `nth` such call from now on is entered, `action` is done before it goes on: by a peer, in effect,
    /// since it is a thread that is not traced. What it owns lives on. Cues come in the order of this.
    pub fn cue(&self, call: &str, nth: u64, action: impl FnMut() + Send + 'static) {
        trace::cue(number(call), nth, true);
        self.actions.borrow_mut().push((true, Box::new(action)));
    }

    /// As [`cue`](Self::cue), but the call goes on meanwhile: for what takes several calls to come to its end.
    pub fn meanwhile(&self, call: &str, nth: u64, action: impl FnMut() + Send + 'static) {
        trace::cue(number(call), nth, false);
        self.actions.borrow_mut().push((false, Box::new(action)));
    }

    /// A name in a directory that is this scenario's alone.
    pub fn path(&self, name: &str) -> std::ffi::CString {
        if self.dir.replace(1) == 0 {
            scratch::renew_own();
        }
        scratch::named(name)
    }

    fn fail(&self, why: &str) {
        if !why.is_empty() {
            eprintln!("    {why}");
        }
        stage_exit(1);
    }
}

fn number(call: &str) -> u64 {
    trace::number(call).unwrap_or_else(|| panic!("no such call: {call}"))
}
