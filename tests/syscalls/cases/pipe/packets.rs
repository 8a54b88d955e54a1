//! Whole messages through a pipe.

use rawipc::pipe::{self, PIPE_BUF, PacketReceiver, PacketSender};
use rawipc::{Errno, Receiver, Sender, Wait};

use crate::cases::waiting::Waiting;
use crate::scenario::{Scenarios, ZERO};

pub fn cases(s: &mut Scenarios) {
    static RECV: Waiting<PacketReceiver> = Waiting {
        function: "pipe::PacketReceiver::recv",
        prefix: "",
        polls: 1,
        pauses: false,
        make: |_| {
            let (r, mut w) = pipe::packet_pair()?;
            Ok((r, Box::new(move || w.send(b"some", Wait::FOREVER).expect("a packet"))))
        },
        call: |r, wait| r.recv(&mut [0; PIPE_BUF], wait).map(drop),
    };
    static SEND: Waiting<PacketSender> = Waiting {
        function: "pipe::PacketSender::send",
        prefix: "",
        polls: 1,
        pauses: false,
        make: |_| {
            let (mut r, mut w) = pipe::packet_pair()?;
            while w.try_send(b"x").is_ok() {}
            Ok((w, Box::new(move || assert!(r.try_recv(&mut [0; PIPE_BUF]).is_ok()))))
        },
        call: |w, wait| w.send(b"some", wait),
    };
    RECV.cases(s);
    SEND.cases(s);
    s.case("pipe::PacketReceiver::attach", "non-blocking already", |t| {
        let (r, _w) = pipe::packet_pair()?;
        t.ok(|| PacketReceiver::attach(r.into_fd()).map(std::mem::forget))
    });
    s.case("pipe::PacketReceiver::recv", "ready", |t| {
        let (mut r, mut w) = pipe::packet_pair()?;
        w.send(b"some", Wait::FOREVER)?;
        t.gives(4, || r.recv(&mut [0; PIPE_BUF], Wait::FOREVER))
    });
    s.case("pipe::PacketReceiver::recv", "refused", |t| {
        let (mut r, _w) = pipe::packet_pair()?;
        t.err(Errno::MSGSIZE, || r.recv(&mut [0; PIPE_BUF - 1], Wait::FOREVER))
    });
    s.case("pipe::PacketReceiver::try_recv", "nothing there", |t| {
        let (mut r, _w) = pipe::packet_pair()?;
        t.err(Errno::AGAIN, || r.try_recv(&mut [0; PIPE_BUF]))
    });
    s.case("pipe::PacketReceiver::try_recv", "refused", |t| {
        let (mut r, _w) = pipe::packet_pair()?;
        t.err(Errno::MSGSIZE, || r.try_recv(&mut [0; 1]))
    });
    s.case("pipe::PacketSender::send", "room", |t| {
        let (_r, mut w) = pipe::packet_pair()?;
        t.ok(|| w.send(&[1; PIPE_BUF], Wait::FOREVER))
    });
    s.case("pipe::PacketSender::send", "refused", |t| {
        let (_r, mut w) = pipe::packet_pair()?;
        t.err(Errno::MSGSIZE, || w.send(&[0; PIPE_BUF + 1], ZERO))
    });
    s.case("pipe::PacketSender::try_send", "no reader", |t| {
        let mut w = pipe::packet_pair()?.1;
        t.err(Errno::PIPE, || w.try_send(b"some"))
    });
    s.case("pipe::PacketSender::try_send", "refused", |t| {
        let (_r, mut w) = pipe::packet_pair()?;
        t.err(Errno::INVAL, || w.try_send(b""))
    });
}
