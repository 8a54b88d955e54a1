//! What the traits themselves do.

use rawipc::pipe::{self, PIPE_BUF, PacketReceiver, PacketSender};
use rawipc::{ByteRead, ByteWrite, Duplex, Errno, Receiver, Sender, Wait};

use crate::scenario::{LONG, Outcome, PAST, Scenarios, TINY, later};

pub fn cases(s: &mut Scenarios) {
    let waits = [("for ever", Wait::FOREVER), ("until an instant", PAST), ("at most a duration", LONG)];
    for (case, wait) in waits {
        s.case("channel::ByteRead::read_exact", case, move |t| {
            let (mut r, mut w) = pipe::pair()?;
            w.write_all(b"some", Wait::FOREVER)?;
            t.gives(4, || r.read_exact(&mut [0; 4], wait))
        })
        .over(&["pipe::ReadEnd"]);
        s.case("channel::ByteWrite::write_all", case, move |t| {
            let (_r, mut w) = pipe::pair()?;
            t.ok(|| w.write_all(b"some", wait))
        })
        .over(&["pipe::WriteEnd"]);
    }
    // In several steps, the limit over between two of them or not.
    for (case, wait, errno) in [
        ("until an instant, in parts", later as fn() -> Wait, None),
        ("until an instant, over between two parts", || PAST, Some(Errno::TIMEDOUT)),
        ("at most a duration, over between two parts", || TINY, Some(Errno::TIMEDOUT)),
    ] {
        s.case("channel::ByteRead::read_exact", case, move |t| {
            let (wait, (mut r, mut w)) = (wait(), pipe::pair()?);
            w.write_all(b"some", Wait::FOREVER)?;
            if errno.is_none() {
                t.cue("clock_gettime", 1, move || w.write_all(b"more", Wait::FOREVER).expect("bytes"));
            }
            t.answers(errno, || r.read_exact(&mut [0; 8], wait))
        })
        .over(&["pipe::ReadEnd"]);
        s.case("channel::ByteWrite::write_all", case, move |t| {
            let (wait, (mut r, mut w)) = (wait(), pipe::pair()?);
            let bytes = vec![0; r.capacity()? + 1];
            t.cue("clock_gettime", 1, move || {
                assert!(r.try_read(&mut [0; PIPE_BUF]).is_ok() || errno.is_some())
            });
            t.answers(errno, || w.write_all(&bytes, wait))
        })
        .over(&["pipe::WriteEnd"]);
    }
    s.case("channel::ByteRead::read_exact", "for ever", |t| {
        let (mut r, mut w) = pipe::pair()?;
        w.write_all(b"some", Wait::FOREVER)?;
        t.cue("ppoll", 1, move || w.write_all(b"more", Wait::FOREVER).expect("bytes"));
        t.gives(8, || r.read_exact(&mut [0; 8], Wait::FOREVER))
    })
    .over(&["pipe::ReadEnd"]);
    s.case("channel::ByteWrite::write_all", "at most a duration", |t| {
        let (mut r, mut w) = pipe::pair()?;
        let bytes = vec![0; r.capacity()? + 1];
        t.cue("ppoll", 1, move || assert!(r.try_read(&mut [0; PIPE_BUF]).is_ok()));
        t.ok(|| w.write_all(&bytes, LONG))
    })
    .over(&["pipe::WriteEnd"]);
    s.case("channel::ByteRead::read_exact", "no bytes", |t| {
        let (mut r, _w) = pipe::pair()?;
        t.gives(0, || r.read_exact(&mut [], LONG))
    });
    s.case("channel::ByteWrite::write_all", "no bytes", |t| {
        let (_r, mut w) = pipe::pair()?;
        t.ok(|| w.write_all(b"", LONG))
    });
    duplex(s);
}

type Both = Duplex<PacketSender, PacketReceiver>;

fn duplex(s: &mut Scenarios) {
    let to_myself = || -> Outcome<Both> {
        let (receiver, sender) = pipe::packet_pair()?;
        Ok(Duplex { sender, receiver })
    };
    s.case("channel::Duplex::send", "room", move |t| {
        t.ok_with(to_myself()?, |d| d.send(b"some", Wait::FOREVER))
    })
    .over(&["pipe::PacketSender"]);
    s.case("channel::Duplex::try_send", "room", move |t| t.ok_with(to_myself()?, |d| d.try_send(b"some")))
        .over(&["pipe::PacketSender"]);
    s.case("channel::Duplex::recv", "waits for ever", move |t| {
        let Duplex { mut sender, receiver } = to_myself()?;
        let mut both = Duplex { sender: (), receiver };
        t.cue("ppoll", 1, move || sender.send(b"some", Wait::FOREVER).expect("a packet"));
        t.gives(4, || both.recv(&mut [0; PIPE_BUF], Wait::FOREVER))
    })
    .over(&["pipe::PacketReceiver"]);
    s.case("channel::Duplex::try_recv", "nothing there", move |t| {
        let mut both = to_myself()?;
        t.err(Errno::AGAIN, || both.try_recv(&mut [0; PIPE_BUF]))
    })
    .over(&["pipe::PacketReceiver"]);
}
