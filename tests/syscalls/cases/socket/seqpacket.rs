//! Seqpacket sockets.

use rawipc::socket::{DEFAULT_LIMIT, Seqpacket};
use rawipc::{Errno, Receiver, Sender, Wait};
use rustix::net::SendFlags;

use crate::cases::room;
use crate::cases::waiting::{Peer, Waiting};
use crate::scenario::{LONG, Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    sending(s);
    limits(s);
    receiving(s);
    ends(s);
    waits(s);
}

pub const WHOLE: usize = DEFAULT_LIMIT;

fn full(_: &Stage) -> Outcome<(Seqpacket, Peer)> {
    let (mut a, mut b) = Seqpacket::pair()?;
    while a.try_send(&[0; 4096]).is_ok() {}
    Ok((a, Box::new(move || while b.try_recv(&mut [0; WHOLE]).is_ok() {})))
}

fn sending(s: &mut Scenarios) {
    static SEND: Waiting<Seqpacket> = Waiting {
        function: "socket::Seqpacket::send",
        prefix: "",
        polls: 1,
        pauses: false,
        make: full,
        call: |a, wait| a.send(b"some", wait),
    };
    SEND.cases(s);
    type Send = fn(&mut Seqpacket, &[u8]) -> rawipc::Result<()>;
    let ways: [(&str, Send); 2] = [
        ("socket::Seqpacket::send", |a, msg| a.send(msg, Wait::FOREVER)),
        ("socket::Seqpacket::try_send", |a, msg| a.try_send(msg)),
    ];
    for (function, send) in ways {
        s.case(function, "room", move |t| t.ok_with(Seqpacket::pair()?, |(a, _)| send(a, b"some")));
        s.case(function, "the peer is gone", move |t| {
            let mut a = Seqpacket::pair()?.0;
            t.err(Errno::PIPE, || send(&mut a, b"some"))
        });
        s.case(function, "refused", move |t| {
            let (mut a, _b) = Seqpacket::pair()?;
            t.err(Errno::INVAL, || send(&mut a, b""))
        });
    }
    s.case("socket::Seqpacket::try_send", "no room", |t| {
        let (mut a, _peer) = full(t)?;
        t.err(Errno::AGAIN, || a.try_send(b"some"))
    });
}

fn limits(s: &mut Scenarios) {
    let set = "socket::Seqpacket::set_limit";
    s.case(set, "the buffer is large enough", |t| t.ok_with(Seqpacket::pair()?, |(a, _)| a.set_limit(1000)));
    s.case(set, "refused", |t| {
        let (mut a, _b) = Seqpacket::pair()?;
        t.err(Errno::INVAL, || a.set_limit(0))
    });
    s.case(set, "it is made larger", |t| {
        let (mut a, _b) = Seqpacket::pair()?;
        rustix::net::sockopt::set_socket_send_buffer_size(&a, 4096).expect("a small buffer");
        t.ok(|| a.set_limit(50_000))
    });
    s.case(set, "it cannot be", |t| {
        let (mut a, _b) = Seqpacket::pair()?;
        t.err(Errno::MSGSIZE, || a.set_limit(1 << 30))
    });
}

/// What came before, whether the buffer is small, what the first look and the reset are, and what recv says.
struct Story {
    case: &'static str,
    sent: &'static [&'static [u8]],
    /// The peer is gone.
    gone: bool,
    room: usize,
    reset: bool,
    says: Result<usize, Errno>,
}

const SMALL: usize = 8;
const SOME: &[&[u8]] = &[b"some"];
const LONGER: &[&[u8]] = &[b"longer than the buffer"];

const fn story(case: &'static str, sent: &'static [&'static [u8]], says: Result<usize, Errno>) -> Story {
    Story { case, sent, gone: false, room: WHOLE, reset: false, says }
}

const STORIES: &[Story] = &[
    story("ready", SOME, Ok(4)),
    Story { room: SMALL, ..story("small", SOME, Ok(4)) },
    Story { room: SMALL, ..story("too small", LONGER, Err(Errno::MSGSIZE)) },
    story("above the limit", &[&[7; WHOLE + 1]], Err(Errno::BADMSG)),
    Story { reset: true, ..story("reset", SOME, Ok(4)) },
    Story { reset: true, room: SMALL, ..story("small, reset", SOME, Ok(4)) },
    Story { reset: true, room: SMALL, ..story("too small, reset", LONGER, Err(Errno::MSGSIZE)) },
    story("empty message", &[b""], Err(Errno::BADMSG)),
    Story { room: SMALL, ..story("empty message, small", &[b""], Err(Errno::BADMSG)) },
    Story { gone: true, ..story("empty message, and the peer is gone", &[b"", b"x"], Err(Errno::BADMSG)) },
    Story {
        gone: true,
        room: SMALL,
        ..story("empty message, and the peer is gone, small", &[b"", b"x"], Err(Errno::BADMSG))
    },
    Story { gone: true, ..story("end", &[], Ok(0)) },
    Story { gone: true, room: SMALL, ..story("end, small", &[], Ok(0)) },
    Story { gone: true, reset: true, ..story("end, reset", &[], Ok(0)) },
    Story { gone: true, reset: true, room: SMALL, ..story("end, small, reset", &[], Ok(0)) },
];

/// The receiving end that a story is about, and the peer if it is there.
fn told(t: &Stage, story: &Story) -> Outcome<(Seqpacket, Option<Seqpacket>)> {
    let (a, mut b) = Seqpacket::pair()?;
    b.set_limit(WHOLE + 1)?;
    for message in story.sent {
        rustix::net::send(&b, message, SendFlags::empty()).expect("sent");
    }
    if story.reset {
        t.refuse("recvfrom", 1, Errno::CONNRESET);
    }
    Ok((a, (!story.gone).then_some(b)))
}

fn receiving(s: &mut Scenarios) {
    for story in STORIES {
        s.case("socket::Seqpacket::try_recv", story.case, move |t| {
            let (mut a, _peer) = told(t, story)?;
            let mut buf = vec![0; story.room];
            match story.says {
                Ok(n) => t.gives(n, || a.try_recv(&mut buf)),
                Err(e) => t.err(e, || a.try_recv(&mut buf)),
            }
        });
        let case = if story.case == "ready" { "ready" } else { "at once otherwise" };
        s.case("socket::Seqpacket::recv", case, move |t| {
            let (mut a, _peer) = told(t, story)?;
            let mut buf = vec![0; story.room];
            match story.says {
                Ok(n) => t.gives(n, || a.recv(&mut buf, Wait::FOREVER)),
                Err(e) => t.err(e, || a.recv(&mut buf, Wait::FOREVER)),
            }
        });
    }
    s.case("socket::Seqpacket::try_recv", "nothing there", |t| {
        let (mut a, _b) = Seqpacket::pair()?;
        t.err(Errno::AGAIN, || a.try_recv(room()))
    });
    s.case("socket::Seqpacket::try_recv", "nothing there", |t| {
        let (mut a, _b) = Seqpacket::pair()?;
        t.err(Errno::AGAIN, || a.try_recv(&mut [0; SMALL]))
    });
}

/// The case of a receive of 0 that is still to be judged, whether the peer is gone, and the look that failed.
pub const LOOKS: [(&str, bool, &str); 2] = [
    ("end, of which the look failed before", true, "ioctl"),
    ("empty message, of which the look failed before", false, "ppoll"),
];

pub fn unjudged(t: &Stage, gone: bool, look: &str) -> Outcome<(Seqpacket, Option<Seqpacket>)> {
    let (mut a, b) = Seqpacket::pair()?;
    if !gone {
        rustix::net::send(&b, b"", SendFlags::empty()).expect("sent");
    }
    let b = (!gone).then_some(b);
    t.refuse(look, 1, Errno::NOMEM);
    match a.try_recv(room()) {
        Err(e) if e.errno() == Errno::NOMEM => Ok((a, b)),
        other => Err(format!("ENOMEM was expected, not {other:?}").into()),
    }
}

fn ends(s: &mut Scenarios) {
    // As the kernel itself says it.
    s.case("socket::Seqpacket::try_recv", "end, reset", |t| {
        let (mut a, b) = Seqpacket::pair()?;
        a.try_send(b"never read")?;
        drop(b);
        t.gives(0, || a.try_recv(room()))
    });
    // Signals while it is looked.
    s.case("socket::Seqpacket::try_recv", "end", |t| {
        let mut a = Seqpacket::pair()?.0;
        t.refuse("ppoll", 1, Errno::INTR);
        t.gives(0, || a.try_recv(room()))
    });
    for (case, gone, look) in LOOKS {
        let errno = (!gone).then_some(Errno::BADMSG);
        s.case("socket::Seqpacket::try_recv", case, move |t| {
            let (mut a, _b) = unjudged(t, gone, look)?;
            t.answers(errno, || a.try_recv(room()))
        });
        s.case("socket::Seqpacket::recv", "at once otherwise", move |t| {
            let (mut a, _b) = unjudged(t, gone, look)?;
            t.answers(errno, || a.recv(room(), LONG))
        });
    }
    for waits in [true, false] {
        let function = if waits { "socket::Seqpacket::recv" } else { "socket::Seqpacket::try_recv" };
        s.case(function, "corrupt", move |t| {
            let (mut a, b) = Seqpacket::pair()?;
            rustix::net::send(&b, b"", SendFlags::empty()).expect("sent");
            assert!(a.try_recv(room()).is_err());
            t.err(Errno::BADMSG, || match waits {
                true => a.recv(room(), Wait::FOREVER),
                false => a.try_recv(room()),
            })
        });
    }
}

fn waits(s: &mut Scenarios) {
    const fn recv(room: fn(&mut Seqpacket, Wait) -> rawipc::Result<()>) -> Waiting<Seqpacket> {
        let make = |_: &Stage| -> Outcome<(Seqpacket, Peer)> {
            let (a, mut b) = Seqpacket::pair()?;
            Ok((a, Box::new(move || assert!(b.try_send(b"some").is_ok()))))
        };
        Waiting { function: "socket::Seqpacket::recv", prefix: "", polls: 1, pauses: false, make, call: room }
    }
    static BOTH: [Waiting<Seqpacket>; 2] = [
        recv(|a, wait| a.recv(room(), wait).map(drop)),
        recv(|a, wait| a.recv(&mut [0; SMALL], wait).map(drop)),
    ];
    BOTH.iter().for_each(|w| w.cases(s));
    s.case("socket::Seqpacket::recv", "waits for ever", |t| {
        let (mut a, b) = Seqpacket::pair()?;
        let mut b = Some(b);
        t.cue("ppoll", 1, move || drop(b.take()));
        t.gives(0, || a.recv(room(), Wait::FOREVER))
    });
}
