//! Listeners, and the names that they and datagram sockets have.

use std::os::unix::net::UnixListener;

use rawipc::fd::Fd;
use rawipc::socket::{Address, Datagram, Listener, Options, Stream};
use rawipc::{Errno, Wait};

use super::{abstract_name, path};
use crate::cases::fifo::{as_another, std_path};
use crate::cases::pipe::drop_of;
use crate::cases::waiting::Waiting;
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    binding(s);
    names(s);
    accepting(s);
}

type Bind = fn(&Address, u32) -> rawipc::Result<()>;

const LISTENER: Bind =
    |at, mode| Listener::<Stream>::bind_with(at, Options { mode, ..Options::DEFAULT }).map(std::mem::forget);
const DATAGRAM: Bind = |at, mode| Datagram::bind_with(at, mode).map(std::mem::forget);

fn binding(s: &mut Scenarios) {
    for (function, bind) in
        [("socket::Listener::bind_with", LISTENER), ("socket::Datagram::bind_with", DATAGRAM)]
    {
        for mode in [0o600, 0o660] {
            s.case(function, "path", move |t| t.ok_with(path(t)?, |at| bind(at, mode))).mode(mode);
        }
        s.case(function, "abstract name", move |t| t.ok_with(abstract_name()?, |at| bind(at, 0o600)));
        s.case(function, "refused", move |t| {
            let at = path(t)?;
            t.err(Errno::INVAL, || bind(&at, 0o1600))
        });
        let its_own = if function.starts_with("socket::Listener") { LISTENERS } else { DATAGRAMS };
        for (case, set_up, errno) in ON_THE_WAY.iter().chain(its_own) {
            s.case(function, case, move |t| {
                let at = if case.starts_with("abstract") { abstract_name()? } else { path(t)? };
                let _there = set_up(t)?;
                t.answers(*errno, || bind(&at, 0o600))
            });
        }
    }
    for (case, dead) in [("path, no listen", false), ("path of a dead socket, no listen", true)] {
        s.case("socket::Listener::bind_with", case, move |t| {
            if dead {
                a_dead_one(t)?;
            }
            let at = path(t)?;
            t.refuse("listen", 1, Errno::NOMEM);
            t.err(Errno::NOMEM, || LISTENER(&at, 0o600))
        });
    }
    s.case("socket::Listener::bind_with", "abstract name, no listen", |t| {
        let at = abstract_name()?;
        t.refuse("listen", 1, Errno::NOMEM);
        t.err(Errno::NOMEM, || LISTENER(&at, 0o600))
    });
    let long: [(&str, Option<(&str, u64)>); 5] = [
        ("long path of a dead socket", None),
        ("long path of a dead socket, not removed", Some(("unlinkat", 1))),
        ("long path of a dead socket, no bind", Some(("bind", 2))),
        ("long path of a dead socket, no listen", Some(("listen", 1))),
        ("long path of a dead socket, no stat", Some(("newfstatat", 3))),
    ];
    for (case, fails) in long {
        s.case("socket::Listener::bind_with", case, move |t| {
            let room = 105 - t.path("").count_bytes();
            let at = Address::path(&t.path(&"l".repeat(room)))?;
            drop(UnixListener::bind(std_path(at.as_path().ok_or("a path")?))?);
            if let Some((call, nth)) = fails {
                t.refuse(call, nth, Errno::NOMEM);
            }
            t.answers(fails.map(|_| Errno::NOMEM), || LISTENER(&at, 0o600))
        });
    }
    s.case("socket::Listener::bind", "path", |t| {
        t.ok_with(path(t)?, |at| Listener::<Stream>::bind(at).map(std::mem::forget))
    });
    s.case("socket::Datagram::bind", "abstract name", |t| {
        t.ok_with(abstract_name()?, |at| Datagram::bind(at).map(std::mem::forget))
    });
}

/// What lies there, or lives there; kept until the case is over.
type There = Option<UnixListener>;
type OnTheWay = (&'static str, fn(&Stage) -> Outcome<There>, Option<Errno>);

/// What a bind can meet, and what it says.
const ON_THE_WAY: &[OnTheWay] = &[
    ("no socket", |t| fails(t, "socket", 1), FAILS),
    ("abstract name, no bind", |t| fails(t, "bind", 1), FAILS),
    ("path, no lock", |t| fails(t, "openat", 1), FAILS),
    (
        "path, the lock is no regular file",
        |t| {
            rawipc::fifo::create(&t.path("socket.lock"))?;
            Ok(None)
        },
        Some(Errno::PROTOTYPE),
    ),
    (
        "path, another user's lock",
        |t| {
            as_another(t);
            Ok(None)
        },
        Some(Errno::PERM),
    ),
    (
        "path, its owner lives",
        |t| {
            std::mem::forget(Datagram::bind(&path(t)?)?);
            Ok(None)
        },
        Some(Errno::ADDRINUSE),
    ),
    (
        "path, its last owner just left",
        |t| {
            t.refuse("newfstatat", 1, Errno::NOENT);
            Ok(None)
        },
        None,
    ),
    (
        "path, its owners come and go",
        |t| {
            (1..=100).for_each(|nth| t.refuse("newfstatat", nth, Errno::NOENT));
            Ok(None)
        },
        Some(Errno::ADDRINUSE),
    ),
    ("path, no look at the lock", |t| fails(t, "newfstatat", 1), FAILS),
    ("path, no mode", |t| fails(t, "fchmod", 1), FAILS),
    ("path, no bind", |t| fails(t, "bind", 1), FAILS),
    ("path, no stat", |t| fails(t, "newfstatat", 2), FAILS),
    (
        "path of another kind of file",
        |t| {
            std::fs::write(std_path(&t.path("socket")), "a file")?;
            Ok(None)
        },
        Some(Errno::ADDRINUSE),
    ),
    (
        "path of another user's socket",
        |t| {
            t.answer("geteuid", 2, 54_321);
            a_dead_one(t)
        },
        Some(Errno::ADDRINUSE),
    ),
    (
        "path of a live socket without a lock",
        |t| Ok(Some(UnixListener::bind(std_path(&t.path("socket")))?)),
        Some(Errno::ADDRINUSE),
    ),
    ("path of a dead socket", a_dead_one, None),
    (
        "path of a dead socket, no socket to ask with",
        |t| {
            a_dead_one(t)?;
            fails(t, "socket", 2)
        },
        FAILS,
    ),
    (
        "path of a dead socket, no bind",
        |t| {
            a_dead_one(t)?;
            fails(t, "bind", 2)
        },
        FAILS,
    ),
    (
        "path of a dead socket, no stat",
        |t| {
            a_dead_one(t)?;
            fails(t, "newfstatat", 3)
        },
        FAILS,
    ),
];

/// What a bind of datagrams alone can meet.
const DATAGRAMS: &[OnTheWay] = &[(
    "path of a dead socket, not removed",
    |t| {
        a_dead_one(t)?;
        fails(t, "unlinkat", 1)
    },
    FAILS,
)];

/// What a bind of a listener alone can meet.
const LISTENERS: &[OnTheWay] = &[
    ("path of a retired listener", a_retired_one, None),
    (
        "path of a retired listener, no look at the mark",
        |t| {
            a_retired_one(t)?;
            fails(t, "preadv2", 1)
        },
        FAILS,
    ),
    (
        "path of a dead socket, another was left before it",
        |t| {
            a_retired_one(t)?;
            gone(t, "socket")?;
            a_dead_one(t)
        },
        None,
    ),
    (
        "path of a dead socket, a successor was killed",
        |t| {
            drop(UnixListener::bind(std_path(&t.path("socket.new")))?);
            a_dead_one(t)
        },
        None,
    ),
    (
        "path of a dead socket, no rename",
        |t| {
            a_dead_one(t)?;
            fails(t, "renameat2", 1)
        },
        FAILS,
    ),
];

/// One that listens still.
fn a_retired_one(t: &Stage) -> Outcome<There> {
    let mut retired = Listener::<Stream>::bind(&path(t)?)?;
    retired.retire()?;
    std::mem::forget(retired);
    Ok(None)
}

const FAILS: Option<Errno> = Some(Errno::NOMEM);

fn fails(t: &Stage, call: &str, nth: u64) -> Outcome<There> {
    t.refuse(call, nth, Errno::NOMEM);
    Ok(None)
}

/// The file of a socket that is closed.
fn a_dead_one(t: &Stage) -> Outcome<There> {
    drop(UnixListener::bind(std_path(&t.path("socket")))?);
    Ok(None)
}

/// Something with a name, and what is done to it.
trait Named: Sized + 'static {
    fn bound(at: &Address) -> rawipc::Result<Self>;
    fn remove(self) -> rawipc::Result<()>;
    fn into_fd(self) -> Fd;
}

impl Named for Listener<Stream> {
    fn bound(at: &Address) -> rawipc::Result<Self> {
        Self::bind(at)
    }
    fn remove(self) -> rawipc::Result<()> {
        Listener::remove(self)
    }
    fn into_fd(self) -> Fd {
        Listener::into_fd(self)
    }
}

impl Named for Datagram {
    fn bound(at: &Address) -> rawipc::Result<Self> {
        Self::bind(at)
    }
    fn remove(self) -> rawipc::Result<()> {
        Datagram::remove(self)
    }
    fn into_fd(self) -> Fd {
        Datagram::into_fd(self)
    }
}

fn names(s: &mut Scenarios) {
    removed::<Listener<Stream>>(s, "socket::Listener");
    removed::<Datagram>(s, "socket::Datagram");
    s.case("socket::Listener::remove", "attached", |t| {
        let fd = Listener::<Stream>::bind(&abstract_name()?)?.into_fd();
        let listener = Listener::<Stream>::attach(fd)?;
        t.ok(|| listener.remove())
    });
    s.case("socket::Listener::into_fd", "attached", |t| {
        let fd = Listener::<Stream>::bind(&abstract_name()?)?.into_fd();
        let listener = Listener::<Stream>::attach(fd)?;
        t.window(|| std::mem::forget(listener.into_fd()));
        Ok(())
    });
    s.case("socket::Datagram", "drop, unnamed", |t| drop_of(t, Datagram::unbound()?));
    s.case("socket::Datagram::remove", "unnamed", |t| {
        let unnamed = Datagram::unbound()?;
        t.ok(|| unnamed.remove())
    });
    s.case("socket::Datagram::into_fd", "unnamed", |t| {
        let unnamed = Datagram::unbound()?;
        t.window(|| std::mem::forget(unnamed.into_fd()));
        Ok(())
    });
}

fn removed<T: Named>(s: &mut Scenarios, name: &str) {
    type SetUp = fn(&Stage) -> Outcome;
    let by_path: [(&str, SetUp, Option<Errno>); 7] = [
        ("path", |_| Ok(()), None),
        ("path, the file is gone", |t| gone(t, "socket"), Some(Errno::NOENT)),
        ("path, the file is another's", |t| replaced(t, "socket"), Some(Errno::STALE)),
        ("path, the lock's file is gone", |t| gone(t, "socket.lock"), None),
        ("path, the lock's file is another's", |t| replaced(t, "socket.lock"), None),
        (
            "path, both are gone",
            |t| {
                gone(t, "socket")?;
                gone(t, "socket.lock")
            },
            Some(Errno::NOENT),
        ),
        ("path, in a child made by fork", elsewhere, Some(Errno::PERM)),
    ];
    for (case, set_up, errno) in by_path {
        s.case(name, &format!("drop, {case}"), move |t| {
            let named = T::bound(&path(t)?)?;
            set_up(t)?;
            drop_of(t, named)
        });
        s.case(&format!("{name}::remove"), case, move |t| {
            let named = T::bound(&path(t)?)?;
            set_up(t)?;
            t.answers(errno, || named.remove())
        });
        if !case.contains("the file") && !case.contains("both") {
            s.case(&format!("{name}::into_fd"), case, move |t| {
                let named = T::bound(&path(t)?)?;
                set_up(t)?;
                t.window(|| std::mem::forget(named.into_fd()));
                Ok(())
            });
        }
    }
    s.case(name, "drop, abstract name", |t| drop_of(t, T::bound(&abstract_name()?)?));
    s.case(&format!("{name}::remove"), "abstract name", |t| {
        let named = T::bound(&abstract_name()?)?;
        t.ok(|| named.remove())
    });
    s.case(&format!("{name}::into_fd"), "abstract name", |t| {
        let named = T::bound(&abstract_name()?)?;
        t.window(|| std::mem::forget(named.into_fd()));
        Ok(())
    });
}

pub(super) fn gone(t: &Stage, name: &str) -> Outcome {
    Ok(std::fs::remove_file(std_path(&t.path(name)))?)
}

fn replaced(t: &Stage, name: &str) -> Outcome {
    std::fs::write(std_path(&t.path("new")), "another's")?;
    Ok(std::fs::rename(std_path(&t.path("new")), std_path(&t.path(name)))?)
}

/// Whoever asks next is told that another process runs here.
pub(super) fn elsewhere(t: &Stage) -> Outcome {
    t.answer("getpid", 1, 1);
    Ok(())
}

struct Door {
    listener: Listener<Stream>,
}

fn accepting(s: &mut Scenarios) {
    static ACCEPT: Waiting<Door> = Waiting {
        function: "socket::Listener::accept",
        prefix: "",
        polls: 1,
        pauses: false,
        make: |t| {
            let at = path(t)?;
            let listener = Listener::bind(&at)?;
            Ok((Door { listener }, Box::new(move || std::mem::forget(Stream::try_connect(&at)))))
        },
        call: |door, wait| door.listener.accept(wait).map(std::mem::forget),
    };
    ACCEPT.cases(s);
    type Accept = fn(&Listener<Stream>) -> rawipc::Result<Stream>;
    let ways: [(&str, Accept); 2] = [
        ("socket::Listener::accept", |l| l.accept(Wait::FOREVER)),
        ("socket::Listener::try_accept", |l| l.try_accept()),
    ];
    for (function, accept) in ways {
        s.case(function, "ready", move |t| {
            let at = path(t)?;
            let listener = Listener::bind(&at)?;
            let _client = Stream::connect(&at, Wait::FOREVER)?;
            t.ok(|| accept(&listener).map(std::mem::forget))
        });
    }
    s.case("socket::Listener::try_accept", "nobody there", |t| {
        let listener = Listener::<Stream>::bind(&path(t)?)?;
        t.err(Errno::AGAIN, || listener.try_accept())
    });
}
