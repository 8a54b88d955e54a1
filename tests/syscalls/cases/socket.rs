//! UNIX sockets.

mod at;
mod crowd;
mod datagram;
mod files;
mod listener;
mod peer;
mod restart;
mod seqpacket;
mod stream;
mod with_fds;

use rawipc::fd::Fd;
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream};
use rawipc::{Errno, Wait, fifo};

use super::pipe::{drop_of, of_std};
use super::waiting::Waiting;
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    both(s);
    connecting(s);
    at::cases(s);
    crowd::cases(s);
    datagram::cases(s);
    files::cases(s);
    listener::cases(s);
    restart::cases(s);
    peer::cases(s);
    seqpacket::cases(s);
    stream::cases(s);
    with_fds::cases(s);
}

fn path(t: &Stage) -> rawipc::Result<Address> {
    Address::path(&t.path("socket"))
}

fn abstract_name() -> rawipc::Result<Address> {
    Address::abstract_name(format!("rawipc-syscalls {}", std::process::id()).as_bytes())
}

/// What the types have in common: pairs, attaching, shutting down, dropping.
fn both(s: &mut Scenarios) {
    for (case, len, errno) in [("ok", 8, None), ("refused", 108, Some(Errno::NAMETOOLONG))] {
        s.case("socket::Address::path", case, move |t| {
            let path = std::ffi::CString::new(vec![b'n'; len])?;
            t.answers(errno, || Address::path(&path))
        });
        s.case("socket::Address::abstract_name", case, move |t| {
            let name = vec![b'n'; len];
            t.answers(errno, || Address::abstract_name(&name))
        });
    }
    s.case("socket::Stream::pair", "ok", |t| t.ok(|| Stream::pair().map(std::mem::forget)));
    s.case("socket::Seqpacket::pair", "ok", |t| t.ok(|| Seqpacket::pair().map(std::mem::forget)));
    s.case("socket::Datagram::pair", "ok", |t| t.ok(|| Datagram::pair().map(std::mem::forget)));
    s.case("socket::Stream", "drop", |t| drop_of(t, Stream::pair()?.0));
    s.case("socket::Seqpacket", "drop", |t| drop_of(t, Seqpacket::pair()?.0));
    s.case("socket::Stream::shutdown_write", "ok", |t| {
        t.ok_with(Stream::pair()?, |(a, _)| a.shutdown_write())
    });
    s.case("socket::Seqpacket::shutdown_write", "ok", |t| {
        t.ok_with(Seqpacket::pair()?, |(a, _)| a.shutdown_write())
    });
    type Make = fn() -> rawipc::Result<Fd>;
    type Attach = fn(Fd) -> rawipc::Result<()>;
    let types: [(&str, Make, Attach); 3] = [
        (
            "socket::Stream::attach",
            || Ok(Stream::pair()?.0.into_fd()),
            |fd| Stream::attach(fd).map(std::mem::forget),
        ),
        (
            "socket::Seqpacket::attach",
            || Ok(Seqpacket::pair()?.0.into_fd()),
            |fd| Seqpacket::attach(fd).map(std::mem::forget),
        ),
        (
            "socket::Datagram::attach",
            || Ok(Datagram::pair()?.0.into_fd()),
            |fd| Datagram::attach(fd).map(std::mem::forget),
        ),
    ];
    for (i, (function, make, attach)) in types.into_iter().enumerate() {
        let another = types[(i + 1) % types.len()].1;
        s.case(function, "ok", move |t| {
            let fd = make()?;
            t.ok(|| attach(fd))
        });
        s.case(function, "no socket", move |t| {
            let fd = rawipc::pipe::pair()?.0.into_fd();
            t.err(Errno::NOTSOCK, || attach(fd))
        });
        s.case(function, "another family", move |t| {
            let socket: std::os::fd::OwnedFd = std::net::UdpSocket::bind("127.0.0.1:0")?.into();
            let fd = of_std(socket)?;
            t.err(Errno::AFNOSUPPORT, || attach(fd))
        });
        s.case(function, "another type", move |t| {
            let fd = another()?;
            t.err(Errno::PROTOTYPE, || attach(fd))
        });
    }
}

/// A listener with no room for another connection, and its address; or one of seqpackets.
struct Crowd {
    at: Address,
    _waiting: Vec<Stream>,
}

fn crowd(t: &Stage) -> Outcome<(Crowd, Listener<Stream>)> {
    let options = rawipc::socket::Options { backlog: 0, ..rawipc::socket::Options::DEFAULT };
    let at = path(t)?;
    let listener = Listener::<Stream>::bind_with(&at, options)?;
    let mut waiting = Vec::new();
    while let Ok(one) = Stream::try_connect(&at) {
        waiting.push(one);
    }
    Ok((Crowd { at, _waiting: waiting }, listener))
}

type Connect = fn(&Address, Wait) -> rawipc::Result<()>;

fn connecting(s: &mut Scenarios) {
    static CONNECT: Waiting<Crowd> = Waiting {
        function: "socket::Stream::connect",
        prefix: "",
        polls: 1,
        pauses: true,
        make: |t| {
            let (crowd, listener) = crowd(t)?;
            Ok((crowd, Box::new(move || std::mem::forget(listener.try_accept().expect("one of them")))))
        },
        call: |crowd, wait| Stream::connect(&crowd.at, wait).map(std::mem::forget),
    };
    CONNECT.cases(s);
    for (wait, ends) in [(Wait::FOREVER, "for ever"), (crate::scenario::LONG, "with a limit")] {
        s.case("socket::Stream::connect", &format!("an error, {ends}"), move |t| {
            let (crowd, listener) = crowd(t)?;
            let mut listener = Some(listener);
            t.cue("ppoll", 1, move || drop(listener.take()));
            t.err(Errno::NOENT, || Stream::connect(&crowd.at, wait))
        });
    }
    let ways: [(&str, Connect); 2] = [
        ("socket::Stream::connect", |at, wait| Stream::connect(at, wait).map(std::mem::forget)),
        ("socket::Stream::try_connect", |at, _| Stream::try_connect(at).map(std::mem::forget)),
    ];
    for (function, connect) in ways {
        for at in [path, |_: &Stage| abstract_name()] {
            s.case(function, "room", move |t| {
                let at = at(t)?;
                let _listener = Listener::<Stream>::bind(&at)?;
                t.ok(|| connect(&at, Wait::FOREVER))
            });
        }
        s.case(function, "an error", move |t| {
            let at = path(t)?;
            t.err(Errno::NOENT, || connect(&at, Wait::FOREVER))
        });
        s.case(function, "no socket", move |t| {
            let at = path(t)?;
            t.refuse("socket", 1, Errno::MFILE);
            t.err(Errno::MFILE, || connect(&at, Wait::FOREVER))
        });
        s.case(function, "refused", move |t| {
            let unnamed = *Datagram::unbound()?.address();
            t.err(Errno::INVAL, || connect(&unnamed, Wait::FOREVER))
        });
    }
    s.case("socket::Stream::try_connect", "no room", |t| {
        let (crowd, _listener) = crowd(t)?;
        t.err(Errno::AGAIN, || Stream::try_connect(&crowd.at))
    });
    s.case("socket::Seqpacket::connect", "room", |t| {
        let at = path(t)?;
        let _listener = Listener::<Seqpacket>::bind(&at)?;
        t.ok(|| Seqpacket::connect(&at, Wait::FOREVER).map(std::mem::forget))
    });
    s.case("socket::Seqpacket::try_connect", "an error", |t| {
        let fifo_at = t.path("fifo");
        fifo::create(&fifo_at)?;
        let at = Address::path(&fifo_at)?;
        t.err(Errno::CONNREFUSED, || Seqpacket::try_connect(&at))
    });
}
