//! Names by paths of any length.

use std::ffi::CString;
use std::os::unix::net::UnixListener;

use rawipc::fd::CWD;
use rawipc::socket::{Datagram, Listener, Options, Seqpacket, Stream};
use rawipc::{Errno, Wait};

use super::path;
use crate::cases::fifo::std_path;
use crate::cases::pipe::drop_of;
use crate::cases::waiting::Waiting;
use crate::scenario::{LONG, Outcome, Scenarios, Stage, ZERO};

pub fn cases(s: &mut Scenarios) {
    binding(s);
    dropping(s);
    connecting(s);
    datagrams(s);
}

type Bind = fn(&CString) -> rawipc::Result<()>;

const LISTENER: Bind = |at| Listener::<Stream>::bind_at(CWD, at, Options::DEFAULT).map(std::mem::forget);
const SUCCESSOR: Bind =
    |at| Listener::<Stream>::take_over_at(CWD, at, Options::DEFAULT, ZERO).map(std::mem::forget);
const DATAGRAM: Bind = |at| Datagram::bind_at(CWD, at, 0o600).map(std::mem::forget);

fn binding(s: &mut Scenarios) {
    let all = [
        ("socket::Listener::bind_at", LISTENER),
        ("socket::Listener::take_over_at", SUCCESSOR),
        ("socket::Datagram::bind_at", DATAGRAM),
    ];
    for (function, bind) in all {
        s.case(function, "ok", move |t| t.ok_with(t.path("socket"), |at| bind(at)));
        s.case(function, "an error", move |t| {
            let at = t.path("socket");
            std::fs::write(std_path(&at), "a file")?;
            t.err(Errno::ADDRINUSE, || bind(&at))
        });
        s.case(function, "no directory", move |t| {
            let at = t.path("none/socket");
            t.err(Errno::NOENT, || bind(&at))
        });
        s.case(function, "refused", move |t| {
            let at = t.path(&"n".repeat(72));
            t.err(Errno::NAMETOOLONG, || bind(&at))
        });
    }
    let function = "socket::Listener::bind_at";
    s.case(function, "above 319 bytes of directories", |t| t.ok_with(deep(t)?, |at| LISTENER(at)));
    s.case(function, "above 319 bytes of directories, an error", |t| {
        let at = deep(t)?;
        t.refuse("listen", 1, Errno::NOMEM);
        t.err(Errno::NOMEM, || LISTENER(&at))
    });
    s.case(function, "above 319 bytes of directories, no directory", |t| {
        let at = deep(t)?;
        t.refuse("openat", 3, Errno::NOENT);
        t.err(Errno::NOENT, || LISTENER(&at))
    });
}

/// In directories that are looked up in three steps.
fn deep(t: &Stage) -> Outcome<CString> {
    let dir = (0..6).fold(std_path(&t.path("d")).to_owned(), |dir, _| dir.join("d".repeat(200)));
    std::fs::create_dir_all(&dir)?;
    Ok(CString::new(dir.join("socket").into_os_string().into_encoded_bytes())?)
}

fn dropping(s: &mut Scenarios) {
    s.case("socket::Listener::remove", "in a directory", |t| {
        let listener = Listener::<Stream>::bind_at(CWD, &t.path("socket"), Options::DEFAULT)?;
        t.ok(|| listener.remove())
    });
    s.case("socket::Listener::into_fd", "in a directory", |t| {
        let listener = Listener::<Stream>::bind_at(CWD, &t.path("socket"), Options::DEFAULT)?;
        t.window(|| std::mem::forget(listener.into_fd()));
        Ok(())
    });
    s.case("socket::Listener", "drop, in a directory", |t| {
        drop_of(t, Listener::<Stream>::bind_at(CWD, &t.path("socket"), Options::DEFAULT)?)
    });
    s.case("socket::Datagram", "drop, in a directory", |t| {
        drop_of(t, Datagram::bind_at(CWD, &t.path("socket"), 0o600)?)
    });
}

/// A listener with no room for another connection.
struct Full {
    at: CString,
    _waiting: Vec<Stream>,
}

fn full(t: &Stage) -> Outcome<(Full, Listener<Stream>)> {
    let listener = Listener::<Stream>::bind_with(&path(t)?, Options { backlog: 0, ..Options::DEFAULT })?;
    let mut waiting = Vec::new();
    while let Ok(one) = Stream::try_connect(&path(t)?) {
        waiting.push(one);
    }
    Ok((Full { at: t.path("socket"), _waiting: waiting }, listener))
}

/// The file of a socket that is closed.
fn dead(t: &Stage) -> Outcome {
    drop(UnixListener::bind(std_path(&t.path("socket")))?);
    Ok(())
}

/// A new listener in place of the dead one.
fn replace(at: &CString) {
    std::fs::remove_file(std_path(at)).expect("the dead one's");
    std::mem::forget(UnixListener::bind(std_path(at)).expect("a new one"));
}

fn connecting(s: &mut Scenarios) {
    static CONNECT: Waiting<Full> = Waiting {
        function: "socket::Stream::connect_at",
        prefix: "",
        polls: 1,
        pauses: true,
        make: |t| {
            let (full, listener) = full(t)?;
            Ok((full, Box::new(move || std::mem::forget(listener.try_accept().expect("one of them")))))
        },
        call: |full, wait| Stream::connect_at(CWD, &full.at, wait).map(std::mem::forget),
    };
    CONNECT.cases(s);
    type Connect = fn(&CString, Wait) -> rawipc::Result<()>;
    let ways: [(&str, Connect); 2] = [
        ("socket::Stream::connect_at", |at, wait| Stream::connect_at(CWD, at, wait).map(std::mem::forget)),
        ("socket::Stream::try_connect_at", |at, _| Stream::try_connect_at(CWD, at).map(std::mem::forget)),
    ];
    for (function, connect) in ways {
        s.case(function, "room", move |t| {
            let _listener = Listener::<Stream>::bind(&path(t)?)?;
            t.ok_with(t.path("socket"), |at| connect(at, Wait::FOREVER))
        });
        let waits: &[(&str, Wait)] = match function {
            "socket::Stream::connect_at" => {
                &[("replaced meanwhile", Wait::FOREVER), ("replaced meanwhile, with a limit", LONG)]
            }
            _ => &[("replaced meanwhile", Wait::FOREVER)],
        };
        for &(case, wait) in waits {
            s.case(function, case, move |t| {
                dead(t)?;
                let at = t.path("socket");
                let there = at.clone();
                t.cue("connect", 1, move || replace(&there));
                t.ok(|| connect(&at, wait))
            });
        }
        s.case(function, "nobody listens", move |t| {
            dead(t)?;
            let at = t.path("socket");
            t.err(Errno::CONNREFUSED, || connect(&at, Wait::FOREVER))
        });
        s.case(function, "an error", move |t| {
            let _listener = Listener::<Seqpacket>::bind(&path(t)?)?;
            let at = t.path("socket");
            t.err(Errno::PROTOTYPE, || connect(&at, Wait::FOREVER))
        });
        s.case(function, "no socket", move |t| {
            dead(t)?;
            let at = t.path("socket");
            t.refuse("socket", 1, Errno::MFILE);
            t.err(Errno::MFILE, || connect(&at, Wait::FOREVER))
        });
        not_found(s, function, connect);
    }
    s.case("socket::Stream::connect_at", "a limit of zero, room", |t| {
        let _listener = Listener::<Stream>::bind(&path(t)?)?;
        t.ok_with(t.path("socket"), |at| Stream::connect_at(CWD, at, ZERO).map(std::mem::forget))
    });
    s.case("socket::Stream::connect_at", "nobody listens, and the file is removed", |t| {
        dead(t)?;
        let at = t.path("socket");
        let there = at.clone();
        t.cue("connect", 1, move || std::fs::remove_file(std_path(&there)).expect("the dead one's"));
        t.err(Errno::NOENT, || Stream::connect_at(CWD, &at, Wait::FOREVER))
    });
    s.case("socket::Stream::try_connect_at", "no room", |t| {
        let (full, _listener) = full(t)?;
        t.err(Errno::AGAIN, || Stream::try_connect_at(CWD, &full.at))
    });
    s.case("socket::Seqpacket::connect_at", "room", |t| {
        let _listener = Listener::<Seqpacket>::bind(&path(t)?)?;
        t.ok_with(t.path("socket"), |at| Seqpacket::connect_at(CWD, at, Wait::FOREVER).map(std::mem::forget))
    });
    s.case("socket::Seqpacket::try_connect_at", "no such file", |t| {
        let at = t.path("socket");
        t.err(Errno::NOENT, || Seqpacket::try_connect_at(CWD, &at))
    });
}

/// What there may be in place of a socket's file.
pub(super) fn not_found(s: &mut Scenarios, function: &str, look: fn(&CString, Wait) -> rawipc::Result<()>) {
    s.case(function, "no such file", move |t| {
        let at = t.path("socket");
        t.err(Errno::NOENT, || look(&at, Wait::FOREVER))
    });
    s.case(function, "a link", move |t| {
        let at = t.path("socket");
        std::os::unix::fs::symlink("elsewhere", std_path(&at))?;
        t.err(Errno::LOOP, || look(&at, Wait::FOREVER))
    });
    s.case(function, "another kind of file", move |t| {
        let at = t.path("socket");
        std::fs::write(std_path(&at), "a file")?;
        t.err(Errno::NOTSOCK, || look(&at, Wait::FOREVER))
    });
}

fn datagrams(s: &mut Scenarios) {
    let function = "socket::Datagram::connect_at";
    let connect = |at: &CString, _: Wait| Datagram::connect_at(CWD, at).map(std::mem::forget);
    s.case(function, "ok", move |t| {
        let _server = Datagram::bind(&path(t)?)?;
        t.ok_with(t.path("socket"), |at| connect(at, ZERO))
    });
    s.case(function, "an error", move |t| {
        dead(t)?;
        let at = t.path("socket");
        t.err(Errno::CONNREFUSED, || connect(&at, ZERO))
    });
    s.case(function, "no socket", move |t| {
        dead(t)?;
        let at = t.path("socket");
        t.refuse("socket", 1, Errno::MFILE);
        t.err(Errno::MFILE, || connect(&at, ZERO))
    });
    not_found(s, function, connect);
}
