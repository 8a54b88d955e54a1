//! Frames, over pipes and over stream sockets.

use rawipc::frame::{FrameReceiver, FrameSender, Framed};
use rawipc::pipe::{self, ReadEnd, WriteEnd};
use rawipc::socket::Stream;
use rawipc::wait::Instant;
use rawipc::{ByteWrite, Errno, Receiver, Sender, Wait};

use super::pipe::drop_of;
use crate::scenario::{LONG, Outcome, Scenarios, Stage, ZERO};

pub fn cases(s: &mut Scenarios) {
    making(s);
    receiving(s);
    sending(s);
    both_ways(s);
}

/// Far from now.
fn later() -> Wait {
    Wait::until(Instant::from_nanos(Instant::now().as_nanos() + 15_000_000_000))
}

fn making(s: &mut Scenarios) {
    s.case("frame::FrameReceiver::new", "ok", |t| {
        let (r, _w) = pipe::pair()?;
        t.ok(|| FrameReceiver::new(r, &mut [0; 5]).map(std::mem::forget))
    });
    s.case("frame::FrameReceiver::new", "refused", |t| {
        let (r, _w) = pipe::pair()?;
        t.err(Errno::INVAL, || FrameReceiver::new(r, &mut [0; 4]).map(drop))
    });
    s.case("frame::FrameReceiver", "drop", |t| {
        let mut buf = [0; 5];
        drop_of(t, FrameReceiver::new(pipe::pair()?.0, &mut buf)?)
    });
    s.case("frame::FrameSender::shared", "ok", |t| {
        let (_r, w) = pipe::pair()?;
        t.ok(|| FrameSender::shared(w).map(std::mem::forget))
    });
    s.case("frame::FrameSender::shared", "refused", |t| {
        let (a, _b) = Stream::pair()?;
        t.err(Errno::INVAL, || FrameSender::shared(a).map(drop))
    });
    s.case("frame::FrameSender::sole", "ok", |t| {
        let (_r, w) = pipe::pair()?;
        t.ok(|| FrameSender::sole(w, 1 << 20).map(std::mem::forget))
    });
    s.case("frame::FrameSender::sole", "refused", |t| {
        let (_r, w) = pipe::pair()?;
        t.err(Errno::INVAL, || FrameSender::sole(w, 0).map(drop))
    });
    s.case("frame::FrameSender", "drop", |t| drop_of(t, FrameSender::shared(pipe::pair()?.1)?));
    s.case("frame::Framed::new", "ok", |t| {
        let (a, _b) = Stream::pair()?;
        t.ok(|| Framed::new(a, &mut [0; 64], 64).map(std::mem::forget))
    });
    s.case("frame::Framed::new", "refused", |t| {
        let (a, _b) = Stream::pair()?;
        t.err(Errno::INVAL, || Framed::new(a, &mut [0; 64], 0).map(drop))
    });
    s.case("frame::Framed", "drop", |t| {
        let mut buf = [0; 64];
        drop_of(t, Framed::new(Stream::pair()?.0, &mut buf, 64)?)
    });
}

const WHOLE: &[u8] = b"\x04\0\0\0some";
const LIE: &[u8] = &[0; 4];

/// What came before, what comes while it waits, how long it waits, and what recv says.
type Story = (&'static [u8], &'static [u8], fn() -> Wait, Result<usize, Errno>);

fn stories() -> Vec<(&'static str, Story)> {
    vec![
        ("for ever", (WHOLE, b"", || Wait::FOREVER, Ok(4))),
        ("for ever", (b"\x04\0", b"\0\0some", || Wait::FOREVER, Ok(4))),
        ("for ever", (b"\x20\0\0\0", &[1; 32], || Wait::FOREVER, Err(Errno::MSGSIZE))),
        ("for ever", (LIE, b"", || Wait::FOREVER, Err(Errno::BADMSG))),
        ("until an instant", (b"\x04\0\0\0so", b"me", later, Ok(4))),
        ("until an instant", (b"", WHOLE, later, Ok(4))),
        ("at most a duration, at once", (WHOLE, b"", || LONG, Ok(4))),
        ("at most a duration, later", (b"", WHOLE, || LONG, Ok(4))),
        ("at most a duration, later", (b"\x04\0\0\0so", b"me", || LONG, Ok(4))),
        ("at most a duration, later", (b"\x04\0\0\0so", b"", || ZERO, Err(Errno::TIMEDOUT))),
    ]
}

fn receiving(s: &mut Scenarios) {
    let recv = "frame::FrameReceiver::recv";
    for (case, (before, after, wait, answer)) in stories() {
        s.case(recv, case, move |t| {
            let (r, mut w) = pipe::pair()?;
            w.try_write(if before.is_empty() { LIE } else { before })?;
            if before.is_empty() {
                rustix::io::read(&r, &mut [0; 8]).expect("what was just written");
            }
            let mut buf = [0; 64];
            let mut receiver = FrameReceiver::new(r, &mut buf)?;
            let mut keep = [0; 8];
            let _held; // so that silence is not the end
            if after.is_empty() {
                _held = w;
            } else {
                t.cue("ppoll", 1, move || assert!(w.try_write(after).is_ok()));
            }
            let wait = wait();
            match answer {
                Ok(n) => t.gives(n, || receiver.recv(&mut keep, wait)),
                Err(e) => t.err(e, || receiver.recv(&mut keep, wait)),
            }
        })
        .over(&["pipe::ReadEnd"]);
    }
    for (case, wait) in [("for ever", Wait::FOREVER), ("at most a duration, at once", LONG)] {
        s.case(recv, case, move |t| {
            let mut buf = [0; 64];
            let mut receiver = FrameReceiver::new(pipe::pair()?.0, &mut buf)?; // the end
            t.gives(0, || receiver.recv(&mut [0; 8], wait))
        })
        .over(&["pipe::ReadEnd"]);
    }
    for (function, waits) in [(recv, true), ("frame::FrameReceiver::try_recv", false)] {
        let recv = move |r: &mut FrameReceiver<'_, ReadEnd>| match waits {
            true => r.recv(&mut [0; 8], Wait::FOREVER),
            false => r.try_recv(&mut [0; 8]),
        };
        for (case, bytes, second) in
            [("buffered", &[WHOLE, WHOLE], Ok(4)), ("corrupt", &[LIE, WHOLE], Err(()))]
        {
            s.case(function, case, move |t| {
                let (r, mut w) = pipe::pair()?;
                w.try_write(&bytes.concat())?;
                let mut buf = [0; 64];
                let mut receiver = FrameReceiver::new(r, &mut buf)?;
                let first = recv(&mut receiver);
                assert_eq!(first.is_ok(), second.is_ok());
                match second {
                    Ok(n) => t.gives(n, || recv(&mut receiver)),
                    Err(()) => t.err(Errno::BADMSG, || recv(&mut receiver)),
                }
            });
        }
    }
    for (case, bytes, errno) in [
        ("whole", WHOLE, None),
        ("in parts", b"\x04\0\0\0so", Some(Errno::AGAIN)),
        ("nothing there", b"", Some(Errno::AGAIN)),
    ] {
        s.case("frame::FrameReceiver::try_recv", case, move |t| {
            let (mut receiver_buf, (r, mut w)) = ([0; 64], pipe::pair()?);
            let _ = w.try_write(bytes);
            let mut receiver = FrameReceiver::new(r, &mut receiver_buf)?;
            t.answers(errno, || receiver.try_recv(&mut [0; 8]))
        })
        .over(&["pipe::ReadEnd"]);
    }
    s.case("frame::FrameReceiver::recv_in_place", "for ever", |t| {
        let (mut buf, (r, mut w)) = ([0; 64], pipe::pair()?);
        w.try_write(WHOLE)?;
        let mut receiver = FrameReceiver::new(r, &mut buf)?;
        t.gives(Some(&b"some"[..]), || receiver.recv_in_place(Wait::FOREVER))
    })
    .over(&["pipe::ReadEnd"]);
    s.case("frame::FrameReceiver::try_recv_in_place", "nothing there", |t| {
        let (mut buf, (r, _w)) = ([0; 64], pipe::pair()?);
        let mut receiver = FrameReceiver::new(r, &mut buf)?;
        t.err(Errno::AGAIN, || receiver.try_recv_in_place())
    })
    .over(&["pipe::ReadEnd"]);
}

const LARGE: usize = 100_000;

fn sole() -> Outcome<(ReadEnd, FrameSender<WriteEnd>)> {
    let (r, w) = pipe::pair()?;
    Ok((r, FrameSender::sole(w, LARGE)?))
}

/// Takes out whatever comes.
fn drain(mut r: ReadEnd) -> impl FnMut() + Send {
    use rawipc::ByteRead;
    move || while r.read(&mut [0; 1 << 16], Wait::FOREVER).is_ok() {}
}

/// A sender that has sent a part of a large message.
fn unfinished() -> Outcome<(ReadEnd, FrameSender<WriteEnd>)> {
    let (r, mut sender) = sole()?;
    assert!(sender.try_send(&[7; LARGE]).is_err() && sender.is_unfinished());
    Ok((r, sender))
}

fn sending(s: &mut Scenarios) {
    let send = "frame::FrameSender::send";
    for (case, wait, len) in [
        ("for ever", (|| Wait::FOREVER) as fn() -> Wait, 100),
        ("until an instant", later, LARGE),
        ("up to ATOMIC bytes, at most a duration", || LONG, 100),
        ("larger, at most a duration, at once", || LONG, 10_000),
    ] {
        s.case(send, case, move |t| {
            let (r, mut sender) = sole()?;
            let wait = wait();
            t.meanwhile("ppoll", 1, drain(r));
            t.ok(|| sender.send(&[7; LARGE][..len], wait))
        })
        .over(&["pipe::WriteEnd"]);
    }
    s.case(send, "larger, at most a duration, later", |t| {
        let (r, mut sender) = sole()?;
        t.meanwhile("ppoll", 1, drain(r));
        t.ok(|| sender.send(&[7; LARGE], LONG))
    })
    .over(&["pipe::WriteEnd"]);
    s.case(send, "larger, at most a duration, later", |t| {
        let (r, mut sender) = unfinished()?;
        t.meanwhile("ppoll", 1, drain(r));
        t.ok(|| sender.send(&[7; LARGE], LONG))
    })
    .over(&["pipe::WriteEnd"]);
    s.case(send, "for ever", |t| {
        let mut sender = FrameSender::shared(pipe::pair()?.1)?;
        t.err(Errno::PIPE, || sender.send(b"some", Wait::FOREVER))
    })
    .over(&["pipe::WriteEnd"]);
    for (function, waits) in [(send, true), ("frame::FrameSender::try_send", false)] {
        let send = move |w: &mut FrameSender<WriteEnd>, msg: &[u8]| match waits {
            true => w.send(msg, Wait::FOREVER),
            false => w.try_send(msg),
        };
        s.case(function, "refused", move |t| {
            let (_r, mut sender) = sole()?;
            t.err(Errno::MSGSIZE, || send(&mut sender, &[0; LARGE + 1]))
        });
        s.case(function, "another is unfinished", move |t| {
            let (_r, mut sender) = unfinished()?;
            t.err(Errno::BUSY, || send(&mut sender, &[8; LARGE]))
        });
        s.case(function, "broken", move |t| {
            let (r, mut sender) = unfinished()?;
            drop(r);
            assert!(sender.try_send(&[7; LARGE]).is_err());
            t.err(Errno::PIPE, || send(&mut sender, &[7; LARGE]))
        });
    }
    let try_send = "frame::FrameSender::try_send";
    s.case(try_send, "whole", |t| t.ok_with(sole()?, |(_, w)| w.try_send(b"some"))).over(&["pipe::WriteEnd"]);
    s.case(try_send, "in parts", |t| {
        let (_r, mut sender) = sole()?;
        t.err(Errno::AGAIN, || sender.try_send(&[7; LARGE]))
    })
    .over(&["pipe::WriteEnd"]);
    s.case(try_send, "no room", |t| {
        let (_r, mut sender) = unfinished()?;
        t.err(Errno::AGAIN, || sender.try_send(&[7; LARGE]))
    })
    .over(&["pipe::WriteEnd"]);
}

fn both_ways(s: &mut Scenarios) {
    type Call = fn(&mut Framed<'_, Stream>) -> rawipc::Result<()>;
    let calls: [(&str, &str, Call); 6] = [
        ("frame::Framed::recv", "for ever", |f| f.recv(&mut [0; 8], Wait::FOREVER).map(drop)),
        ("frame::Framed::try_recv", "whole", |f| f.try_recv(&mut [0; 8]).map(drop)),
        ("frame::Framed::recv_in_place", "for ever", |f| f.recv_in_place(Wait::FOREVER).map(drop)),
        ("frame::Framed::try_recv_in_place", "whole", |f| f.try_recv_in_place().map(drop)),
        ("frame::Framed::send", "for ever", |f| f.send(b"some", Wait::FOREVER)),
        ("frame::Framed::try_send", "whole", |f| f.try_send(b"some")),
    ];
    for (function, case, call) in calls {
        s.case(function, case, move |t| {
            let (mut buf, (a, mut b)) = ([0; 64], Stream::pair()?);
            b.write_all(WHOLE, Wait::FOREVER)?;
            let mut framed = Framed::new(a, &mut buf, 64)?;
            t.ok(|| call(&mut framed))
        })
        .over(&["socket::Stream"]);
    }
    // More than the socket takes at once, and then the rest of it.
    s.case("frame::Framed::send", "for ever", |t| stream_takes_parts(t, Wait::FOREVER))
        .over(&["socket::Stream"]);
    s.case("frame::Framed::send", "larger, at most a duration, later", |t| stream_takes_parts(t, LONG))
        .over(&["socket::Stream"]);
}

fn stream_takes_parts(t: &Stage, wait: Wait) -> Outcome {
    use rawipc::ByteRead;
    let (mut buf, (a, mut b)) = ([0; 64], Stream::pair()?);
    let large = vec![7; 1 << 20];
    let mut framed = Framed::new(a, &mut buf, large.len())?;
    let mut room = vec![0; large.len() + 4];
    t.meanwhile("ppoll", 1, move || assert!(b.read_exact(&mut room, Wait::FOREVER).is_ok()));
    t.ok(|| framed.send(&large, wait))
}
