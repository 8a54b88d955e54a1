//! Who is there, and what a socket asks for about all that is sent to it.

use rawipc::socket::{Datagram, Listener, Peer, Seqpacket, Stream};
use rawipc::{Errno, socket::Credentials};

use super::path;
use crate::scenario::Scenarios;

pub fn cases(s: &mut Scenarios) {
    who(s);
    passing(s);
}

fn who(s: &mut Scenarios) {
    s.case("socket::Peer::peer", "ok", |t| t.ok_with(Stream::pair()?, |(a, _)| a.peer()));
    s.case("socket::Peer::peer", "nobody", |t| {
        let unbound = Datagram::unbound()?;
        t.err(Errno::NODATA, || unbound.peer())
    });
    s.case("socket::Peer::peer_pidfd", "ok", |t| {
        t.ok_with(Seqpacket::pair()?, |(a, _)| a.peer_pidfd().map(std::mem::forget))
    });
    s.case("socket::Peer::peer_pidfd", "nobody", |t| {
        let unbound = Datagram::unbound()?;
        t.err(Errno::NODATA, || unbound.peer_pidfd())
    });
    s.case("socket::Peer::peer_pidfd", "an older kernel", |t| {
        let (a, _b) = Stream::pair()?;
        t.refuse("getsockopt", 1, Errno::NOPROTOOPT);
        t.err(Errno::NOPROTOOPT, || a.peer_pidfd())
    });
    s.case("socket::Peer::is_same_user", "ok", |t| {
        let (a, _b) = Datagram::pair()?;
        t.gives(true, || a.is_same_user())
    });
    s.case("socket::Peer::is_same_user", "nobody", |t| {
        let unbound = Datagram::unbound()?;
        t.err(Errno::NODATA, || unbound.is_same_user())
    });
    s.case("socket::Credentials::is_same_user", "ok", |t| {
        let credentials: Credentials = Stream::pair()?.0.peer()?;
        t.gives(true, || Ok(credentials.is_same_user()))
    });
}

fn passing(s: &mut Scenarios) {
    s.case("socket::Stream::refuse_fds", "ok", |t| t.ok_with(Stream::pair()?, |(a, _)| a.refuse_fds()));
    s.case("socket::Stream::refuse_fds", "an older kernel", |t| {
        let (a, _b) = Stream::pair()?;
        t.refuse("setsockopt", 1, Errno::NOPROTOOPT);
        t.err(Errno::NOPROTOOPT, || a.refuse_fds())
    });
    s.case("socket::Seqpacket::refuse_fds", "ok", |t| t.ok_with(Seqpacket::pair()?, |(a, _)| a.refuse_fds()));
    s.case("socket::Datagram::refuse_fds", "ok", |t| t.ok_with(Datagram::pair()?, |(a, _)| a.refuse_fds()));
    s.case("socket::Listener::refuse_fds", "ok", |t| {
        let listener = Listener::<Stream>::bind(&path(t)?)?;
        t.ok(|| listener.refuse_fds())
    });
    s.case("socket::Seqpacket::pass_credentials", "ok", |t| {
        t.ok_with(Seqpacket::pair()?, |(a, _)| a.pass_credentials())
    });
    s.case("socket::Datagram::pass_credentials", "ok", |t| {
        t.ok_with(Datagram::pair()?, |(a, _)| a.pass_credentials())
    });
    s.case("socket::Listener::pass_credentials", "ok", |t| {
        let listener = Listener::<Seqpacket>::bind(&path(t)?)?;
        t.ok(|| listener.pass_credentials())
    });
}
