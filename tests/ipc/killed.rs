//! Peers killed at random instants, many times: what they had sent is handed out, nothing is torn, and who is left
//! is told in time. What was sent is known from memory that both count in.

use crate::conformance::mechanism::{
    Gone, Mechanism, PATIENCE, SMALL, assert_same, message, receiver_in_child, remove_files, sender_in_child,
};
use crate::conformance::{self, Rx};
use crate::os::process::{Child, End, Gate, nap};
use crate::runner::List;
use rawipc::memory::Map;
use rawipc::{Errno, Wait};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    type Check = fn(&Mechanism, usize);
    let checks: [(&str, Check); 2] =
        [("what_was_sent_is_handed_out", sender_killed), ("who_sends_is_told", receiver_killed)];
    for m in conformance::all() {
        let rounds = if m.name.starts_with("ring") { 100 } else { 25 };
        for (name, check) in checks {
            list.add(format!("killed::{}::{name}", m.name.replace(' ', "_")), move || {
                check(&m, rounds);
                remove_files();
            });
        }
    }
}

/// Instants spread over the first millisecond, which is where most of what can be interrupted happens.
fn instant(round: usize) -> Duration {
    Duration::from_micros(u64::from(message(round, 2)[0]) * 4 + u64::from(message(round, 2)[1]) % 7)
}

fn length(m: &Mechanism, i: usize) -> usize {
    1 + i * 977 % m.limit.min(3000)
}

/// A child that kills `victim` some time after the gate is opened.
fn killer(victim: &Child, gate: &Gate, delay: Duration) -> Child {
    let pid = victim.pid();
    Child::spawn(|| {
        gate.wait();
        let until = Instant::now() + delay;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        // SAFETY: a call without pointers; our parent has not reaped it yet.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    })
}

/// The receiver is at work when it happens, and goes on until it is told.
fn sender_killed(m: &Mechanism, rounds: usize) {
    for round in 0..rounds {
        let map = Map::anonymous(64).expect("anonymous");
        let sent = map.atomic_u32(0).expect("inside");
        let going = Gate::new();
        let (child, mut rx) = sender_in_child(m, |mut tx| {
            for i in 0.. {
                tx.put(&message(i, length(m, i)));
                sent.store(i as u32 + 1, Ordering::Release);
            }
        });
        let killer = killer(&child, &going, instant(round));
        rx.expect(&message(0, length(m, 0)));
        going.open();
        let received = receive_until_told(m, &mut rx, &child);
        killer.join();
        assert_eq!(child.wait(), End::Signal(libc::SIGKILL));
        let sent = sent.load(Ordering::Acquire) as usize;
        // The last may have gone without having been counted.
        assert!(received == sent || received == sent + 1, "{received} came of {sent}, in round {round}");
    }
}

/// How many messages came, the first being there already.
fn receive_until_told(m: &Mechanism, rx: &mut Rx, sender: &Child) -> usize {
    let untold = m.gone == Gone::SendersOnly;
    let wait = if untold { Wait::at_most(Duration::from_millis(20)) } else { PATIENCE };
    for next in 1.. {
        let msg = loop {
            // Asked before the look: what a dead one sent is there.
            let has_ended = untold && sender.has_ended();
            match rx.take(wait) {
                Ok(msg) if msg.is_empty() => return next,
                Ok(msg) => break msg,
                // It died in the middle of one.
                Err(e) if e.errno() == Errno::BADMSG && m.parts => return next,
                Err(e) if e.errno() == Errno::TIMEDOUT && has_ended => return next,
                Err(e) => assert!(e.errno() == Errno::TIMEDOUT && untold, "after {next} messages: {e}"),
            }
        };
        assert_same(&msg, &message(next, length(m, next)));
    }
    unreachable!()
}

/// The sender is at work when it happens, and goes on until it is told.
fn receiver_killed(m: &Mechanism, rounds: usize) {
    for round in 0..rounds {
        let map = Map::anonymous(64).expect("anonymous");
        let received: &AtomicU32 = map.atomic_u32(0).expect("inside");
        let going = Gate::new();
        let (child, mut tx) = receiver_in_child(m, |mut rx| {
            for i in 0.. {
                rx.expect(&message(i, length(m, i)));
                received.store(i as u32 + 1, Ordering::Release);
                // Asleep or awake when it happens.
                if i % 64 == 63 {
                    nap(Duration::from_micros(20));
                }
            }
        });
        tx.put(&message(0, length(m, 0)));
        let killer = killer(&child, &going, instant(round));
        going.open();
        let mut sent = 1;
        let told = loop {
            let began = Instant::now();
            match tx.end.send(&message(sent, length(m, sent)), PATIENCE) {
                Ok(()) => sent += 1,
                Err(e) => {
                    assert!(began.elapsed() < Duration::from_secs(4), "told after {:?}", began.elapsed());
                    break e;
                }
            }
        };
        assert_eq!(told.errno(), Errno::PIPE, "{told}");
        assert_eq!(tx.end.send(&[0; SMALL], Wait::FOREVER).expect_err("again").errno(), Errno::PIPE);
        killer.join();
        assert_eq!(child.wait(), End::Signal(libc::SIGKILL), "it died of something else");
        let received = received.load(Ordering::Acquire) as usize;
        assert!(received <= sent + 1, "{received} came of {sent}, in round {round}");
    }
}
