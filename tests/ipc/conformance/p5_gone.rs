//! Point 5: the other side is gone. What it sent comes first, then the end, again and again; a send is EPIPE.
//! SIGPIPE is at its default here, so that one alone would end the test.

use super::mechanism::{Gone, PATIENCE, SMALL, message, receiver_in_child, sender_in_child};
use super::{Mechanism, Rx, Tx};
use crate::os::process::{End, Gate, nap};
use crate::os::signals::{Dispositions, is_pending};
use rawipc::{Errno, Result, Wait};
use std::time::Duration;

const SENT: usize = 5;

pub fn check(m: &Mechanism) {
    let before = Dispositions::now();
    no_receiver(m);
    receiver_killed(m);
    receiver_leaves_a_waiting_sender(m);
    if m.gone != Gone::SendersOnly {
        no_sender(m);
        sender_killed(m);
        sender_leaves_a_waiting_receiver(m);
    }
    assert!(!is_pending(libc::SIGPIPE), "a SIGPIPE waits");
    assert_eq!(Dispositions::now(), before, "the program's signals were touched");
}

fn no_sender(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    (0..SENT).for_each(|i| tx.put(&message(i, SMALL)));
    drop(tx);
    hand_out_and_end(&mut rx);
}

fn sender_killed(m: &Mechanism) {
    let sent = Gate::new();
    let (child, mut rx) = sender_in_child(m, |mut tx| {
        (0..SENT).for_each(|i| tx.put(&message(i, SMALL)));
        sent.open();
        nap(Duration::from_secs(60));
    });
    sent.wait();
    child.kill();
    hand_out_and_end(&mut rx);
}

fn sender_leaves_a_waiting_receiver(m: &Mechanism) {
    for killed in [false, true] {
        let gate = Gate::new();
        let mut channel = Some((m.make)());
        let receiver = crate::os::process::Child::spawn(|| {
            let mut rx = channel.take().expect("unused").receiver();
            gate.open();
            rx.expect_end();
        });
        let sender = crate::os::process::Child::spawn(|| {
            let _tx = channel.take().expect("unused").sender();
            gate.wait();
            receiver.wait_asleep();
            if killed {
                nap(Duration::from_secs(60));
            }
        });
        drop(channel);
        if killed {
            // Time enough to have opened its end, which a FIFO's does by name.
            receiver.wait_asleep();
            nap(Duration::from_millis(50));
            sender.kill();
        } else {
            sender.join();
        }
        receiver.join();
    }
}

fn hand_out_and_end(rx: &mut Rx) {
    (0..SENT).for_each(|i| rx.expect(&message(i, SMALL)));
    for _ in 0..3 {
        rx.expect_end();
        assert_eq!(rx.try_take().expect("the end, without waiting too").len(), 0);
    }
}

fn no_receiver(m: &Mechanism) {
    let (mut tx, rx) = (m.make)().both();
    drop(rx);
    nobody_is_left(m, &mut tx);
}

fn receiver_killed(m: &Mechanism) {
    let there = Gate::new();
    let (child, mut tx) = receiver_in_child(m, |mut rx| {
        rx.expect(&message(0, SMALL));
        there.open();
        nap(Duration::from_secs(60));
    });
    tx.put(&message(0, SMALL));
    there.wait();
    child.kill();
    nobody_is_left(m, &mut tx);
}

fn receiver_leaves_a_waiting_sender(m: &Mechanism) {
    for killed in [false, true] {
        let (there, full) = (Gate::new(), Gate::new());
        let (child, mut tx) = receiver_in_child(m, |rx| {
            there.open();
            full.wait();
            // The sender sleeps by then; if not, its next send says the same.
            nap(Duration::from_millis(if killed { 60_000 } else { 40 }));
            drop(rx);
        });
        there.wait();
        tx.fill(SMALL);
        full.open();
        let killer = killed.then(|| {
            let pid = child.pid();
            crate::os::process::Child::spawn(move || {
                nap(Duration::from_millis(40));
                // SAFETY: a call without pointers; our parent has not reaped it yet.
                unsafe { libc::kill(pid, libc::SIGKILL) };
            })
        });
        let e = (0..2).find_map(|_| tx.end.send(&message(0, SMALL), PATIENCE).err());
        assert_eq!(e.expect("nobody takes it").errno(), Errno::PIPE);
        nobody_is_left(m, &mut tx);
        let end = child.wait();
        assert_eq!(end, if killed { End::Signal(libc::SIGKILL) } else { End::Exit(0) });
        killer.into_iter().for_each(|killer| killer.join());
    }
}

fn nobody_is_left(m: &Mechanism, tx: &mut Tx) {
    if m.gone == Gone::WhenItMatters {
        // Room there is may still be filled.
        let e = (0..1_000_000).find_map(|i| tx.end.send(&message(i, SMALL), PATIENCE).err());
        assert_eq!(e.expect("never told").errno(), Errno::PIPE);
    }
    for _ in 0..3 {
        for wait in [PATIENCE, Wait::FOREVER] {
            assert_gone(tx.end.send(&message(0, SMALL), wait));
        }
        assert_gone(tx.end.try_send(&message(0, SMALL)));
    }
}

#[track_caller]
fn assert_gone(answer: Result<()>) {
    match answer {
        Ok(()) => panic!("no error where nobody is left"),
        Err(e) => assert_eq!(e.errno(), Errno::PIPE, "{e}"),
    }
}
