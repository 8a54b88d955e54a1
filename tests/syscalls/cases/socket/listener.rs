//! Listeners, and the names that they and datagram sockets have.

use rawipc::socket::{Address, Datagram, Listener, Options, Stream};
use rawipc::{Errno, Wait};

use super::{abstract_name, path};
use crate::cases::fifo::std_path;
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
        fails(s, function, "no socket", "socket", false, bind);
        fails(s, function, "path, no mode", "fchmod", false, bind);
        fails(s, function, "path, no bind", "bind", false, bind);
        fails(s, function, "path, no stat", "newfstatat", false, bind);
        fails(s, function, "abstract name, no bind", "bind", true, bind);
    }
    let listener = "socket::Listener::bind_with";
    fails(s, listener, "path, no listen", "listen", false, LISTENER);
    fails(s, listener, "abstract name, no listen", "listen", true, LISTENER);
    s.case("socket::Listener::bind", "path", |t| {
        t.ok_with(path(t)?, |at| Listener::<Stream>::bind(at).map(std::mem::forget))
    });
    s.case("socket::Datagram::bind", "abstract name", |t| {
        t.ok_with(abstract_name()?, |at| Datagram::bind(at).map(std::mem::forget))
    });
}

/// `call` fails on the way.
fn fails(s: &mut Scenarios, function: &str, case: &str, call: &'static str, of_abstract: bool, bind: Bind) {
    s.case(function, case, move |t| {
        let at = if of_abstract { abstract_name()? } else { path(t)? };
        t.refuse(call, 1, Errno::NOMEM);
        t.err(Errno::NOMEM, || bind(&at, 0o600))
    });
}

/// Something with a name, and what is done to it.
trait Named: Sized + 'static {
    fn bound(at: &Address) -> rawipc::Result<Self>;
    fn remove(self) -> rawipc::Result<()>;
}

impl Named for Listener<Stream> {
    fn bound(at: &Address) -> rawipc::Result<Self> {
        Self::bind(at)
    }
    fn remove(self) -> rawipc::Result<()> {
        Listener::remove(self)
    }
}

impl Named for Datagram {
    fn bound(at: &Address) -> rawipc::Result<Self> {
        Self::bind(at)
    }
    fn remove(self) -> rawipc::Result<()> {
        Datagram::remove(self)
    }
}

fn names(s: &mut Scenarios) {
    removed::<Listener<Stream>>(s, "socket::Listener");
    removed::<Datagram>(s, "socket::Datagram");
    s.case("socket::Datagram", "drop, unnamed", |t| drop_of(t, Datagram::unbound()?));
    s.case("socket::Datagram::remove", "unnamed", |t| {
        let unnamed = Datagram::unbound()?;
        t.ok(|| unnamed.remove())
    });
}

fn removed<T: Named>(s: &mut Scenarios, name: &str) {
    type SetUp = fn(&Stage) -> Outcome;
    let by_path: [(&str, SetUp, Option<Errno>); 4] = [
        ("path", |_| Ok(()), None),
        (
            "path, the file is gone",
            |t| Ok(std::fs::remove_file(std_path(&t.path("socket")))?),
            Some(Errno::NOENT),
        ),
        ("path, the file is another's", replaced, Some(Errno::STALE)),
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
    }
    s.case(name, "drop, abstract name", |t| drop_of(t, T::bound(&abstract_name()?)?));
    s.case(&format!("{name}::remove"), "abstract name", |t| {
        let named = T::bound(&abstract_name()?)?;
        t.ok(|| named.remove())
    });
}

fn replaced(t: &Stage) -> Outcome {
    let path = t.path("socket");
    std::fs::write(std_path(&t.path("new")), "another's")?;
    Ok(std::fs::rename(std_path(&t.path("new")), std_path(&path))?)
}

/// Whoever asks next is told that another process runs here.
fn elsewhere(t: &Stage) -> Outcome {
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
