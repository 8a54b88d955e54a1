//! Remote calls, over seqpacket sockets and packet pipes.

use rawipc::pipe::{self, PIPE_BUF, PacketReceiver, PacketSender};
use rawipc::rpc::{Client, Server};
use rawipc::socket::Seqpacket;
use rawipc::wait::Instant;
use rawipc::{Duplex, Errno, Sender, Wait};

use super::pipe::drop_of;
use crate::scenario::{LONG, Outcome, SHORT, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    making(s);
    calling(s);
    answering(s);
    serving(s);
}

const OVER: &[&str] = &["socket::Seqpacket"];

/// Enough for whatever a socket brings.
const ROOM: usize = 1 << 20;

/// Request and reply, both: number 1, method or status 0, no bytes.
const FIRST: &[u8] = b"\x01\0\0\0\0\0\0\0";
const SECOND: &[u8] = b"\x02\0\0\0\0\0\0\0";

type Pipes = Duplex<PacketSender, PacketReceiver>;

/// A channel of two pipes, and the far ends.
fn pipes() -> rawipc::Result<(Pipes, PacketReceiver, PacketSender)> {
    let (requests, sender) = pipe::packet_pair()?;
    let (receiver, replies) = pipe::packet_pair()?;
    Ok((Duplex { sender, receiver }, requests, replies))
}

fn making(s: &mut Scenarios) {
    s.case("rpc::Client::new", "ok", |t| {
        let (near, _far) = Seqpacket::pair()?;
        let mut buf = vec![0; ROOM];
        t.ok(|| Client::new(near, &mut buf).map(std::mem::forget))
    });
    s.case("rpc::Client::new", "refused, a socket", |t| {
        let (near, _far) = Seqpacket::pair()?;
        t.err(Errno::INVAL, || Client::new(near, &mut []).map(drop))
    });
    s.case("rpc::Client::new", "refused, the two ends of a Duplex of pipes", |t| {
        let (near, _requests, _replies) = pipes()?;
        t.err(Errno::MSGSIZE, || Client::new(near, &mut [0; 100]).map(drop))
    });
    s.case("rpc::Client", "drop, a socket", |t| {
        let mut buf = vec![0; ROOM];
        drop_of(t, Client::new(Seqpacket::pair()?.0, &mut buf)?)
    });
    s.case("rpc::Client", "drop, the two ends of a Duplex of pipes", |t| {
        let mut buf = vec![0; ROOM];
        drop_of(t, Client::new(pipes()?.0, &mut buf)?)
    });
    s.case("rpc::Server::new", "ok", |t| {
        let (near, _far) = Seqpacket::pair()?;
        let (mut inbox, mut outbox) = (vec![0; ROOM], [0; 64]);
        t.ok(|| Server::new(near, &mut inbox, &mut outbox).map(std::mem::forget))
    });
    s.case("rpc::Server::new", "refused, a socket", |t| {
        let (near, _far) = Seqpacket::pair()?;
        t.err(Errno::INVAL, || Server::new(near, &mut [], &mut []).map(drop))
    });
    s.case("rpc::Server::new", "refused, the two ends of a Duplex of pipes", |t| {
        let (near, _requests, _replies) = pipes()?;
        t.err(Errno::MSGSIZE, || Server::new(near, &mut [0; 100], &mut [0; 64]).map(drop))
    });
    s.case("rpc::Server", "drop, a socket", |t| {
        let (mut inbox, mut outbox) = (vec![0; ROOM], [0; 64]);
        drop_of(t, Server::new(Seqpacket::pair()?.0, &mut inbox, &mut outbox)?)
    });
    s.case("rpc::Server", "drop, the two ends of a Duplex of pipes", |t| {
        let (mut inbox, mut outbox) = (vec![0; ROOM], [0; 64]);
        drop_of(t, Server::new(pipes()?.0, &mut inbox, &mut outbox)?)
    });
}

fn later() -> Wait {
    Wait::until(Instant::from_nanos(Instant::now().as_nanos() + 15_000_000_000))
}

const WAITS: [(&str, fn() -> Wait); 3] =
    [("for ever", || Wait::FOREVER), ("until an instant", later), ("at most a duration", || LONG)];

/// A call without arguments, in a window of its own.
fn call(t: &Stage, client: &mut Client<'_, Seqpacket>, wait: Wait) -> Outcome {
    match t.window(|| client.call(0, wait, |_| Ok(())).map(drop)) {
        Ok(()) => Ok(()),
        Err(e) => Err(format!("{e:?}").into()),
    }
}

fn calling(s: &mut Scenarios) {
    let function = "rpc::Client::call";
    for (case, wait) in WAITS {
        s.case(function, case, move |t| {
            let (near, mut far) = Seqpacket::pair()?;
            far.send(FIRST, Wait::FOREVER)?;
            let (mut buf, wait) = (vec![0; ROOM], wait());
            call(t, &mut Client::new(near, &mut buf)?, wait)
        })
        .over(OVER);
        // The reply to a call that was over, then a wait, then the reply.
        s.case(function, case, move |t| {
            let (near, mut far) = Seqpacket::pair()?;
            let (mut buf, wait) = (vec![0; ROOM], wait());
            let mut client = Client::new(near, &mut buf)?;
            assert!(client.call(0, SHORT, |_| Ok(())).is_err());
            far.send(FIRST, Wait::FOREVER)?;
            t.cue("ppoll", 1, move || assert!(far.try_send(SECOND).is_ok()));
            call(t, &mut client, wait)
        })
        .over(OVER);
        s.case(function, &format!("{case}, not sent"), move |t| {
            let near = Seqpacket::pair()?.0;
            let (mut buf, wait) = (vec![0; ROOM], wait());
            let mut client = Client::new(near, &mut buf)?;
            match call(t, &mut client, wait) {
                Err(_) => Ok(()),
                Ok(()) => Err("nobody was there".into()),
            }
        })
        .over(OVER);
    }
    s.case(function, "packet pipes, for ever, the reply is there", |t| {
        let (near, _requests, mut replies) = pipes()?;
        replies.send(FIRST, Wait::FOREVER)?;
        let mut buf = [0; PIPE_BUF];
        let mut client = Client::new(near, &mut buf)?;
        assert!(t.window(|| client.call(0, Wait::FOREVER, |_| Ok(())).is_ok()));
        Ok(())
    });
    s.case(function, "refused", |t| {
        let (near, _far) = Seqpacket::pair()?;
        let mut buf = vec![0; ROOM];
        let mut client = Client::new(near, &mut buf)?;
        assert!(t.window(|| client.call(0, LONG, |p| p.bytes(&[0; ROOM])).is_err()));
        Ok(())
    });
    s.case(function, "corrupt", |t| {
        let (near, mut far) = Seqpacket::pair()?;
        far.send(b"no reply", Wait::FOREVER)?;
        let mut buf = vec![0; ROOM];
        let mut client = Client::new(near, &mut buf)?;
        assert!(client.call(0, LONG, |_| Ok(())).is_err());
        assert!(t.window(|| client.call(0, LONG, |_| Ok(())).is_err()));
        Ok(())
    });
}

/// A server over one end, with the other end at hand.
fn served(t: &Stage, work: impl FnOnce(&Stage, &mut Server<'_, Seqpacket>, Seqpacket) -> Outcome) -> Outcome {
    let (near, far) = Seqpacket::pair()?;
    let (mut inbox, mut outbox) = (vec![0; ROOM], [0; 64]);
    work(t, &mut Server::new(near, &mut inbox, &mut outbox)?, far)
}

fn answering(s: &mut Scenarios) {
    s.case("rpc::Server::next", "ready", |t| {
        served(t, |t, server, mut far| {
            far.send(FIRST, Wait::FOREVER)?;
            t.ok(|| server.next(Wait::FOREVER).map(drop))
        })
    })
    .over(OVER);
    s.case("rpc::Server::try_next", "nothing there", |t| {
        served(t, |t, server, _far| t.err(Errno::AGAIN, || server.try_next().map(drop)))
    })
    .over(OVER);
    s.case("rpc::Request::reply", "room", |t| {
        served(t, |t, server, mut far| {
            far.send(FIRST, Wait::FOREVER)?;
            let request = server.next(Wait::FOREVER)?.ok_or("a request")?;
            t.ok(|| request.reply(Wait::FOREVER, |r| r.u8(42)))
        })
    })
    .over(OVER);
    s.case("rpc::Request::fail", "room", |t| {
        served(t, |t, server, mut far| {
            far.send(FIRST, Wait::FOREVER)?;
            let request = server.next(Wait::FOREVER)?.ok_or("a request")?;
            t.ok(|| request.fail(Wait::FOREVER, rawipc::rpc::Failure::UNKNOWN_METHOD))
        })
    })
    .over(OVER);
}

fn serving(s: &mut Scenarios) {
    let serve = "rpc::Server::serve";
    /// What the client sent before, whether it is still there, and what serving comes to.
    type Story = (&'static str, &'static [&'static [u8]], bool, Option<Errno>);
    let stories: [Story; 5] = [
        ("the client is gone", &[], false, None),
        ("nothing came in time", &[], true, Some(Errno::TIMEDOUT)),
        ("a request is answered", &[FIRST, SECOND], true, Some(Errno::TIMEDOUT)),
        ("too short, passed over", &[b"short", FIRST, b"short"], true, Some(Errno::TIMEDOUT)),
        ("the client is gone when it is answered", &[FIRST], false, None),
    ];
    for (case, sent, stays, errno) in stories {
        s.case(serve, case, move |t| {
            served(t, |t, server, mut far| {
                for message in sent {
                    far.send(message, Wait::FOREVER)?;
                }
                let _there = stays.then_some(far);
                t.answers(errno, || server.serve(SHORT, |_, _, _| Ok(())))
            })
        })
        .over(OVER);
    }
    s.case(serve, "no room in time", |t| {
        served(t, |t, server, mut far| {
            far.send(FIRST, Wait::FOREVER)?;
            t.refuse("sendto", 1, Errno::AGAIN);
            t.answer("ppoll", 1, 0);
            t.err(Errno::TIMEDOUT, || server.serve(LONG, |_, _, _| Ok(())))
        })
    })
    .over(OVER);
}
