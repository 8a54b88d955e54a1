//! Whether what came of a fault is what may come of it.

use crate::batch::{Known, Natural, closed, made};
use crate::dispatch::{Fault, Injection, name};
use crate::errnos;
use crate::expected::{self, Allow};
use crate::run::Run;
use crate::scenario::{LIMIT, Refusal, Told};
use crate::snapshot::Snapshot;
use rawipc::Origin;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// The call did not come to pass.
    Unreached = 0,
    /// A short count cannot be had there.
    Impossible,
    /// The error names the call and the errno.
    Reported,
    /// As if nothing had failed.
    Survived,
    /// The wait ended at its deadline.
    TimedOut,
    /// What the table of meanings says.
    Meant,
    /// Interrupted without end, in a wait without end.
    ForEver,
    Wrong,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Unreached => "not reached",
            Verdict::Impossible => "never short",
            Verdict::Reported => "reported",
            Verdict::Survived => "survived",
            Verdict::TimedOut => "timed out",
            Verdict::Meant => "with a meaning of their own",
            Verdict::ForEver => "waiting for ever",
            Verdict::Wrong => "wrong",
        }
    }
}

/// `read #2 fails with EIO`.
pub fn describe(natural: &Natural, injection: Injection) -> String {
    let call = |at: usize| {
        let made = natural.calls[..natural.len].get(at);
        made.map_or_else(|| format!("call #{}", at + 1), |m| format!("{} #{}", name(m.number), at + 1))
    };
    let first = call(injection.at);
    let what = match injection.fault {
        Fault::Errno(errno) => format!("{first} fails with {}", errnos::name(errno)),
        Fault::Interrupted(times) => format!("{first} is interrupted {times} times"),
        Fault::AlwaysInterrupted => format!("{first} is interrupted without end"),
        Fault::Short(false) => format!("{first} moves one byte"),
        Fault::Short(true) => format!("{first} moves one byte less"),
    };
    match injection.then {
        Some((later, errno)) => {
            format!("{what}, then call #{} with {}", injection.at + later + 1, errnos::name(errno))
        }
        None => what,
    }
}

/// # Errors
/// What is wrong.
pub fn judge(
    function: &str,
    natural: &Natural,
    injection: Injection,
    run: &Run,
    known: Known,
) -> Result<Verdict, String> {
    if run.panicked {
        return Err("panics".into());
    }
    if !run.reached {
        return Ok(Verdict::Unreached);
    }
    if run.impossible {
        return Ok(Verdict::Impossible);
    }
    let Some(told) = run.seen.told else {
        return Err(format!("the scenario does not come to its window's end: {:?}", run.seen.wrong));
    };
    in_time(function, natural, run)?;
    if run.unended && (known.limited || !known.for_ever) {
        return Err("interrupted again and again, it goes on beyond any deadline".into());
    }
    if let (true, Some(why)) = (function.starts_with("messages::"), &run.seen.wrong) {
        if !allowed(function, natural, injection).contains(&Allow::Success) {
            return Err(why.clone());
        }
    }
    let verdict = answered(function, natural, injection, run, told)?;
    held(function, natural, run, told)?;
    moved(function, natural, injection, run, told)?;
    Ok(verdict)
}

/// Calls that are not made on the way out.
const WAITS: &[&str] = &[
    "accept4",
    "connect",
    "epoll_pwait",
    "epoll_pwait2",
    "ppoll",
    "pwritev2",
    "recvfrom",
    "recvmsg",
    "sendmsg",
    "sendto",
];

/// What lies between a look at the clock and the sleep that comes of it.
const SLACK: u64 = 1_000;

/// No wait is asked of the kernel beyond the deadline.
fn in_time(function: &str, natural: &Natural, run: &Run) -> Result<(), String> {
    let limit = natural.limit.unwrap_or(LIMIT.as_nanos() as u64);
    for asked in &run.asked {
        let Some(nanos) = asked.nanos else {
            if natural.sleeps > 0 {
                return Err("waits for ever, where the wait has a limit".into());
            }
            continue;
        };
        if nanos == 0 {
            continue;
        }
        // Each request that is served has the whole of the wait.
        let from = if function.ends_with("::serve") || function.starts_with("messages::") {
            asked.at
        } else {
            run.first_look.unwrap_or(asked.at)
        };
        let end = asked.at + nanos;
        if end > from + limit + SLACK {
            return Err(format!("asks to wait {} ns beyond the deadline", end - from - limit));
        }
    }
    Ok(())
}

/// What the call said.
fn answered(
    function: &str,
    natural: &Natural,
    injection: Injection,
    run: &Run,
    told: Told,
) -> Result<Verdict, String> {
    if told == Told::Nothing {
        return Ok(Verdict::Survived);
    }
    // Of two faults, either may be the one that is heard of.
    let mut faults = vec![(injection.at, injection.fault)];
    if let Some((later, errno)) = injection.then {
        if injection.at + later < run.log.len() {
            faults.push((injection.at + later, Fault::Errno(errno)));
        }
    }
    let mut last = String::new();
    for (at, fault) in faults.into_iter().rev() {
        match one(function, natural, run, at, fault, told) {
            Ok(verdict) => return Ok(verdict),
            Err(why) => last = why,
        }
    }
    Err(last)
}

fn one(
    function: &str,
    natural: &Natural,
    run: &Run,
    at: usize,
    fault: Fault,
    told: Told,
) -> Result<Verdict, String> {
    let (call, errno) = (name(run.log[at].number), errno_of(fault));
    let call = call.as_str();
    let same = told == natural.told;
    let rows = expected::of(function, &run.log, at, errno, natural);
    let silent = ["close", "munmap"].contains(&call);
    let reported =
        matches!(told, Told::Err(e) if e.call == call && e.errno == errno && e.origin == Origin::Kernel);
    let natural_is_it = same && reported;
    if natural_is_it || same && (silent || errno == 0) {
        return Ok(Verdict::Survived);
    }
    if reported && !silent && !rows.contains(&Allow::NotTold) {
        return Ok(Verdict::Reported);
    }
    if run.unended && fault == Fault::AlwaysInterrupted {
        return Ok(Verdict::ForEver);
    }
    if same && matches!(told, Told::Err(_)) && !WAITS.contains(&call) {
        // On the way out: what failed first is what is told.
        return Ok(Verdict::Survived);
    }
    for row in &rows {
        match (*row, told) {
            (Allow::Less, Told::Ok | Told::Another) => return Ok(Verdict::Meant),
            (Allow::Same, _) if same => return Ok(Verdict::Survived),
            (
                Allow::Deadline,
                Told::Err(Refusal { errno: libc::ETIMEDOUT, origin: Origin::Deadline, .. }),
            ) if over(run) => {
                return Ok(Verdict::TimedOut);
            }
            (Allow::Success, Told::Ok | Told::Another) => return Ok(Verdict::Meant),
            (Allow::As(call, errno, origin), Told::Err(e))
                if (e.call, e.errno, e.origin) == (call, errno, origin) =>
            {
                return Ok(Verdict::Meant);
            }
            _ => {}
        }
    }
    Err(format!("{}, where {} is the case's own", print(told), print(natural.told)))
}

/// Whether the last sleep that had a limit was slept to its end, or none was asked for.
fn over(run: &Run) -> bool {
    run.asked.last().is_none_or(|a| a.nanos.is_some_and(|n| a.at + n <= run.now))
}

pub fn print(told: Told) -> String {
    match told {
        Told::Nothing => "nothing".into(),
        Told::Ok => "Ok".into(),
        Told::Another => "another value".into(),
        Told::Err(Refusal { call, errno, origin }) => format!("{call}: {} ({origin:?})", errnos::name(errno)),
    }
}

/// Descriptors, mappings and files: on an error as before, else as the case has them.
fn held(function: &str, natural: &Natural, run: &Run, told: Told) -> Result<(), String> {
    let (before, after) = (&run.seen.before, &run.seen.after);
    let (made, closed) = (made(run), closed(run));
    let failed = matches!(told, Told::Err(_));
    let consumes = expected::consumes(function);
    if failed && natural.told != told {
        if !made.is_empty() && !expected::hands_over(function) {
            return Err(format!("leaks {}", made.join(", ")));
        }
        if !closed.is_empty() && !consumes {
            return Err(format!("closes {}", closed.join(", ")));
        }
        // The lock beside a name stays, for whoever comes next.
        let files =
            |s: &Snapshot| s.files.iter().filter(|f| !f.ends_with(".lock")).cloned().collect::<Vec<_>>();
        // What a dead owner left may be gone: it was in the way.
        let binds = function.contains("::bind") && files(after).iter().all(|f| files(before).contains(f));
        if files(before) != files(after) && !run.peers_acted && !binds {
            return Err(format!("leaves {:?}, where {:?} was", files(after), files(before)));
        }
        if before.maps != after.maps && natural.maps && !run.peers_acted {
            // What is given up with what was taken over may leave a part of what it was joined to.
            let known =
                |m: &String| before.maps.contains(m) || consumes && before.maps.iter().any(|b| is_part(m, b));
            let new = after.maps.iter().filter(|m| !known(m)).cloned().collect::<Vec<_>>();
            let gone = before.maps.iter().filter(|m| !consumes && !after.maps.contains(m)).count();
            if !new.is_empty() || gone > 0 {
                return Err(format!("leaves mapped {new:?}, {gone} gone"));
            }
        }
    } else if natural.told == told && !expected::hands_over(function) {
        if made.len() != natural.made {
            return Err(format!("has made {made:?}, where the case makes {}", natural.made));
        }
        if closed.len() != natural.closed {
            return Err(format!("has closed {closed:?}, where the case closes {}", natural.closed));
        }
    }
    Ok(())
}

/// Whether one mapping, `start-end rights`, lies within another with the same rights.
fn is_part(map: &str, other: &str) -> bool {
    let parts = |map: &str| {
        let (range, rights) = map.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        Some((number(start)?, number(end)?, rights.to_string()))
    };
    match (parts(map), parts(other)) {
        (Some(map), Some(other)) => map.0 >= other.0 && map.1 <= other.1 && map.2 == other.2,
        _ => false,
    }
}

/// What the small table says of the first of the faults.
fn allowed(function: &str, natural: &Natural, injection: Injection) -> Vec<Allow> {
    expected::of(function, &natural.calls[..natural.len], injection.at, errno_of(injection.fault), natural)
}

/// Whether it may sleep for ever after that.
pub fn may_sleep(function: &str, natural: &Natural, injection: Injection) -> bool {
    allowed(function, natural, injection).contains(&Allow::Asleep)
}

fn errno_of(fault: Fault) -> i32 {
    match fault {
        Fault::Errno(errno) => errno,
        Fault::Interrupted(_) | Fault::AlwaysInterrupted => libc::EINTR,
        Fault::Short(_) => 0,
    }
}

/// Bytes: on an error none has moved, else those of the case.
fn moved(
    function: &str,
    natural: &Natural,
    injection: Injection,
    run: &Run,
    told: Told,
) -> Result<(), String> {
    if expected::keeps_parts(function) {
        return Ok(());
    }
    let (put, taken) = (run.put, run.taken);
    if told == natural.told {
        let short = matches!(injection.fault, Fault::Short(_));
        let less = allowed(function, natural, injection).contains(&Allow::Less);
        if !short && !less && (put, taken) != (natural.put, natural.taken) {
            return Err(format!(
                "{put} bytes put and {taken} taken, where the case has {} and {}",
                natural.put, natural.taken
            ));
        }
    } else if matches!(told, Told::Err(_)) && (put, taken) != (0, 0) {
        return Err(format!("fails after {put} bytes were put and {taken} taken"));
    }
    Ok(())
}
