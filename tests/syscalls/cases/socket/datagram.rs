//! Datagram sockets.

use rawipc::socket::{Address, DEFAULT_LIMIT, Datagram};
use rawipc::{Errno, Receiver, Sender, Wait};
use rustix::net::SendFlags;

use super::path;
use crate::cases::room;
use crate::cases::waiting::{Peer, Waiting};
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    making(s);
    sending(s);
    sending_to(s);
    receiving(s);
    receiving_from(s);
}

const WHOLE: usize = DEFAULT_LIMIT;
const SMALL: usize = 8;

fn making(s: &mut Scenarios) {
    s.case("socket::Datagram::unbound", "ok", |t| t.ok(|| Datagram::unbound().map(std::mem::forget)));
    s.case("socket::Datagram::set_limit", "the buffer is large enough", |t| {
        t.ok_with(Datagram::pair()?, |(a, _)| a.set_limit(1000))
    });
    let connect = "socket::Datagram::connect";
    s.case(connect, "ok", |t| {
        let at = path(t)?;
        let _peer = Datagram::bind(&at)?;
        t.ok(|| Datagram::connect(&at).map(std::mem::forget))
    });
    s.case(connect, "an error", |t| {
        let at = path(t)?;
        t.err(Errno::NOENT, || Datagram::connect(&at))
    });
    s.case(connect, "no socket", |t| {
        let at = path(t)?;
        t.refuse("socket", 1, Errno::MFILE);
        t.err(Errno::MFILE, || Datagram::connect(&at))
    });
    s.case(connect, "refused", |t| {
        let unnamed = *Datagram::unbound()?.address();
        t.err(Errno::INVAL, || Datagram::connect(&unnamed))
    });
    let connect_to = "socket::Datagram::connect_to";
    s.case(connect_to, "ok", |t| {
        let at = path(t)?;
        let _peer = Datagram::bind(&at)?;
        t.ok_with(Datagram::unbound()?, |d| d.connect_to(&at))
    });
    s.case(connect_to, "an error", |t| {
        let (at, mut d) = (path(t)?, Datagram::unbound()?);
        t.err(Errno::NOENT, || d.connect_to(&at))
    });
    s.case(connect_to, "refused", |t| {
        let mut d = Datagram::unbound()?;
        let unnamed = *d.address();
        t.err(Errno::INVAL, || d.connect_to(&unnamed))
    });
}

fn full(_: &Stage) -> Outcome<(Datagram, Peer)> {
    let (mut a, mut b) = Datagram::pair()?;
    while a.try_send(b"x").is_ok() {}
    Ok((a, Box::new(move || while b.try_recv(&mut [0; WHOLE]).is_ok() {})))
}

fn sending(s: &mut Scenarios) {
    static SEND: Waiting<Datagram> = Waiting {
        function: "socket::Datagram::send",
        prefix: "",
        polls: 1,
        pauses: false,
        make: full,
        call: |a, wait| a.send(b"some", wait),
    };
    SEND.cases(s);
    type Send = fn(&mut Datagram, &[u8]) -> rawipc::Result<()>;
    let ways: [(&str, Send); 2] = [
        ("socket::Datagram::send", |a, msg| a.send(msg, Wait::FOREVER)),
        ("socket::Datagram::try_send", |a, msg| a.try_send(msg)),
    ];
    for (function, send) in ways {
        s.case(function, "room", move |t| t.ok_with(Datagram::pair()?, |(a, _)| send(a, b"some")));
        s.case(function, "the peer is gone", move |t| {
            let mut a = Datagram::pair()?.0;
            t.err(Errno::PIPE, || send(&mut a, b"some"))
        });
        s.case(function, "refused", move |t| {
            let (mut a, _b) = Datagram::pair()?;
            t.err(Errno::INVAL, || send(&mut a, b""))
        });
    }
    s.case("socket::Datagram::try_send", "no room", |t| {
        let (mut a, _peer) = full(t)?;
        t.err(Errno::AGAIN, || a.try_send(b"some"))
    });
}

/// One who sends, and the name of one who has no room.
struct Post {
    from: Datagram,
    to: Address,
}

fn crowded(t: &Stage) -> Outcome<(Post, Peer)> {
    let to = path(t)?;
    let (mut receiver, from) = (Datagram::bind(&to)?, Datagram::unbound()?);
    while from.try_send_to(&to, b"x").is_ok() {}
    Ok((Post { from, to }, Box::new(move || while receiver.try_recv(&mut [0; WHOLE]).is_ok() {})))
}

fn sending_to(s: &mut Scenarios) {
    static SEND_TO: Waiting<Post> = Waiting {
        function: "socket::Datagram::send_to",
        prefix: "",
        polls: 1,
        pauses: true,
        make: crowded,
        call: |post, wait| post.from.send_to(&post.to, b"some", wait),
    };
    SEND_TO.cases(s);
    type Send = fn(&Datagram, &Address, &[u8]) -> rawipc::Result<()>;
    let ways: [(&str, Send); 2] = [
        ("socket::Datagram::send_to", |d, to, msg| d.send_to(to, msg, Wait::FOREVER)),
        ("socket::Datagram::try_send_to", |d, to, msg| d.try_send_to(to, msg)),
    ];
    for (function, send) in ways {
        s.case(function, "room", move |t| {
            let to = path(t)?;
            let _receiver = Datagram::bind(&to)?;
            t.ok_with(Datagram::unbound()?, |d| send(d, &to, b"some"))
        });
        s.case(function, "an error", move |t| {
            let (to, d) = (path(t)?, Datagram::unbound()?);
            t.err(Errno::NOENT, || send(&d, &to, b"some"))
        });
        s.case(function, "refused", move |t| {
            let (to, d) = (path(t)?, Datagram::unbound()?);
            t.err(Errno::INVAL, || send(&d, &to, b""))
        });
    }
    s.case("socket::Datagram::try_send_to", "no room", |t| {
        let (post, _peer) = crowded(t)?;
        t.err(Errno::AGAIN, || post.from.try_send_to(&post.to, b"some"))
    });
}

/// The case, what was sent, the room there is, whether a reset comes first, what is said, and if from somebody.
type Story = (&'static str, Option<&'static [u8]>, usize, bool, Option<Errno>);

const LONGER: &[u8] = b"longer than the buffer";
const TOO_LONG: &[u8] = &[7; WHOLE + 1];

const STORIES: &[Story] = &[
    ("ready", Some(b"some"), WHOLE, false, None),
    ("small", Some(b"some"), SMALL, false, None),
    ("too small", Some(LONGER), SMALL, false, Some(Errno::MSGSIZE)),
    ("empty", Some(b""), WHOLE, false, Some(Errno::BADMSG)),
    ("above the limit", Some(TOO_LONG), WHOLE, false, Some(Errno::BADMSG)),
    ("nothing there", None, WHOLE, false, Some(Errno::AGAIN)),
    ("too small, reset", Some(LONGER), SMALL, true, Some(Errno::MSGSIZE)),
    ("small, reset", Some(b"some"), SMALL, true, None),
];

fn told(t: &Stage, story: &Story) -> Outcome<(Datagram, Datagram)> {
    let (a, b) = Datagram::pair()?;
    if let Some(message) = story.1 {
        rustix::net::send(&b, message, SendFlags::empty()).expect("sent");
    }
    if story.3 {
        t.refuse("recvfrom", 1, Errno::CONNRESET);
    }
    Ok((a, b))
}

const AT_ONCE: &str = "at once otherwise";

fn receiving(s: &mut Scenarios) {
    const fn recv(call: fn(&mut Datagram, Wait) -> rawipc::Result<()>) -> Waiting<Datagram> {
        let function = "socket::Datagram::recv";
        Waiting { function, prefix: "", polls: 1, pauses: false, make: silent, call }
    }
    static BOTH: [Waiting<Datagram>; 2] = [
        recv(|a, wait| a.recv(room(), wait).map(drop)),
        recv(|a, wait| a.recv(&mut [0; SMALL], wait).map(drop)),
    ];
    BOTH.iter().for_each(|w| w.cases(s));
    let more: [Story; 2] = [
        ("reset", Some(b"some"), WHOLE, true, None),
        ("reset, nothing there", None, WHOLE, true, Some(Errno::AGAIN)),
    ];
    for story in STORIES.iter().copied().chain(more) {
        let (case, sent, room, _, errno) = story;
        s.case("socket::Datagram::try_recv", case, move |t| {
            let (mut a, _b) = told(t, &story)?;
            let mut buf = vec![0; room];
            t.answers(errno, || a.try_recv(&mut buf))
        });
        if sent.is_some() {
            s.case("socket::Datagram::recv", if case == "ready" { case } else { AT_ONCE }, move |t| {
                let (mut a, _b) = told(t, &story)?;
                let mut buf = vec![0; room];
                t.answers(errno, || a.recv(&mut buf, Wait::FOREVER))
            });
        }
    }
}

fn silent(_: &Stage) -> Outcome<(Datagram, Peer)> {
    let (a, mut b) = Datagram::pair()?;
    Ok((a, Box::new(move || assert!(b.try_send(b"some").is_ok()))))
}

fn receiving_from(s: &mut Scenarios) {
    const fn recv(call: fn(&mut Datagram, Wait) -> rawipc::Result<()>) -> Waiting<Datagram> {
        let function = "socket::Datagram::recv_from";
        Waiting { function, prefix: "", polls: 1, pauses: false, make: silent, call }
    }
    static BOTH: [Waiting<Datagram>; 2] = [
        recv(|a, wait| a.recv_from(room(), wait).map(drop)),
        recv(|a, wait| a.recv_from(&mut [0; SMALL], wait).map(drop)),
    ];
    BOTH.iter().for_each(|w| w.cases(s));
    for (case, message, errno) in
        [("reset", Some(b"some"), None), ("reset, nothing there", None, Some(Errno::AGAIN))]
    {
        s.case("socket::Datagram::try_recv_from", case, move |t| {
            let (a, mut b) = Datagram::pair()?;
            message.map_or(Ok(()), |m| b.try_send(m))?;
            t.refuse("recvmsg", 1, Errno::CONNRESET);
            t.answers(errno, || a.try_recv_from(room()))
        });
    }
    let more: [Story; 2] = [
        ("small, nothing there", None, SMALL, false, Some(Errno::AGAIN)),
        ("small, reset, nothing there", None, SMALL, true, Some(Errno::AGAIN)),
    ];
    for story in STORIES.iter().copied().chain(more) {
        let (case, sent, room, _, errno) = story;
        s.case("socket::Datagram::try_recv_from", case, move |t| {
            let (a, _b) = told(t, &story)?;
            let mut buf = vec![0; room];
            t.answers(errno, || a.try_recv_from(&mut buf))
        });
        if sent.is_some() {
            s.case("socket::Datagram::recv_from", if case == "ready" { case } else { AT_ONCE }, move |t| {
                let (a, _b) = told(t, &story)?;
                let mut buf = vec![0; room];
                t.answers(errno, || a.recv_from(&mut buf, Wait::FOREVER))
            });
        }
    }
}
