//! Runs in forked children, many in each, and what they tell.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use crate::dispatch::{self, Injection, Made};
use crate::judge::{self, Verdict};
use crate::run::{Home, Run, run};
use crate::scenario::{Scenario, Told};
use crate::snapshot::{Held, kind};

/// A child that hangs is killed after this many seconds without a new run.
const ALARM_SECONDS: u32 = 10;
/// Runs in one child.
const BATCH: usize = 400;
/// Calls of a window that are failed one by one.
pub const CALLS: usize = 512;

/// The case as it is when nothing fails.
#[derive(Clone, Copy)]
pub struct Natural {
    pub calls: [Made; CALLS],
    pub len: usize,
    pub told: Told,
    pub put: u64,
    pub taken: u64,
    /// Descriptors that the window made and that are still there, and that it closed.
    pub made: usize,
    pub closed: usize,
    /// How long after its first look at the clock the last sleep may end.
    pub limit: Option<u64>,
    /// Sleeps that had a limit.
    pub sleeps: usize,
    pub maps: bool,
    pub spoils: bool,
    /// How many calls it makes depends on how fast a peer is.
    pub varies: bool,
    /// Nothing was answered in the place of the kernel, and no peer was called.
    pub is_plain: bool,
}

impl Natural {
    /// The calls that are failed one by one: of a loop whose rounds a peer decides, the first few.
    pub fn looked_at(&self) -> usize {
        if self.varies { self.len.min(VARYING) } else { self.len }
    }
}

const VARYING: usize = 9;

/// What the runs of a case have shown of its wait.
#[derive(Clone, Copy, Default)]
pub struct Known {
    pub for_ever: bool,
    pub limited: bool,
}

impl Known {
    fn learn(&mut self, run: &Run) {
        self.limited |= run.first_look.is_some();
        self.for_ever |= run.asked.iter().any(|a| a.nanos.is_none() || a.pause && run.first_look.is_none());
    }
}

/// What children write and their parent reads.
struct Shared {
    natural: Option<Natural>,
    /// The run that is going on.
    at: AtomicUsize,
    known: Known,
    verdicts: [Verdict; BATCH],
    len: usize,
    text: [u8; 1 << 16],
}

/// Memory that children inherit.
struct Board(*mut Shared);

impl Board {
    fn new() -> Board {
        let (rights, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: new memory, where the kernel likes.
        let at = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<Shared>(), rights, flags, -1, 0) };
        assert!(at != libc::MAP_FAILED, "no memory");
        Board(at.cast())
    }

    #[expect(clippy::mut_from_ref, reason = "the parent reads while no child is there")]
    fn get(&self) -> &mut Shared {
        // SAFETY: zeros are none, nought, and the first of the verdicts.
        unsafe { &mut *self.0 }
    }

    fn text(&self) -> String {
        let shared = self.get();
        String::from_utf8_lossy(&shared.text[..shared.len]).into_owned()
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // SAFETY: mapped by us.
        unsafe { libc::munmap(self.0.cast(), size_of::<Shared>()) };
    }
}

/// How a child ended.
enum End {
    Well,
    Refused,
    Badly(String),
}

const ASLEEP: &str = "sleeps for ever";
const REFUSED: i32 = 78;

/// Runs `work` in a child whose calls are dispatched.
fn child(work: impl FnOnce()) -> End {
    // SAFETY: the child runs `work` and exits.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // A panic is told of by who looks for it.
        std::panic::set_hook(Box::new(|_| {}));
        // SAFETY: plain numbers.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        // SAFETY: a disposition: a signal that the library raises is to kill.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let code = match dispatch::install() {
            Ok(()) => {
                work();
                0
            }
            Err(_) => REFUSED,
        };
        // SAFETY: nothing of the parent's is run a second time.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: our own child.
    while unsafe { libc::waitpid(pid, &raw mut status, 0) } < 0 {}
    match libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)) {
        Some(0) => End::Well,
        Some(REFUSED) => End::Refused,
        Some(dispatch::ASLEEP) => End::Badly(ASLEEP.into()),
        Some(dispatch::RESTLESS) => End::Badly("goes on for ever".into()),
        Some(code) => End::Badly(format!("exits with {code}")),
        None if libc::WTERMSIG(status) == libc::SIGALRM => End::Badly("hangs".into()),
        None => End::Badly(format!("is killed by signal {}", libc::WTERMSIG(status))),
    }
}

/// Whether this kernel dispatches.
pub fn refused() -> bool {
    matches!(child(|| ()), End::Refused)
}

/// What a child says of the case when nothing fails.
pub fn natural(scenario: &Scenario) -> Result<Natural, String> {
    let board = Board::new();
    let end = child(|| {
        alarm();
        let home = Home::here();
        let seen = ManuallyDrop::new(run(scenario, None, true, &home));
        let shared = board.get();
        match described(&seen) {
            Ok(natural) => shared.natural = Some(natural),
            Err(why) => write(shared, &why),
        }
    });
    match (end, board.get().natural) {
        (End::Well, Some(natural)) => Ok(natural),
        (End::Well | End::Refused, _) => Err(board.text()),
        (End::Badly(how), _) => Err(how),
    }
}

fn described(run: &Run) -> Result<Natural, String> {
    let told = run.seen.told.ok_or("a scenario without a window")?;
    if let Some(why) = &run.seen.wrong {
        return Err(format!("{why}, when nothing fails"));
    }
    if run.log.len() > CALLS {
        return Err(format!("{} calls in a window", run.log.len()));
    }
    let mut calls = [Made { number: 0 }; CALLS];
    calls[..run.log.len()].copy_from_slice(&run.log);
    let limited = run.asked.iter().filter_map(|a| a.nanos.filter(|n| *n > 0).map(|n| a.at + n));
    let limit = limited.clone().max().filter(|_| !run.asked.iter().any(|a| a.pause));
    let maps = |m: &Made| [libc::SYS_mmap, libc::SYS_munmap, libc::SYS_mprotect].contains(&(m.number as i64));
    Ok(Natural {
        calls,
        len: run.log.len(),
        told,
        put: run.put,
        taken: run.taken,
        made: made(run).len(),
        closed: closed(run).len(),
        limit: limit.zip(run.first_look).map(|(end, look)| end.saturating_sub(look)),
        sleeps: limited.count(),
        maps: run.log.iter().any(maps),
        spoils: run.spoils,
        varies: run.varies,
        is_plain: run.is_plain,
    })
}

/// What came of a list of injections.
#[derive(Default)]
pub struct Results {
    pub verdicts: Vec<Verdict>,
    pub findings: Vec<String>,
}

/// Each injection in its turn; again, where a peer was too fast for it to come to pass.
pub fn inject(scenario: &Scenario, natural: &Natural, injections: &[Injection]) -> Results {
    let mut results = once(scenario, natural, injections);
    for _ in 0..AGAIN {
        let missed: Vec<usize> =
            (0..injections.len()).filter(|i| results.verdicts[*i] == Verdict::Unreached).collect();
        if missed.is_empty() || !natural.varies || injections[missed[0]].then.is_some() {
            break;
        }
        let again: Vec<Injection> = missed.iter().map(|i| injections[*i]).collect();
        let more = once(scenario, natural, &again);
        missed.iter().zip(more.verdicts).for_each(|(i, verdict)| results.verdicts[*i] = verdict);
        results.findings.extend(more.findings);
    }
    results
}

const AGAIN: u32 = 60;

fn once(scenario: &Scenario, natural: &Natural, injections: &[Injection]) -> Results {
    let mut results = Results::default();
    let board = Board::new();
    let mut from = 0;
    while from < injections.len() {
        let most = if natural.spoils { 1 } else { BATCH };
        let batch = &injections[from..injections.len().min(from + most)];
        let shared = board.get();
        shared.at.store(0, SeqCst);
        shared.len = 0;
        shared.verdicts.fill(Verdict::Unreached);
        let end = child(|| {
            let home = Home::here();
            for (i, injection) in batch.iter().enumerate() {
                alarm();
                shared.at.store(i, SeqCst);
                let run = ManuallyDrop::new(run(scenario, Some(*injection), natural.maps, &home));
                shared.known.learn(&run);
                let judged = judge::judge(&scenario.function, natural, *injection, &run, shared.known);
                match judged.and_then(|verdict| scenario.named(&run.log).map(|()| verdict)) {
                    Ok(verdict) => shared.verdicts[i] = verdict,
                    Err(why) => {
                        shared.verdicts[i] = Verdict::Wrong;
                        let what = judge::describe(natural, *injection);
                        write(board.get(), &format!("{}, {what}: {why}\n", scenario.title()));
                    }
                }
                let spoilt = run.spoils;
                let Run { seen, log, asked, .. } = ManuallyDrop::into_inner(run);
                drop((seen, log, asked));
                if natural.spoils || spoilt {
                    shared.at.store(i + 1, SeqCst);
                    return;
                }
            }
            shared.at.store(batch.len(), SeqCst);
        });
        results.findings.extend(board.text().lines().map(str::to_owned));
        let mut done = shared.at.load(SeqCst).min(batch.len());
        if let End::Badly(how) = end {
            let what = judge::describe(natural, batch[done]);
            let sleeps = how == ASLEEP && judge::may_sleep(&scenario.function, natural, batch[done]);
            shared.verdicts[done] = if sleeps { Verdict::Meant } else { Verdict::Wrong };
            if !sleeps {
                results.findings.push(format!("{}, {what}: {how}", scenario.title()));
            }
            done += 1;
        }
        results.verdicts.extend_from_slice(&shared.verdicts[..done]);
        from += done.max(1);
    }
    results
}

fn alarm() {
    // SAFETY: a number.
    unsafe { libc::alarm(ALARM_SECONDS) };
}

fn write(shared: &mut Shared, text: &str) {
    let room = &mut shared.text[shared.len..];
    let n = room.len().min(text.len());
    room[..n].copy_from_slice(&text.as_bytes()[..n]);
    shared.len += n;
}

/// The descriptors that the window made, other than by its peers.
pub fn made(run: &Run) -> Vec<String> {
    only_in(&run.seen.after.fds, &run.seen.before.fds, &run.peers)
}

/// Those that it closed.
pub fn closed(run: &Run) -> Vec<String> {
    only_in(&run.seen.before.fds, &run.seen.after.fds, &run.peers)
}

fn only_in(a: &Held, b: &Held, except: &[i32]) -> Vec<String> {
    let other = |(fd, to): &(&i32, &String)| b.get(fd) != Some(to) && !except.contains(fd);
    a.iter().filter(other).map(|(fd, to)| format!("{fd} {}", kind(to))).collect()
}
