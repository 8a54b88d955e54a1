//! What waits at either end of a ring.

use rawipc::ring::{Consumer, Producer};
use rawipc::{Errno, Receiver, Sender, Wait};

use super::{LARGE, fill, made, make_room};
use crate::cases::room;
use crate::scenario::{LONG, Outcome, PAST, SHORT, Scenarios, TINY, ZERO};

pub fn cases(s: &mut Scenarios) {
    both(s, &RECV);
    both(s, &SEND);
}

/// The two directions have the same rows: an end on which a call waits, and what the other side can do.
struct Side<E, P> {
    function: &'static str,
    /// An end that would wait, and its peer.
    make: fn() -> Outcome<(E, P)>,
    call: fn(&mut E, Wait) -> rawipc::Result<()>,
    /// What the call waits for; with `true`, after which the peer waits in its turn.
    act: fn(&mut P, bool),
    just_then: &'static str,
    and_wakes: &'static str,
    gone: &'static str,
    /// What the call says when the peer is gone.
    gone_is: Option<Errno>,
}

static RECV: Side<Consumer, Producer> = Side {
    function: "ring::Consumer::recv",
    make: || made().map(|(p, c)| (c, p)).map_err(Into::into),
    call: |c, wait| c.recv(room(), wait).map(drop),
    act: |p, waits| if waits { fill(p) } else { assert!(p.try_send(b"some").is_ok()) },
    just_then: "a message came just then",
    and_wakes: "the producer waits for room",
    gone: "the end",
    gone_is: None,
};

static SEND: Side<Producer, Consumer> = Side {
    function: "ring::Producer::send",
    make: || {
        let (mut p, c) = made()?;
        p.try_send(LARGE)?;
        Ok((p, c))
    },
    call: |p, wait| p.send(LARGE, wait),
    act: make_room,
    just_then: "room came just then",
    and_wakes: "the consumer sleeps",
    gone: "the consumer is gone",
    gone_is: Some(Errno::PIPE),
};

fn both<E: 'static, P: std::marker::Send + 'static>(s: &mut Scenarios, side: &'static Side<E, P>) {
    let Side { function, make, call, act, just_then, and_wakes, gone, gone_is } = *side;
    for (wait, case) in [(Wait::FOREVER, "waits for ever"), (LONG, "waits with a limit")] {
        for (case, wakes) in [(case.to_owned(), false), (format!("{case}, {and_wakes}"), true)] {
            for round in [1, 3] {
                s.case(function, &case, move |t| {
                    let (mut end, mut peer) = make()?;
                    if round > 1 {
                        t.refuse("ppoll", 1, Errno::INTR);
                        t.answer("ppoll", 2, 1);
                    }
                    t.cue("ppoll", round, move || act(&mut peer, wakes));
                    t.ok(|| call(&mut end, wait))
                });
            }
        }
        s.case(function, &format!("{gone}, {case}"), move |t| {
            let (mut end, peer) = make()?;
            let mut peer = Some(peer);
            t.cue("ppoll", 1, move || drop(peer.take()));
            t.answers(gone_is, || call(&mut end, wait))
        });
    }
    s.case(function, "times out", move |t| {
        let (mut end, _peer) = make()?;
        t.err(Errno::TIMEDOUT, || call(&mut end, SHORT))
    });
    s.case(function, "times out, by the clock", move |t| {
        let (mut end, _peer) = make()?;
        t.answer("ppoll", 1, 1);
        t.err(Errno::TIMEDOUT, || call(&mut end, TINY))
    });
    s.case(function, &format!("{just_then}, by the clock, {and_wakes}"), move |t| {
        let (mut end, mut peer) = make()?;
        t.answer("ppoll", 1, 1);
        t.cue("recvfrom", 2, move || act(&mut peer, true));
        t.ok(|| call(&mut end, TINY))
    });
    for (case, wait) in [("over from the start", PAST), ("a limit of zero", ZERO)] {
        s.case(function, case, move |t| {
            let (mut end, _peer) = make()?;
            t.err(Errno::TIMEDOUT, || call(&mut end, wait))
        });
        s.case(function, &format!("{just_then}, {case}, {and_wakes}"), move |t| {
            let (mut end, mut peer) = make()?;
            t.cue("recvfrom", 1, move || act(&mut peer, true));
            t.ok(|| call(&mut end, wait))
        });
    }
    for (wait, ends) in [(Wait::FOREVER, "for ever"), (LONG, "with a limit")] {
        for (later, nth) in [("", 1), (" later", 2)] {
            s.case(function, &format!("a signal ends it{later}, {ends}"), move |t| {
                let (mut end, _peer) = make()?;
                if nth > 1 {
                    t.answer("ppoll", 1, 1);
                }
                t.refuse("ppoll", nth, Errno::INTR);
                t.err(Errno::INTR, || call(&mut end, wait.or_signal()))
            });
        }
    }
}
