//! What a message costs, found out here and now: syscalls counted by a tracer, round trips by the clock.

use crate::Outcome;
use crate::cpus::Cpus;
use crate::process::{bare_fork, leave, until_asleep, wait_for};
use crate::talk::{ROOM, Talk};
use crate::trace::{Failure, Window, trace, window};
use rawipc::{ByteRead, ByteWrite, Wait, pipe};
use std::time::{Duration, Instant};

/// The message that is measured, and the one that ends the measuring.
const MESSAGE: [u8; 64] = [b'm'; 64];
const STOP: [u8; 64] = [b's'; 64];

const ROUNDS: usize = 2_000;
const WARM_UP: usize = 20;
const TIME: Duration = Duration::from_millis(200);

/// How a side waits for what has not come yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// In the kernel, until it is woken.
    Sleeping,
    /// Looking again and again.
    Polling,
}

pub struct Figures {
    pub syscalls: Syscalls,
    pub round_trip: Duration,
    pub rounds: usize,
    pub waits: Waits,
}

/// The syscalls of a send and of a recv, by name.
pub enum Syscalls {
    Counted {
        send: Vec<String>,
        recv: Vec<String>,
        /// The same where the receiver sleeps and has to be woken.
        asleep: Option<(Vec<String>, Vec<String>)>,
    },
    Refused,
}

/// Measures what `make` connects: its first side stays, its second goes to a forked peer.
pub fn measure<A: Talk, B: Talk>(waits: Waits, make: impl Fn() -> Outcome<(A, B)>) -> Outcome<Figures> {
    let syscalls = count(waits, &make)?;
    let (round_trip, rounds) = time(waits, &make)?;
    Ok(Figures { syscalls, round_trip, rounds, waits })
}

fn count<A: Talk, B: Talk>(waits: Waits, make: impl Fn() -> Outcome<(A, B)>) -> Outcome<Syscalls> {
    let traced = || {
        if let Err(e) = traced_side(waits, make) {
            crate::terminal::inner(&format!("the traced process: {e}"));
            leave(1);
        }
    };
    let mut windows = match trace(traced) {
        Err(Failure::Refused(_)) => return Ok(Syscalls::Refused),
        answer => answer?.into_iter().map(|w: Window| w.names()),
    };
    let mut next = || windows.next().ok_or("the tracer saw too few windows");
    let (send, recv) = (next()?, next()?);
    let asleep = if waits == Waits::Sleeping { Some((next()?, next()?)) } else { None };
    Ok(Syscalls::Counted { send, recv, asleep })
}

/// The side whose calls are counted. Its peer is a process of its own; a pipe each way, outside the windows,
/// keeps the two in step.
fn traced_side<A: Talk, B: Talk>(waits: Waits, make: impl Fn() -> Outcome<(A, B)>) -> Outcome {
    let (mine, theirs) = make()?;
    let (mut step, peer_steps) = pipe::pair()?;
    let (peer_waits, mut go) = pipe::pair()?;
    let me = std::process::id();
    let (mut mine, peer) = split(mine, theirs, |side: B| peer_side(waits, side, peer_waits, peer_steps, me))?;
    let mut buf = [0; ROOM];

    // What only a first use costs is not counted.
    mine.put(&MESSAGE, Wait::FOREVER)?;
    get_all(&mut mine, &mut buf)?;

    // Nobody has to be woken, and what is received is there.
    window(0, || mine.put(&MESSAGE, Wait::FOREVER))?;
    go.write_all(b".", Wait::FOREVER)?;
    step.read_exact(&mut [0], Wait::FOREVER)?;
    window(0, || get_all(&mut mine, &mut buf))?;

    if waits == Waits::Sleeping {
        // The peer sleeps and is woken by the send; then this side sleeps and is woken.
        step.read_exact(&mut [0], Wait::FOREVER)?;
        until_asleep(peer)?;
        window(0, || mine.put(&MESSAGE, Wait::FOREVER))?;
        go.write_all(b".", Wait::FOREVER)?;
        window(0, || get_all(&mut mine, &mut buf))?;
    }
    ended_well(peer)
}

fn peer_side(
    waits: Waits,
    mut side: impl Talk,
    mut go: impl ByteRead,
    mut step: impl ByteWrite,
    traced: u32,
) -> Outcome {
    let mut buf = [0; ROOM];
    get_all(&mut side, &mut buf)?;
    side.put(&MESSAGE, Wait::FOREVER)?;

    go.read_exact(&mut [0], Wait::FOREVER)?;
    get_all(&mut side, &mut buf)?;
    side.put(&MESSAGE, Wait::FOREVER)?;
    step.write_all(b".", Wait::FOREVER)?;

    if waits == Waits::Sleeping {
        step.write_all(b".", Wait::FOREVER)?;
        get_all(&mut side, &mut buf)?;
        go.read_exact(&mut [0], Wait::FOREVER)?;
        until_asleep(traced)?;
        side.put(&MESSAGE, Wait::FOREVER)?;
    }
    Ok(())
}

/// The median of as many round trips as the time allows.
fn time<A: Talk, B: Talk>(waits: Waits, make: impl Fn() -> Outcome<(A, B)>) -> Outcome<(Duration, usize)> {
    let cpus = Cpus::look()?;
    cpus.stay_on(0);
    let (mine, theirs) = make()?;
    let (mut mine, peer) = split(mine, theirs, |mut side: B| {
        cpus.stay_on(usize::from(waits == Waits::Polling));
        let mut buf = [0; ROOM];
        loop {
            get_all(&mut side, &mut buf)?;
            if buf[0] == STOP[0] {
                return Ok(());
            }
            side.put(&MESSAGE, Wait::FOREVER)?;
        }
    })?;
    let mut buf = [0; ROOM];
    let median = median_of(|| {
        mine.put(&MESSAGE, Wait::FOREVER)?;
        get_all(&mut mine, &mut buf)
    })?;
    mine.put(&STOP, Wait::FOREVER)?;
    ended_well(peer)?;
    Ok(median)
}

/// The median of as many rounds as the time allows, and how many those were.
pub fn median_of(mut round: impl FnMut() -> Outcome) -> Outcome<(Duration, usize)> {
    let mut rounds = Vec::with_capacity(WARM_UP + ROUNDS);
    let begin = Instant::now();
    while rounds.len() < WARM_UP + ROUNDS && (rounds.len() <= WARM_UP || begin.elapsed() < TIME) {
        let before = Instant::now();
        round()?;
        rounds.push(before.elapsed());
    }
    rounds.drain(..WARM_UP);
    rounds.sort_unstable();
    Ok((rounds[rounds.len() / 2], rounds.len()))
}

/// Gets one measured message, in pieces where there are only bytes.
fn get_all(from: &mut impl Talk, buf: &mut [u8; ROOM]) -> Outcome {
    let mut got = from.get(buf, Wait::FOREVER)?;
    while (1..MESSAGE.len()).contains(&got) {
        match from.get(&mut buf[got..], Wait::FOREVER)? {
            0 => break,
            n => got += n,
        }
    }
    if got == MESSAGE.len() { Ok(()) } else { Err(format!("{got} bytes in place of a message").into()) }
}

/// Forks a peer that works with `theirs`, while this process keeps `mine`. Each drops what is the other's.
pub fn split<A, B>(mine: A, theirs: B, work: impl FnOnce(B) -> Outcome) -> Outcome<(A, u32)> {
    match bare_fork()? {
        0 => {
            drop(mine);
            let ended = work(theirs);
            if let Err(e) = &ended {
                crate::terminal::inner(&format!("the measured peer: {e}"));
            }
            leave(i32::from(ended.is_err()))
        }
        pid => Ok((mine, pid as u32)),
    }
}

pub fn ended_well(peer: u32) -> Outcome {
    match wait_for(peer)? {
        0 => Ok(()),
        status => Err(format!("the wait status of the measured peer is {status:#x}").into()),
    }
}

impl Syscalls {
    /// As the table has it: send + recv, and the same where one has to be woken.
    pub fn cell(&self) -> String {
        match self {
            Syscalls::Refused => "n/a (ptrace refused)".to_owned(),
            Syscalls::Counted { send, recv, asleep: None } => format!("{}+{}", send.len(), recv.len()),
            Syscalls::Counted { send, recv, asleep: Some((s, r)) } => {
                format!("{}+{}, asleep {}+{}", send.len(), recv.len(), s.len(), r.len())
            }
        }
    }

    /// Whether a send and a recv are of so many calls each; unknown where they could not be counted.
    pub fn are_each(&self, promised: usize) -> Option<bool> {
        // Before Linux 6.18 a pipe has no write without SIGPIPE, and three calls stand for it.
        let masked = ["rt_sigprocmask", "writev", "rt_sigprocmask"];
        match self {
            Syscalls::Refused => None,
            Syscalls::Counted { send, recv, .. } => {
                Some(recv.len() == promised && (send.len() == promised || promised == 1 && *send == masked))
            }
        }
    }

    /// In words, by name.
    pub fn sentence(&self) -> String {
        let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(" ") };
        match self {
            Syscalls::Refused => "syscalls: not counted, ptrace is refused here".to_owned(),
            Syscalls::Counted { send, recv, asleep } => {
                let mut text = format!("syscalls: send {}; recv {}", list(send), list(recv));
                if let Some((wakes, sleeps)) = asleep {
                    if wakes != send {
                        text += &format!("; send to a sleeper {}", list(wakes));
                    }
                    text += &format!("; recv that has to sleep {}", list(sleeps));
                }
                text
            }
        }
    }
}

impl Figures {
    pub fn round_trip_cell(&self) -> String {
        let how = if self.waits == Waits::Polling { "polling" } else { "sleeping" };
        format!("{:.1} us, {how}", self.round_trip.as_secs_f64() * 1e6)
    }
}
