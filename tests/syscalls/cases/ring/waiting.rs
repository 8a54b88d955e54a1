//! What waits at either end of a ring.

use rawipc::ring::{Consumer, Many, Polling, Producer};
use rawipc::{Errno, Receiver, Sender, Wait};

use super::many::few;
use super::{LARGE, ROOM, fill, full, idle, made, make_room, recv_batch};
use crate::cases::room;
use crate::scenario::{LONG, Outcome, PAST, SHORT, Scenarios, TINY, ZERO};

pub fn cases(s: &mut Scenarios) {
    both(s, &RECV);
    both(
        s,
        &Side {
            function: "ring::Consumer::recv_batch",
            call: |c, wait| recv_batch(c, ROOM, wait).map(drop),
            ..RECV
        },
    );
    both(
        s,
        &Side {
            function: "ring::Consumer::read",
            call: |c: &mut Consumer, wait| c.read(wait).map(std::mem::forget),
            ..RECV
        },
    );
    both(s, &SEND);
    both(s, &MANY);
    both(
        s,
        &Side {
            function: "ring::Producer::send_batch",
            call: |p: &mut Producer, wait| p.send_batch(&[LARGE; 2], wait).map(drop),
            ..SEND
        },
    );
    both(
        s,
        &Side {
            function: "ring::Producer::reserve",
            call: |p: &mut Producer, wait| p.reserve(LARGE.len(), wait).map(std::mem::forget),
            ..SEND
        },
    );
}

/// The two directions have the same rows: an end on which a call waits, and what the other side can do.
struct Side<E, P> {
    function: &'static str,
    /// An end that would wait, and its peer.
    make: fn() -> Outcome<(E, P)>,
    /// One that has not slept yet.
    fresh: fn() -> Outcome<(E, P)>,
    poll: fn(&mut E, Polling),
    call: fn(&mut E, Wait) -> rawipc::Result<()>,
    /// What the call waits for; with `true`, after which the peer waits in its turn.
    act: fn(&mut P, bool),
    just_then: &'static str,
    gone: &'static str,
    /// What the call says when the peer is gone.
    gone_is: Option<Errno>,
}

const RECV: Side<Consumer, Producer> = Side {
    function: "ring::Consumer::recv",
    make: || idle().map(|(p, c)| (c, p)).map_err(Into::into),
    fresh: || made().map(|(p, c)| (c, p)).map_err(Into::into),
    poll: Consumer::set_polling,
    call: |c, wait| c.recv(room(), wait).map(drop),
    act: |p, waits| if waits { fill(p) } else { assert!(p.try_send(b"some").is_ok()) },
    just_then: "a message came just then",
    gone: "the end",
    gone_is: None,
};

const SEND: Side<Producer, Consumer> = Side {
    function: "ring::Producer::send",
    make: || full().map_err(Into::into),
    fresh: || {
        let (mut p, c) = made()?;
        p.try_send(LARGE)?;
        Ok((p, c))
    },
    poll: Producer::set_polling,
    call: |p, wait| p.send(LARGE, wait),
    act: make_room,
    just_then: "room came just then",
    gone: "the consumer is gone",
    gone_is: Some(Errno::PIPE),
};

static MANY: Side<Many<'static>, Producer> = Side {
    function: "ring::Many::recv",
    make: || {
        let (mut many, p) = few()?;
        assert!(many.try_recv(&mut []).is_err());
        Ok((many, p))
    },
    fresh: few,
    poll: Many::set_polling,
    call: |many, wait| many.recv(room(), wait).map(drop),
    act: |p, waits| if waits { fill(p) } else { assert!(p.try_send(b"some").is_ok()) },
    just_then: "a message came just then",
    gone: "an end",
    gone_is: None,
};

fn both<E: 'static, P: std::marker::Send + 'static>(s: &mut Scenarios, side: &Side<E, P>) {
    let Side { function, make, fresh, poll, call, act, just_then, gone, gone_is } = *side;
    for (wait, case, sleep) in
        [(Wait::FOREVER, "waits for ever", "epoll_pwait"), (LONG, "waits with a limit", "epoll_pwait2")]
    {
        for (wakes, round) in [(false, 1), (true, 1), (false, 3), (true, 3)] {
            s.case(function, case, move |t| {
                let (mut end, mut peer) = make()?;
                if round > 1 {
                    t.refuse(sleep, 1, Errno::INTR);
                    t.answer(sleep, 2, 1);
                }
                t.cue(sleep, round, move || act(&mut peer, wakes));
                t.ok(|| call(&mut end, wait))
            });
        }
        s.case(function, &format!("{gone}, {case}"), move |t| {
            let (mut end, peer) = make()?;
            let mut peer = Some(peer);
            t.cue(sleep, 1, move || drop(peer.take()));
            t.answers(gone_is, || call(&mut end, wait))
        });
    }
    s.case(function, "many messages since the last sleep", move |t| {
        let (mut end, mut peer) = fresh()?;
        t.cue("epoll_pwait", 1, move || act(&mut peer, false));
        t.ok(|| call(&mut end, Wait::FOREVER))
    });
    s.case(function, "times out", move |t| {
        let (mut end, _peer) = make()?;
        t.err(Errno::TIMEDOUT, || call(&mut end, SHORT))
    });
    s.case(function, "times out, by the clock", move |t| {
        let (mut end, _peer) = make()?;
        t.answer("epoll_pwait2", 1, 1);
        t.err(Errno::TIMEDOUT, || call(&mut end, TINY))
    });
    for (case, wait) in [("over from the start", PAST), ("a limit of zero", ZERO)] {
        s.case(function, case, move |t| {
            let (mut end, _peer) = make()?;
            t.err(Errno::TIMEDOUT, || call(&mut end, wait))
        });
        s.case(function, &format!("{just_then}, {case}"), move |t| {
            let (mut end, mut peer) = make()?;
            t.cue("epoll_pwait", 1, move || act(&mut peer, true));
            t.ok(|| call(&mut end, wait))
        });
    }
    for (wait, ends, sleep) in
        [(Wait::FOREVER, "for ever", "epoll_pwait"), (LONG, "with a limit", "epoll_pwait2")]
    {
        for nth in [1, 2] {
            s.case(function, &format!("a signal ends it, {ends}"), move |t| {
                let (mut end, _peer) = make()?;
                if nth > 1 {
                    t.answer(sleep, 1, 1);
                }
                t.refuse(sleep, nth, Errno::INTR);
                t.err(Errno::INTR, || call(&mut end, wait.or_signal()))
            });
        }
    }
    s.case(function, "before 5.11, waits with a limit", move |t| {
        let (mut end, mut peer) = make()?;
        t.refuse("epoll_pwait2", 1, Errno::NOSYS);
        t.cue("epoll_pwait", 1, move || act(&mut peer, false));
        t.ok(|| call(&mut end, LONG))
    });
    s.case(function, "before 5.11, times out", move |t| {
        let (mut end, _peer) = make()?;
        t.refuse("epoll_pwait2", 1, Errno::NOSYS);
        t.err(Errno::TIMEDOUT, || call(&mut end, SHORT))
    });
    s.case(function, "before 5.11, a signal ends it", move |t| {
        let (mut end, _peer) = make()?;
        t.refuse("epoll_pwait2", 1, Errno::NOSYS);
        t.refuse("epoll_pwait", 1, Errno::INTR);
        t.err(Errno::INTR, || call(&mut end, LONG.or_signal()))
    });
    let once = Polling { pauses: 0, yields: 1 };
    let yields = Polling { pauses: 0, yields: u32::MAX };
    for (case, polling, wait, at, nth) in [
        ("polls, and looks at the doorbell", Polling::ENDLESS, Wait::FOREVER, "epoll_pwait", 2),
        ("polls with a limit, and looks at the doorbell", Polling::ENDLESS, LONG, "clock_gettime", 2),
        ("polls, and yields", once, Wait::FOREVER, "sched_yield", 1),
        ("yields on, and looks at the doorbell", yields, Wait::FOREVER, "sched_yield", 18),
        ("yields on with a limit, and looks at the doorbell", yields, LONG, "sched_yield", 18),
    ] {
        s.case(function, case, move |t| {
            let (mut end, mut peer) = make()?;
            poll(&mut end, polling);
            t.cue(at, nth, move || act(&mut peer, false));
            t.ok(|| call(&mut end, wait))
        });
    }
    // The time is over while it polls, and is told behind an announcement.
    for (case, polling, wait) in [
        ("polls with a limit, and looks at the doorbell", Polling::ENDLESS, TINY),
        ("yields on with a limit, and looks at the doorbell", yields, TINY),
        ("polls, and looks at the doorbell", Polling::ENDLESS, ZERO),
        ("polls, and yields", yields, ZERO),
    ] {
        for end in [make, fresh] {
            s.case(function, case, move |t| {
                let (mut end, _peer) = end()?;
                poll(&mut end, polling);
                t.err(Errno::TIMEDOUT, || call(&mut end, wait))
            });
        }
    }
}
