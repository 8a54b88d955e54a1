//! Listeners that leave, and those that come after them.

use rawipc::fd::Fd;
use rawipc::socket::{Address, Datagram, Listener, Options, Stream};
use rawipc::{Errno, Wait};

use super::listener::{elsewhere, gone};
use super::{abstract_name, path};
use crate::cases::pipe::{drop_of, of_std};
use crate::cases::waiting::Waiting;
use crate::scenario::{Outcome, Scenarios, Stage, ZERO};

pub fn cases(s: &mut Scenarios) {
    leaving(s);
    last(s);
    taking_over(s);
    attaching(s);
}

fn leaving(s: &mut Scenarios) {
    let retire = "socket::Listener::retire";
    type SetUp = fn(&Stage) -> Outcome;
    let cases: [(&str, SetUp, Option<Errno>); 5] = [
        ("ok", |_| Ok(()), None),
        ("in a child made by fork", elsewhere, Some(Errno::PERM)),
        ("the file is gone", |t| gone(t, "socket"), Some(Errno::NOENT)),
        (
            "the file is another's",
            |t| {
                gone(t, "socket")?;
                std::mem::forget(std::os::unix::net::UnixListener::bind(crate::cases::fifo::std_path(
                    &t.path("socket"),
                ))?);
                Ok(())
            },
            Some(Errno::STALE),
        ),
        (
            "no mark",
            |t| {
                t.refuse("write", 1, Errno::NOSPC);
                Ok(())
            },
            Some(Errno::NOSPC),
        ),
    ];
    for (case, set_up, errno) in cases {
        s.case(retire, case, move |t| {
            let mut listener = Listener::<Stream>::bind(&path(t)?)?;
            set_up(t)?;
            t.answers(errno, || listener.retire())
        });
    }
    s.case(retire, "refused", |t| {
        let mut listener = Listener::<Stream>::bind(&abstract_name()?)?;
        t.err(Errno::OPNOTSUPP, || listener.retire())
    });
    s.case("socket::Listener", "drop, retired", |t| drop_of(t, retired(t)?));
    s.case("socket::Listener", "drop, succeeded", |t| {
        let (retired, new) = succeeded(t)?;
        std::mem::forget(new);
        drop_of(t, retired)
    });
    s.case("socket::Listener::remove", "retired and not succeeded", |t| {
        let retired = retired(t)?;
        t.ok(|| retired.remove())
    });
    s.case("socket::Listener::remove", "retired, a successor has the lock", |t| {
        let retired = retired(t)?;
        std::mem::forget(Listener::<Stream>::bind(&path(t)?)?);
        t.err(Errno::ADDRINUSE, || retired.remove())
    });
    s.case("socket::Listener::remove", "succeeded", |t| {
        let (retired, new) = succeeded(t)?;
        std::mem::forget(new);
        t.ok(|| retired.remove())
    });
    s.case("socket::Listener::into_fd", "retired", |t| {
        let retired = retired(t)?;
        t.window(|| std::mem::forget(retired.into_fd()));
        Ok(())
    });
    s.case("socket::Listener::into_fd", "succeeded", |t| {
        let (retired, new) = succeeded(t)?;
        t.window(|| std::mem::forget(retired.into_fd()));
        std::mem::forget(new);
        Ok(())
    });
}

fn retired(t: &Stage) -> Outcome<Listener<Stream>> {
    let mut listener = Listener::bind(&path(t)?)?;
    listener.retire()?;
    Ok(listener)
}

/// One to whom nobody comes any more, and the one who has the name.
fn succeeded(t: &Stage) -> Outcome<(Listener<Stream>, Listener<Stream>)> {
    let mut old = retired(t)?;
    let new = Listener::bind(&path(t)?)?;
    match old.try_accept_last()? {
        None => Ok((old, new)),
        Some(_) => Err("nobody has come".into()),
    }
}

struct Leaving {
    old: Listener<Stream>,
}

fn last(s: &mut Scenarios) {
    static LAST: Waiting<Leaving> = Waiting {
        function: "socket::Listener::accept_last",
        prefix: "",
        polls: 1,
        pauses: true,
        make: |t| {
            let (old, at) = (retired(t)?, path(t)?);
            Ok((Leaving { old }, Box::new(move || std::mem::forget(Stream::try_connect(&at)))))
        },
        // That nobody can come any more is another answer.
        call: |on, wait| match on.old.accept_last(wait)? {
            Some(last) => {
                let _: () = std::mem::forget(last);
                Ok(())
            }
            None => Address::path(c"").map(drop),
        },
    };
    LAST.cases(s);
    s.case("socket::Listener::accept_last", "refused", |t| {
        let mut listener = Listener::<Stream>::bind(&path(t)?)?;
        t.err(Errno::INVAL, || listener.accept_last(Wait::FOREVER))
    });
    s.case("socket::Listener::accept_last", "at once", |t| {
        let mut old = retired(t)?;
        let _client = Stream::try_connect(&path(t)?)?;
        t.ok(|| old.accept_last(Wait::FOREVER).map(std::mem::forget))
    });
    type Then = fn(&Stage, &mut Listener<Stream>, &Address) -> Outcome;
    let accept = "socket::Listener::try_accept_last";
    // Whether somebody is accepted, or nobody can come any more.
    let cases: [(&str, bool, Then); 7] = [
        ("one is there", true, |_, _, at| {
            std::mem::forget(Stream::try_connect(at)?);
            Ok(())
        }),
        ("one came before the successor", true, |_, _, at| {
            std::mem::forget(Stream::try_connect(at)?);
            successor(at)
        }),
        ("succeeded", false, |_, _, at| successor(at)),
        ("succeeded, one comes in between", true, |t, _, at| somebody_comes(t, at)),
        ("those before the successor are accepted", false, |t, old, at| {
            somebody_comes(t, at)?;
            std::mem::forget(old.try_accept_last()?);
            Ok(())
        }),
        ("accepted, one comes in between", true, |t, old, at| {
            somebody_comes(t, at)?;
            std::mem::forget(old.try_accept_last()?);
            t.refuse("connect", 1, Errno::AGAIN);
            t.answer("accept4", 2, 99);
            Ok(())
        }),
        ("shut", false, |_, old, at| {
            successor(at)?;
            old.try_accept_last()?;
            Ok(())
        }),
    ];
    for (case, comes, then) in cases {
        s.case(accept, case, move |t| {
            let (mut old, at) = (retired(t)?, path(t)?);
            then(t, &mut old, &at)?;
            t.gives(comes, || old.try_accept_last().map(|last| last.map(std::mem::forget).is_some()))
        });
    }
    s.case(accept, "no successor yet", |t| {
        let mut old = retired(t)?;
        t.err(Errno::AGAIN, || old.try_accept_last())
    });
    s.case(accept, "refused", |t| {
        let mut listener = Listener::<Stream>::bind(&path(t)?)?;
        t.err(Errno::INVAL, || listener.try_accept_last())
    });
}

fn successor(at: &Address) -> Outcome {
    std::mem::forget(Listener::<Stream>::bind(at)?);
    Ok(())
}

/// There is a successor, and whoever has looked the name up before takes the last place.
fn somebody_comes(t: &Stage, at: &Address) -> Outcome {
    successor(at)?;
    t.refuse("connect", 1, Errno::AGAIN);
    t.answer("accept4", 2, 99);
    Ok(())
}

struct Next {
    at: Address,
}

fn taking_over(s: &mut Scenarios) {
    static NEXT: Waiting<Next> = Waiting {
        function: "socket::Listener::take_over",
        prefix: "",
        polls: 1,
        pauses: true,
        make: |t| {
            let at = path(t)?;
            let mut owner = Some(Listener::<Stream>::bind(&at)?);
            Ok((Next { at }, Box::new(move || drop(owner.take()))))
        },
        call: |on, wait| take_over(&on.at, wait),
    };
    NEXT.cases(s);
    let function = "socket::Listener::take_over";
    s.case(function, "at once", |t| t.ok_with(path(t)?, |at| take_over(at, Wait::FOREVER)));
    s.case(function, "waits for ever, the owner retires", |t| {
        let at = path(t)?;
        let mut owner = Listener::<Stream>::bind(&at)?;
        t.cue("ppoll", 1, move || {
            let _ = owner.retire();
        });
        t.ok(|| take_over(&at, Wait::FOREVER))
    });
    s.case(function, "refused", |t| {
        let unnamed = *Datagram::unbound()?.address();
        t.err(Errno::INVAL, || take_over(&unnamed, ZERO))
    });
}

fn take_over(at: &Address, wait: Wait) -> rawipc::Result<()> {
    Listener::<Stream>::take_over(at, Options::DEFAULT, wait).map(std::mem::forget)
}

fn attaching(s: &mut Scenarios) {
    type Make = fn() -> Outcome<Fd>;
    let cases: [(&str, Make, Option<Errno>); 5] = [
        ("ok", || Ok(Listener::<Stream>::bind(&abstract_name()?)?.into_fd()), None),
        ("no socket", || Ok(rawipc::pipe::pair()?.0.into_fd()), Some(Errno::NOTSOCK)),
        (
            "another family",
            || Ok(of_std(std::net::UdpSocket::bind("127.0.0.1:0")?.into())?),
            Some(Errno::AFNOSUPPORT),
        ),
        ("another type", || Ok(Datagram::pair()?.0.into_fd()), Some(Errno::PROTOTYPE)),
        ("does not listen", || Ok(Stream::pair()?.0.into_fd()), Some(Errno::INVAL)),
    ];
    for (case, make, errno) in cases {
        s.case("socket::Listener::attach", case, move |t| {
            let fd = make()?;
            t.answers(errno, || Listener::<Stream>::attach(fd).map(std::mem::forget))
        });
    }
    s.case("socket::Listener", "drop, attached", |t| {
        let fd = Listener::<Stream>::bind(&abstract_name()?)?.into_fd();
        drop_of(t, Listener::<Stream>::attach(fd)?)
    });
}
