//! Point 1: one send is one message is one recv, in order and unaltered.

use super::mechanism::{PATIENCE, across, assert_same, message};
use super::{Mechanism, Rx};
use crate::os::process::{Child, Gate};

const MESSAGES: usize = 400;
const SENDERS: usize = 3;
const EACH: usize = 150;

pub fn check(m: &Mechanism) {
    between_processes(m);
    queued(m);
    if m.several {
        several_senders(m);
    }
}

/// Lengths all over the range, the shortest and the longest among them.
fn length(number: usize, limit: usize) -> usize {
    match number % 10 {
        0 => 1,
        1 => limit.min(70_000),
        2 => 2,
        _ => 1 + number * 7919 % limit.min(3000),
    }
}

fn between_processes(m: &Mechanism) {
    let limit = m.limit;
    across(
        m,
        move |mut tx| (0..MESSAGES).for_each(|i| tx.put(&message(i, length(i, limit)))),
        |mut rx| {
            (0..MESSAGES).for_each(|i| rx.expect(&message(i, length(i, limit))));
            if m.gone != super::mechanism::Gone::SendersOnly {
                rx.expect_end();
            }
        },
    );
}

/// Messages that lie in the channel together are still taken one by one.
fn queued(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    for len in [1, 2, 10] {
        (0..8).for_each(|i| tx.put(&message(i, len)));
        (0..8).for_each(|i| rx.expect(&message(i, len)));
    }
}

/// The messages of several processes come whole, each one's in its order. All are there before the first sends: a
/// FIFO whose only writer so far has left is at its end.
fn several_senders(m: &Mechanism) {
    let (there, start) = (Gate::new(), Gate::new());
    let mut channel = Some((m.make)());
    let children: Vec<Child> = (0..SENDERS)
        .map(|who| {
            Child::spawn(|| {
                let mut tx = channel.take().expect("unused").sender();
                there.open();
                start.wait();
                for i in 0..EACH {
                    let number = who * EACH + i;
                    let mut msg = vec![who as u8, i as u8];
                    msg.extend(message(number, 2 + length(number, m.limit - 4)));
                    tx.put(&msg);
                }
            })
        })
        .collect();
    let mut rx = channel.take().expect("unused").receiver();
    (0..SENDERS).for_each(|_| there.wait());
    (0..SENDERS).for_each(|_| start.open());
    take_all(m, &mut rx);
    children.into_iter().for_each(Child::join);
}

fn take_all(m: &Mechanism, rx: &mut Rx) {
    let mut next = [0; SENDERS];
    for _ in 0..SENDERS * EACH {
        let msg = rx.take(PATIENCE).expect("a message of one of them");
        let &[who, i, ref rest @ ..] = msg.as_slice() else { panic!("{} bytes", msg.len()) };
        let who = usize::from(who);
        assert!(who < SENDERS, "a sender that is none");
        assert_eq!(usize::from(i), next[who], "the order of sender {who}");
        let number = who * EACH + next[who];
        assert_same(rest, &message(number, 2 + length(number, m.limit - 4)));
        next[who] += 1;
    }
}
