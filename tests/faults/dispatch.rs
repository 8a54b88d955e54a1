//! Syscall User Dispatch: every syscall that is made outside libc's text comes to us first.
//!
//! The kernel raises SIGSYS in place of the call; the handler makes the call itself, or answers it. What libc does
//! for the test (files, threads, memory) is not looked at, so that the calls that remain are the library's own.
//! The clock that those calls ask is one of ours, which goes on a little with each call and by the whole of each
//! sleep: a wait of fifteen seconds takes none, and every deadline is exact.

use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::short;
use crate::snapshot::{self, Held};
use crate::trace;

/// One call of the window.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub number: u64,
}

/// What is done to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails with this errno; `close` and `munmap` are made first.
    Errno(i32),
    /// It fails with EINTR, and so do the next calls of its name, as many as this together.
    Interrupted(u32),
    /// It fails with EINTR, and so does every later call of its name.
    AlwaysInterrupted,
    /// It moves one byte only, or (`true`) one less than it was asked to.
    Short(bool),
}

/// A fault, where it comes, and one that comes so many calls later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injection {
    pub at: usize,
    pub fault: Fault,
    pub then: Option<(usize, i32)>,
}

/// A `ppoll` of the window: when, and for how long; `None` is for ever.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub at: u64,
    pub nanos: Option<u64>,
    /// Of no descriptor: a pause between two tries.
    pub pause: bool,
}

/// What is done, and whether the call waits for it.
pub type Action = (bool, Box<dyn FnMut() + Send>);

#[derive(Clone, Copy)]
enum What {
    Answer(i64),
    Cue,
}

struct Order {
    number: u64,
    left: u64,
    what: What,
}

/// What happens in the process whose calls are dispatched.
#[derive(Default)]
pub struct State {
    pub windowed: bool,
    pub injection: Option<Injection>,
    /// The calls of the window.
    pub log: Vec<Made>,
    pub asked: Vec<Asked>,
    /// Bytes that went into pipes and sockets, and that came out.
    pub put: u64,
    pub taken: u64,
    /// The injection came to pass.
    pub reached: bool,
    /// A short count cannot be had of that call.
    pub impossible: bool,
    /// The interruptions went on beyond any deadline.
    pub unended: bool,
    /// Descriptors that peers of this process opened or closed.
    pub peers: Vec<i32>,
    pub peers_acted: bool,
    /// When the clock was first looked at in the window.
    pub first_look: Option<u64>,
    pub now: u64,
    orders: Vec<Order>,
    actions: VecDeque<Action>,
    interrupts: u64,
    left: u32,
    has_threads: bool,
    signalled: bool,
}

/// What each call takes of the clock.
const TICK: u64 = 50;
/// What an interruption without end takes.
const LONG_TICK: u64 = 10_000_000;
/// By then any deadline of a scenario is over.
const ENDLESS: u64 = 3_000;

/// A clock far from zero and from the machine's own.
const BEGINNING: u64 = 1_000_000_000_000_000;

/// How the process ends where the library would sleep for ever and nobody is there to wake it.
pub const ASLEEP: i32 = 77;

/// How it ends where the library goes on and on.
pub const RESTLESS: i32 = 76;
/// More calls than any window has, interrupted without end or not.
const MOST: usize = 50_000;
/// So many pauses, and whoever was to come after a few comes.
const MANY: usize = 100;

struct Global(UnsafeCell<Option<State>>);

// SAFETY: touched by the one thread whose calls are dispatched, in the handler and around windows.
unsafe impl Sync for Global {}

static STATE: Global = Global(UnsafeCell::new(None));
static SELECTOR: AtomicU8 = AtomicU8::new(ALLOW);

const ALLOW: u8 = 0;
const BLOCK: u8 = 1;
const PR_SET_SYSCALL_USER_DISPATCH: i32 = 59;
const PR_SYS_DISPATCH_ON: i32 = 1;
const SYS_USER_DISPATCH: i32 = 2;
const SIG_SETMASK: i64 = libc::SIG_SETMASK as i64;

/// Has the calls of this thread come to [`State`] wherever the gate is shut; the errno where the kernel refuses.
pub fn install() -> Result<(), i32> {
    if !cfg!(target_arch = "x86_64") {
        return Err(libc::ENOSYS);
    }
    let (start, len) = libc_text().ok_or(libc::ENOENT)?;
    // SAFETY: zeros are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = on_sigsys as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO;
    // SAFETY: a handler that makes up for each call it is told of.
    unsafe { libc::sigaction(libc::SIGSYS, &raw const action, std::ptr::null_mut()) };
    // SAFETY: the selector lives as long as the process.
    let refused = unsafe {
        libc::prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, start, len, SELECTOR.as_ptr())
    };
    if refused == 0 { Ok(()) } else { Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)) }
}

/// The executable part of the C library: start and length.
fn libc_text() -> Option<(usize, usize)> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let line = maps.lines().find(|l| l.contains("r-xp") && l.contains("/libc.so"))?;
    let (start, end) = line.split_once(' ')?.0.split_once('-')?;
    let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
    Some((start, end - start))
}

/// What the thread whose calls are dispatched has to do with its state.
pub fn state() -> &'static mut State {
    // SAFETY: one thread, and nobody keeps what this gives over a call of the library.
    unsafe { (*STATE.0.get()).get_or_insert_with(State::default) }
}

/// A new scenario begins, and its calls come to us.
pub fn begin(injection: Option<Injection>) {
    *state() = State { injection, now: BEGINNING, ..State::default() };
    SELECTOR.store(BLOCK, Ordering::Relaxed);
}

/// Calls are the kernel's business again.
pub fn end() {
    SELECTOR.store(ALLOW, Ordering::Relaxed);
}

impl State {
    pub fn answer(&mut self, number: u64, nth: u64, result: i64) {
        self.orders.push(Order { number, left: nth, what: What::Answer(result) });
    }

    pub fn cue(&mut self, number: u64, nth: u64, action: Action) {
        self.orders.push(Order { number, left: nth, what: What::Cue });
        self.actions.push_back(action);
    }

    pub fn dismiss(&mut self) -> VecDeque<Action> {
        std::mem::take(&mut self.actions)
    }

    /// Whether nothing was asked of us but to stand by.
    pub fn is_plain(&self) -> bool {
        self.orders.is_empty()
    }

    pub fn has_threads(&self) -> bool {
        self.has_threads
    }

    fn call(&mut self, number: u64, args: [i64; 6], mask: *mut u64) -> i64 {
        self.now += TICK;
        let mut answer = None;
        let mut cues = 0;
        for order in self.orders.iter_mut().filter(|o| o.number == number) {
            order.left = order.left.wrapping_sub(1);
            match order.what {
                _ if order.left != 0 => {}
                What::Answer(result) => answer = Some(result),
                What::Cue => cues += 1,
            }
        }
        (0..cues).for_each(|_| self.act(mask));
        if self.windowed && is_sleep(number, &args) {
            let pause = number as i64 == libc::SYS_ppoll && args[1] == 0;
            self.asked.push(Asked { at: self.now, nanos: time_of(number, &args), pause });
        }
        if !self.windowed {
            return answer.unwrap_or_else(|| self.make(number, args, mask));
        }
        let result = match self.fault(number) {
            Some(Fault::Errno(errno)) => {
                if [libc::SYS_close, libc::SYS_munmap].contains(&(number as i64)) {
                    raw(number, args);
                }
                -i64::from(errno)
            }
            Some(Fault::Short(nearly)) => match short::made(number, args, nearly) {
                Some(result) => result,
                None => {
                    self.impossible = true;
                    answer.unwrap_or_else(|| self.make(number, args, mask))
                }
            },
            _ => answer.unwrap_or_else(|| self.make(number, args, mask)),
        };
        self.count(number, &args, result);
        self.log.push(Made { number });
        if self.log.len() > MOST {
            // SAFETY: ends the process here, for its parent to say why.
            unsafe { libc::_exit(RESTLESS) };
        }
        result
    }

    /// What is to become of the call that is made now.
    fn fault(&mut self, number: u64) -> Option<Fault> {
        let Injection { at, fault, then } = self.injection?;
        let here = self.log.len();
        if let Some((later, errno)) = then {
            if here == at + later {
                return Some(Fault::Errno(errno));
            }
        }
        let interrupted = Some(Fault::Errno(libc::EINTR));
        if here == at {
            self.reached = true;
            self.interrupts = number;
            return match fault {
                Fault::Interrupted(times) => {
                    self.left = times - 1;
                    interrupted
                }
                Fault::AlwaysInterrupted => interrupted,
                fault => Some(fault),
            };
        }
        if here < at || number != self.interrupts {
            return None;
        }
        match fault {
            Fault::Interrupted(_) if self.left > 0 => {
                self.left -= 1;
                interrupted
            }
            Fault::AlwaysInterrupted if !self.unended => {
                self.now += LONG_TICK;
                self.left += 1;
                self.unended = u64::from(self.left) > ENDLESS;
                interrupted
            }
            _ => None,
        }
    }

    /// Bytes moved through pipes and sockets; of what is only looked at, none.
    fn count(&mut self, number: u64, args: &[i64; 6], result: i64) {
        let [fd, .., flags, _, _] = *args;
        let (out, peeks) = match number as i64 {
            libc::SYS_read => (false, 0),
            libc::SYS_recvfrom => (false, flags),
            libc::SYS_recvmsg => (false, args[2]),
            libc::SYS_write
            | libc::SYS_writev
            | libc::SYS_pwritev2
            | libc::SYS_sendto
            | libc::SYS_sendmsg => (true, 0),
            _ => return,
        };
        if result <= 0 || peeks & i64::from(libc::MSG_PEEK) != 0 || !short::is_channel(fd as i32) {
            return;
        }
        *(if out { &mut self.put } else { &mut self.taken }) += result as u64;
    }

    /// The next of the actions: in the place of a peer.
    fn act(&mut self, mask: *mut u64) {
        let Some((held, mut action)) = self.actions.pop_front() else { return };
        self.peers_acted = true;
        if !held {
            self.has_threads = true;
            std::thread::spawn(move || {
                let _ = catch_unwind(AssertUnwindSafe(&mut action));
                std::mem::forget(action);
            });
            return;
        }
        // A signal that it sends is to find the call asleep.
        set_mask(&u64::MAX);
        let before = snapshot::descriptors();
        let _ = catch_unwind(AssertUnwindSafe(&mut action));
        let after = snapshot::descriptors();
        let changed = |a: &Held, b: &Held| -> Vec<i32> {
            a.iter().filter(|(fd, to)| b.get(fd) != Some(to)).map(|(fd, _)| *fd).collect()
        };
        self.peers.extend([changed(&before, &after), changed(&after, &before)].concat());
        let mut pending = 0u64;
        raw(libc::SYS_rt_sigpending as u64, [(&raw mut pending) as i64, 8, 0, 0, 0, 0]);
        // SAFETY: the mask of the frame that was interrupted.
        let theirs = unsafe { *mask };
        self.signalled = pending & !theirs != 0;
        set_mask(&theirs);
        // What it holds stays open: the far end of a channel does not go away unasked.
        std::mem::forget(action);
    }

    /// The call itself, under the signal mask of whoever made it.
    fn make(&mut self, number: u64, args: [i64; 6], mask: *mut u64) -> i64 {
        match number as i64 {
            libc::SYS_clock_gettime if args[0] == i64::from(libc::CLOCK_MONOTONIC) => {
                if self.windowed {
                    self.first_look.get_or_insert(self.now);
                }
                let at = std::ptr::with_exposed_provenance_mut::<[i64; 2]>(args[1] as usize);
                // SAFETY: as the kernel would write it.
                unsafe { *at = [(self.now / 1_000_000_000) as i64, (self.now % 1_000_000_000) as i64] };
                0
            }
            _ if is_sleep(number, &args) => self.sleep(number, args, mask),
            libc::SYS_rt_sigprocmask
            | libc::SYS_rt_sigpending
            | libc::SYS_rt_sigtimedwait
            | libc::SYS_write
            | libc::SYS_writev
            | libc::SYS_pwritev2 => {
                // SAFETY: the mask of the frame that was interrupted.
                set_mask(unsafe { &*mask });
                let result = raw(number, args);
                // The frame's mask is what the kernel puts back after us.
                raw(libc::SYS_rt_sigprocmask as u64, [0, 0, mask as i64, 8, 0, 0]);
                result
            }
            _ => raw(number, args),
        }
    }

    /// A sleep, by our clock: where nobody can come, the time is over at once.
    fn sleep(&mut self, number: u64, args: [i64; 6], mask: *mut u64) -> i64 {
        let nanos = time_of(number, &args);
        let polls = number as i64 == libc::SYS_ppoll;
        loop {
            if std::mem::take(&mut self.signalled) {
                return -i64::from(libc::EINTR);
            }
            let real = if self.has_threads { nanos.unwrap_or(FOREVER).min(FOREVER) } else { 0 };
            let mut time = [(real / SECOND) as i64, (real % SECOND) as i64];
            let mut with = args;
            with[if polls { 2 } else { 3 }] = (&raw mut time) as i64;
            let ready = raw(if polls { libc::SYS_ppoll } else { libc::SYS_epoll_pwait2 } as u64, with);
            if ready != 0 {
                return ready;
            }
            let long = match args[1] {
                0 if polls => self.asked.len() % MANY == MANY - 1,
                _ => nanos.is_none_or(|n| n > SECOND),
            };
            match long.then(|| self.overdue()).flatten() {
                Some(What::Answer(result)) => return result,
                Some(What::Cue) => self.act(mask),
                None => break,
            }
        }
        match nanos {
            Some(nanos) => {
                self.now += nanos;
                if !polls {
                    return 0;
                }
                let at = std::ptr::with_exposed_provenance_mut::<[i64; 2]>(args[2] as usize);
                // SAFETY: not null, as it was read before.
                unsafe { *at = [0, 0] };
                0
            }
            // SAFETY: ends the process here, for its parent to say why.
            None => unsafe { libc::_exit(ASLEEP) },
        }
    }

    /// What was to happen in a later sleep than this. A fault can have the library sleep less often, and whoever
    /// was to come, comes.
    fn overdue(&mut self) -> Option<What> {
        let sleep = |o: &&mut Order| SLEEPS.contains(&(o.number as i64)) && (1..1 << 32).contains(&o.left);
        let next = self.orders.iter_mut().filter(sleep).min_by_key(|o| o.left)?;
        next.left = 0;
        Some(next.what)
    }
}

/// The calls that sleep.
const SLEEPS: [i64; 3] = [libc::SYS_ppoll, libc::SYS_epoll_pwait, libc::SYS_epoll_pwait2];

/// Whether the call is one of them; an `epoll_pwait` without a wait is a look.
fn is_sleep(number: u64, args: &[i64; 6]) -> bool {
    SLEEPS.contains(&(number as i64)) && (number as i64 != libc::SYS_epoll_pwait || args[3] as i32 != 0)
}

/// How long a call is to sleep; `None` is for ever.
fn time_of(number: u64, args: &[i64; 6]) -> Option<u64> {
    let at = match number as i64 {
        // Milliseconds, rounded up from what was meant.
        libc::SYS_epoll_pwait => {
            return u64::try_from(args[3] as i32).ok().map(|ms| (ms - 1) * 1_000_000 + 1);
        }
        libc::SYS_ppoll => args[2],
        _ => args[3],
    };
    let at = std::ptr::with_exposed_provenance::<[i64; 2]>(at as usize);
    // SAFETY: the caller's own timespec, or null.
    unsafe { at.as_ref() }.map(|[s, n]| *s as u64 * SECOND + *n as u64)
}

const SECOND: u64 = 1_000_000_000;
/// As long as a thread of the scenario can possibly need.
const FOREVER: u64 = 5 * SECOND;

fn set_mask(mask: &u64) {
    raw(libc::SYS_rt_sigprocmask as u64, [SIG_SETMASK, (&raw const *mask) as i64, 0, 8, 0, 0]);
}

/// The call, from libc's text; `-errno` where it fails.
pub fn raw(number: u64, [a, b, c, d, e, f]: [i64; 6]) -> i64 {
    // SAFETY: what the library asked for, or one that only asks.
    match unsafe { libc::syscall(number as i64, a, b, c, d, e, f) } {
        // SAFETY: libc's own cell.
        -1 => -i64::from(unsafe { *libc::__errno_location() }),
        n => n,
    }
}

extern "C" fn on_sigsys(_: libc::c_int, info: *const libc::siginfo_t, context: *mut c_void) {
    SELECTOR.store(ALLOW, Ordering::Relaxed);
    // SAFETY: the kernel's siginfo.
    if unsafe { (*info).si_code } != SYS_USER_DISPATCH {
        // SAFETY: somebody else's SIGSYS is nothing to go on from.
        unsafe { libc::abort() };
    }
    // SAFETY: libc's own cell, kept for whoever was interrupted.
    let errno = unsafe { *libc::__errno_location() };
    let context = context.cast::<libc::ucontext_t>();
    // SAFETY: the first eight bytes are the kernel's own set.
    let mask = unsafe { &raw mut (*context).uc_sigmask }.cast::<u64>();
    // SAFETY: the frame that the kernel made.
    answer_in(unsafe { &mut (*context).uc_mcontext }, |number, args| state().call(number, args, mask));
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
    SELECTOR.store(BLOCK, Ordering::Relaxed);
}

/// Answers the call that the registers of the frame hold.
#[cfg(target_arch = "x86_64")]
fn answer_in(frame: &mut libc::mcontext_t, call: impl FnOnce(u64, [i64; 6]) -> i64) {
    let of = |r: i32| frame.gregs[r as usize];
    let args =
        [libc::REG_RDI, libc::REG_RSI, libc::REG_RDX, libc::REG_R10, libc::REG_R8, libc::REG_R9].map(of);
    frame.gregs[libc::REG_RAX as usize] = call(of(libc::REG_RAX) as u64, args);
}

/// Not reached: nothing is dispatched there.
#[cfg(not(target_arch = "x86_64"))]
fn answer_in(_: &mut libc::mcontext_t, _: impl FnOnce(u64, [i64; 6]) -> i64) {}

/// The name of a call, as tables have it.
pub fn name(number: u64) -> String {
    trace::Syscall { number, args: [0; 6], result: 0 }.name()
}
