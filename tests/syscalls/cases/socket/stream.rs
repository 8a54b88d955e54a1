//! Stream sockets.

use rawipc::socket::Stream;
use rawipc::{ByteRead, ByteWrite, Errno, Wait};

use crate::cases::waiting::{Peer, Waiting};
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    reading(s);
    writing(s);
}

fn silent(_: &Stage) -> Outcome<(Stream, Peer)> {
    let (a, mut b) = Stream::pair()?;
    Ok((a, Box::new(move || assert_eq!(b.try_write(b"some"), Ok(4)))))
}

/// Full, and emptied a little more each time it is asked.
fn full(_: &Stage) -> Outcome<(Stream, Peer)> {
    let (mut a, mut b) = Stream::pair()?;
    while a.try_write(&[0; 4096]).is_ok() {}
    Ok((a, Box::new(move || while b.try_read(&mut [0; 65_536]).is_ok() {})))
}

type Read = fn(&mut Stream) -> rawipc::Result<usize>;

fn reading(s: &mut Scenarios) {
    static READ: Waiting<Stream> = Waiting {
        function: "socket::Stream::read",
        prefix: "",
        polls: 1,
        pauses: false,
        make: silent,
        call: |a, wait| a.read(&mut [0; 8], wait).map(drop),
    };
    static BORROWED: Waiting<Stream> = Waiting {
        function: "socket::&Stream::read",
        prefix: "",
        polls: 1,
        pauses: false,
        make: silent,
        call: |a, wait| (&*a).read(&mut [0; 8], wait).map(drop),
    };
    READ.cases(s);
    BORROWED.cases(s);
    let ways: [(&str, Read); 4] = [
        ("socket::Stream::read", |a| a.read(&mut [0; 8], Wait::FOREVER)),
        ("socket::&Stream::read", |a| (&*a).read(&mut [0; 8], Wait::FOREVER)),
        ("socket::Stream::try_read", |a| a.try_read(&mut [0; 8])),
        ("socket::&Stream::try_read", |a| (&*a).try_read(&mut [0; 8])),
    ];
    for (function, read) in ways {
        s.case(function, "ready", move |t| {
            let (mut a, mut b) = Stream::pair()?;
            b.try_write(b"some")?;
            t.gives(4, || read(&mut a))
        });
        s.case(function, "end", move |t| {
            let mut a = Stream::pair()?.0;
            t.gives(0, || read(&mut a))
        });
        s.case(function, "the peer closed with bytes unread", move |t| {
            let (mut a, b) = Stream::pair()?;
            a.try_write(b"never read")?;
            drop(b);
            t.gives(0, || read(&mut a))
        });
    }
    s.case("socket::Stream::read", "waits for ever", |t| {
        let (mut a, b) = Stream::pair()?;
        a.try_write(b"never read")?;
        let mut b = Some(b);
        t.cue("ppoll", 1, move || drop(b.take()));
        t.gives(0, || a.read(&mut [0; 8], Wait::FOREVER))
    });
    s.case("socket::Stream::read", "refused", |t| {
        let (mut a, _b) = Stream::pair()?;
        t.err(Errno::INVAL, || a.read(&mut [], Wait::FOREVER))
    });
    s.case("socket::Stream::try_read", "refused", |t| {
        let (mut a, _b) = Stream::pair()?;
        t.err(Errno::INVAL, || a.try_read(&mut []))
    });
    s.case("socket::Stream::try_read", "nothing there", |t| {
        let (mut a, _b) = Stream::pair()?;
        t.err(Errno::AGAIN, || a.try_read(&mut [0; 8]))
    });
}

type Write = fn(&mut Stream, &[u8], &[u8]) -> rawipc::Result<usize>;

/// The last four wait for nothing.
const WRITES: [(&str, Write); 8] = [
    ("socket::Stream::write", |a, _, bytes| a.write(bytes, Wait::FOREVER)),
    ("socket::&Stream::write", |a, _, bytes| (&*a).write(bytes, Wait::FOREVER)),
    ("socket::Stream::write_two", |a, head, bytes| a.write_two(head, bytes, Wait::FOREVER)),
    ("socket::&Stream::write_two", |a, head, bytes| (&*a).write_two(head, bytes, Wait::FOREVER)),
    ("socket::Stream::try_write", |a, _, bytes| a.try_write(bytes)),
    ("socket::&Stream::try_write", |a, _, bytes| (&*a).try_write(bytes)),
    ("socket::Stream::try_write_two", |a, head, bytes| a.try_write_two(head, bytes)),
    ("socket::&Stream::try_write_two", |a, head, bytes| (&*a).try_write_two(head, bytes)),
];

const fn waiting(
    function: &'static str,
    call: fn(&mut Stream, Wait) -> rawipc::Result<()>,
) -> Waiting<Stream> {
    Waiting { function, prefix: "", polls: 1, pauses: false, make: full, call }
}

fn writing(s: &mut Scenarios) {
    static ALL: [Waiting<Stream>; 4] = [
        waiting("socket::Stream::write", |a, wait| a.write(b"some", wait).map(drop)),
        waiting("socket::&Stream::write", |a, wait| (&*a).write(b"some", wait).map(drop)),
        waiting("socket::Stream::write_two", |a, wait| a.write_two(b"so", b"me", wait).map(drop)),
        waiting("socket::&Stream::write_two", |a, wait| (&*a).write_two(b"so", b"me", wait).map(drop)),
    ];
    ALL.iter().for_each(|w| w.cases(s));
    for (function, write) in WRITES {
        s.case(function, "room", move |t| t.ok_with(Stream::pair()?, |(a, _)| write(a, b"so", b"me")));
        s.case(function, "the peer is gone", move |t| {
            let mut a = Stream::pair()?.0;
            t.err(Errno::PIPE, || write(&mut a, b"so", b"me"))
        });
        s.case(function, "refused", move |t| {
            let (mut a, _b) = Stream::pair()?;
            t.err(Errno::INVAL, || write(&mut a, b"", b""))
        });
    }
    for (function, write) in &WRITES[4..] {
        s.case(function, "no room", |t| {
            let (mut a, _peer) = full(t)?;
            t.err(Errno::AGAIN, || write(&mut a, b"so", b"me"))
        });
    }
}
