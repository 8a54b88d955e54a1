//! Point 7: whatever a peer does gives an answer: never a panic, a hang, an access outside. What is corrupt stays
//! so.

use super::mechanism::{
    Attack, Outcome, PATIENCE, SMALL, assert_error, message, receiver_in_child, sender_in_child,
};
use super::{Mechanism, Rx, Tx};
use crate::os;
use crate::os::process::Gate;
use rawipc::{Errno, Origin, Wait};
use std::time::Duration;

pub fn check(m: &Mechanism) {
    let noise = Attack { name: "noise", act: noise, outcome: Outcome::Anything };
    for attack in m.attacks.iter().chain([&noise]) {
        println!("attack: {}", attack.name);
        let (child, mut rx) = sender_in_child(m, |mut tx| (attack.act)(&mut tx));
        receive_under_attack(&mut rx, attack);
        drop(rx);
        // Whether the attacker got to its end or was told EPIPE is its own affair.
        child.wait();
    }
    for (name, act) in m.hostile_receivers {
        println!("hostile receiver: {name}");
        send_under_attack(m, *act);
    }
}

fn receive_under_attack(rx: &mut Rx, attack: &Attack) {
    match attack.outcome {
        Outcome::Corrupt => {
            rx.expect(&message(0, SMALL));
            for _ in 0..3 {
                assert_error(rx.take(PATIENCE), Errno::BADMSG, Origin::Peer);
                assert_error(rx.try_take(), Errno::BADMSG, Origin::Peer);
            }
        }
        Outcome::OneBadMessage => {
            rx.expect(&message(0, SMALL));
            assert_error(rx.take(PATIENCE), Errno::BADMSG, Origin::Peer);
            rx.expect(&message(1, SMALL));
        }
        Outcome::Messages(lengths) => {
            for len in lengths {
                assert_eq!(rx.take(PATIENCE).expect("a message").len(), *len);
            }
            rx.expect_end();
        }
        Outcome::Anything => anything(rx),
    }
}

/// Any answer will do, until one that ends it; but an answer, and one that fits. A peer may go on for ever with
/// messages, as any may that lives; the memory of a ring goes on for it.
fn anything(rx: &mut Rx) {
    let limit = rx.end.recv_limit();
    let (mut errors, mut messages) = (0, 0);
    while errors < 10 && messages < 20_000 {
        match rx.take(Wait::at_most(Duration::from_millis(200))) {
            Ok(msg) if msg.is_empty() => return,
            Ok(msg) => {
                assert!(msg.len() <= limit, "{} bytes", msg.len());
                messages += 1;
            }
            Err(e) if e.errno() == Errno::TIMEDOUT => return,
            Err(e) => {
                assert!([Errno::BADMSG, Errno::CONNRESET].contains(&e.errno()), "{e}");
                errors += 1;
            }
        }
    }
}

/// Writes of every size, of bytes that are no message, straight into the descriptor.
fn noise(tx: &mut Tx) {
    let Some(fd) = tx.fd else { return };
    for i in 0..300 {
        let bytes = message(i, 1 + i * 37 % 6000);
        if os::raw_write_waiting(fd, &bytes).is_err() {
            return;
        }
    }
}

fn send_under_attack(m: &Mechanism, act: fn(&mut Rx)) {
    let there = Gate::new();
    let done = Gate::new();
    let (child, mut tx) = receiver_in_child(m, |mut rx| {
        rx.expect(&message(0, SMALL));
        act(&mut rx);
        there.open();
        done.wait();
    });
    tx.put(&message(0, SMALL));
    there.wait();
    for i in 0..2000 {
        let answer = tx.end.send(&message(i, SMALL), Wait::at_most(Duration::from_millis(5)));
        let Err(e) = answer else { continue };
        let fair = [Errno::TIMEDOUT, Errno::PIPE, Errno::BADMSG];
        assert!(fair.contains(&e.errno()), "{e}");
        if i > 20 {
            break;
        }
    }
    done.open();
    child.join();
}
