//! FIFOs.

use std::ffi::{CStr, CString};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use rawipc::fd::CWD;
use rawipc::fifo::{self, Owner};
use rawipc::{Errno, Wait};

use crate::scenario::{LONG, Outcome, PAST, SHORT, Scenarios, Stage, ZERO};

pub fn cases(s: &mut Scenarios) {
    creating(s);
    ensuring(s);
    opening_to_read(s);
    WRITERS.iter().for_each(|w| opening_to_write(s, *w));
    removing(s);
}

fn fifo_at(t: &Stage) -> Outcome<CString> {
    let path = t.path("fifo");
    fifo::create(&path)?;
    Ok(path)
}

fn file_at(t: &Stage) -> Outcome<CString> {
    let path = t.path("file");
    std::fs::write(std_path(&path), "not a FIFO")?;
    Ok(path)
}

fn link_at(t: &Stage) -> Outcome<CString> {
    let path = t.path("link");
    std::os::unix::fs::symlink(std_path(&fifo_at(t)?), std_path(&path))?;
    Ok(path)
}

pub fn std_path(path: &CStr) -> &Path {
    Path::new(path.to_str().expect("plain letters"))
}

const ANOTHER: u32 = 54_321;

/// Whoever asks next is told that somebody else runs here.
pub fn as_another(t: &Stage) {
    t.answer("geteuid", 1, i64::from(ANOTHER));
}

type OnPath = fn(&CStr) -> rawipc::Result<()>;

fn creating(s: &mut Scenarios) {
    let both: [(&str, OnPath); 2] =
        [("fifo::create", fifo::create), ("fifo::create_at", |path| fifo::create_at(CWD, path, 0o600))];
    for (function, create) in both {
        s.case(function, "ok", move |t| t.ok_with(t.path("fifo"), |path| create(path)));
        s.case(function, "there already", move |t| {
            let path = fifo_at(t)?;
            t.err(Errno::EXIST, || create(&path))
        });
        s.case(function, "a bad path", move |t| {
            let path = t.path("no/where");
            t.err(Errno::NOENT, || create(&path))
        });
        s.case(function, "refused", move |t| t.err(Errno::NOENT, || create(c"")));
    }
    let shared = |t: &Stage| t.ok_with(t.path("fifo"), |path| fifo::create_at(CWD, path, 0o620));
    s.case("fifo::create_at", "ok", shared).mode(0o620);
    s.case("fifo::create_at", "refused", |t| {
        let path = t.path("fifo");
        t.err(Errno::INVAL, || fifo::create_at(CWD, &path, 0o1600))
    });
}

fn ensuring(s: &mut Scenarios) {
    let ensure = "fifo::ensure";
    s.case(ensure, "made", |t| t.ok_with(t.path("fifo"), |path| fifo::ensure(path)));
    s.case(ensure, "there already", |t| t.ok_with(fifo_at(t)?, |path| fifo::ensure(path)));
    s.case(ensure, "a bad path", |t| {
        let path = t.path("no/where");
        t.err(Errno::NOENT, || fifo::ensure(&path))
    });
    s.case(ensure, "another owner", |t| {
        let path = fifo_at(t)?;
        as_another(t);
        t.err(Errno::PERM, || fifo::ensure(&path))
    });
    s.case(ensure, "others have permissions", |t| {
        let path = fifo_at(t)?;
        std::fs::set_permissions(std_path(&path), std::fs::Permissions::from_mode(0o622))?;
        t.err(Errno::PERM, || fifo::ensure(&path))
    });
    s.case(ensure, "another kind", |t| {
        let path = file_at(t)?;
        t.err(Errno::PROTOTYPE, || fifo::ensure(&path))
    });
    for rounds in [1, 2] {
        s.case(ensure, "gone in between", move |t| {
            let path = t.path("fifo");
            (1..=rounds).for_each(|nth| t.refuse("mknodat", nth, Errno::EXIST));
            t.ok(|| fifo::ensure(&path))
        });
    }
    s.case(ensure, "gone and there again", |t| {
        let path = fifo_at(t)?;
        t.refuse("newfstatat", 1, Errno::NOENT);
        t.ok(|| fifo::ensure(&path))
    });
    s.case(ensure, "refused", |t| t.err(Errno::NOENT, || fifo::ensure(c"")));
}

type Read = fn(&CStr, Owner) -> rawipc::Result<()>;

const READERS: [(&str, Read); 4] = [
    ("fifo::open_read", |path, _| fifo::open_read(path).map(std::mem::forget)),
    ("fifo::open_receiver", |path, _| fifo::open_receiver(path).map(std::mem::forget)),
    ("fifo::open_read_at", |path, owner| fifo::open_read_at(CWD, path, owner).map(std::mem::forget)),
    ("fifo::open_receiver_at", |path, owner| fifo::open_receiver_at(CWD, path, owner).map(std::mem::forget)),
];

fn opening_to_read(s: &mut Scenarios) {
    for (function, open) in READERS {
        not_to_be_opened(s, function, move |path| open(path, Owner::Anyone));
        s.case(function, "no descriptor left", move |t| {
            let path = fifo_at(t)?;
            t.refuse("openat", 1, Errno::MFILE);
            t.err(Errno::MFILE, || open(&path, Owner::Anyone))
        });
    }
    for (function, open) in &READERS[..2] {
        s.case(function, "ok", |t| t.ok_with(fifo_at(t)?, |path| open(path, Owner::Mine)));
        s.case(function, "another owner", |t| {
            let path = fifo_at(t)?;
            as_another(t);
            t.err(Errno::PERM, || open(&path, Owner::Mine))
        });
    }
    for (function, open) in &READERS[2..] {
        s.case(function, "Owner::Mine", |t| t.ok_with(fifo_at(t)?, |path| open(path, Owner::Mine)));
        s.case(function, "Owner::Anyone", |t| t.ok_with(fifo_at(t)?, |path| open(path, Owner::Anyone)));
        s.case(function, "Owner::Uid", |t| {
            let me = Owner::Uid(rustix::process::geteuid().as_raw());
            t.ok_with(fifo_at(t)?, |path| open(path, me))
        });
        s.case(function, "another owner, Owner::Mine", |t| {
            let path = fifo_at(t)?;
            as_another(t);
            t.err(Errno::PERM, || open(&path, Owner::Mine))
        });
        s.case(function, "another owner, Owner::Uid", |t| {
            let path = fifo_at(t)?;
            t.err(Errno::PERM, || open(&path, Owner::Uid(ANOTHER)))
        });
    }
}

fn not_to_be_opened(
    s: &mut Scenarios,
    function: &str,
    open: impl Fn(&CStr) -> rawipc::Result<()> + Copy + 'static,
) {
    s.case(function, "another kind", move |t| {
        let path = file_at(t)?;
        t.err(Errno::PROTOTYPE, || open(&path))
    });
    s.case(function, "nothing there", move |t| {
        let path = t.path("nothing");
        t.err(Errno::NOENT, || open(&path))
    });
    s.case(function, "a symbolic link", move |t| {
        let path = link_at(t)?;
        t.err(Errno::LOOP, || open(&path))
    });
    s.case(function, "refused", move |t| t.err(Errno::NOENT, || open(c"")));
}

/// One of the functions that open the end that is written to.
#[derive(Clone, Copy)]
struct Writer {
    function: &'static str,
    /// Whether it takes none but its own user's.
    mine: bool,
    open: fn(&CStr, Owner, Wait) -> rawipc::Result<()>,
}

const WRITERS: [Writer; 4] = [
    Writer {
        function: "fifo::open_write",
        mine: true,
        open: |path, _, wait| fifo::open_write(path, wait).map(std::mem::forget),
    },
    Writer {
        function: "fifo::open_sender",
        mine: true,
        open: |path, _, wait| fifo::open_sender(path, wait).map(std::mem::forget),
    },
    Writer {
        function: "fifo::open_write_at",
        mine: false,
        open: |path, owner, wait| fifo::open_write_at(CWD, path, owner, wait).map(std::mem::forget),
    },
    Writer {
        function: "fifo::open_sender_at",
        mine: false,
        open: |path, owner, wait| fifo::open_sender_at(CWD, path, owner, wait).map(std::mem::forget),
    },
];

fn opening_to_write(s: &mut Scenarios, writer: Writer) {
    let Writer { function, mine, open } = writer;
    not_to_be_opened(s, function, move |path| open(path, Owner::Anyone, ZERO));
    s.case(function, "a reader is there", move |t| {
        let path = fifo_at(t)?;
        let _reader = fifo::open_read(&path)?;
        t.ok(|| open(&path, Owner::Anyone, Wait::FOREVER))
    });
    s.case(function, "a socket, or a device without a driver", move |t| {
        let path = t.path("socket");
        let _listener = UnixListener::bind(std_path(&path))?;
        t.err(Errno::PROTOTYPE, || open(&path, Owner::Anyone, Wait::FOREVER))
    });
    for (case, has_reader) in [("another owner", true), ("another owner, no reader", false)] {
        s.case(function, case, move |t| {
            let path = fifo_at(t)?;
            let _reader = has_reader.then(|| fifo::open_read(&path)).transpose()?;
            if mine {
                as_another(t);
            }
            t.err(Errno::PERM, || open(&path, Owner::Uid(ANOTHER), ZERO))
        });
    }
    if !mine {
        s.case(function, "Owner::Mine", move |t| {
            let path = fifo_at(t)?;
            t.err(Errno::TIMEDOUT, || open(&path, Owner::Mine, SHORT))
        });
    }
    waiting_for_a_reader(s, writer);
}

fn waiting_for_a_reader(s: &mut Scenarios, Writer { function, open, .. }: Writer) {
    for (wait, ends) in [(Wait::FOREVER, "for ever"), (LONG, "with a limit")] {
        for round in [1, 3] {
            s.case(function, &format!("waits {ends}"), move |t| {
                let path = fifo_at(t)?;
                if round > 1 {
                    t.refuse("ppoll", 1, Errno::INTR);
                    t.refuse("openat", 2, Errno::INTR);
                }
                let name = path.clone();
                let reader = move || std::mem::forget(fifo::open_read(&name).expect("a reader"));
                t.cue("ppoll", round, reader);
                t.ok(|| open(&path, Owner::Anyone, wait))
            });
        }
        s.case(function, &format!("a signal ends it, {ends}"), move |t| {
            let path = fifo_at(t)?;
            t.refuse("ppoll", 1, Errno::INTR);
            t.err(Errno::INTR, || open(&path, Owner::Anyone, wait.or_signal()))
        });
        s.case(function, &format!("another file takes its place, {ends}"), move |t| {
            let path = fifo_at(t)?;
            let file = file_at(t)?;
            let name = path.clone();
            t.cue("ppoll", 1, move || std::fs::rename(std_path(&file), std_path(&name)).expect("renamed"));
            t.err(Errno::PROTOTYPE, || open(&path, Owner::Anyone, wait))
        });
    }
    for (case, wait) in [("times out", SHORT), ("over from the start", PAST), ("a limit of zero", ZERO)] {
        s.case(function, case, move |t| {
            let path = fifo_at(t)?;
            t.err(Errno::TIMEDOUT, || open(&path, Owner::Anyone, wait))
        });
    }
}

fn removing(s: &mut Scenarios) {
    let both: [(&str, OnPath); 2] =
        [("fifo::remove", fifo::remove), ("fifo::remove_at", |path| fifo::remove_at(CWD, path))];
    for (function, remove) in both {
        s.case(function, "ok", move |t| t.ok_with(fifo_at(t)?, |path| remove(path)));
        s.case(function, "another kind", move |t| {
            let path = file_at(t)?;
            t.err(Errno::PROTOTYPE, || remove(&path))
        });
        s.case(function, "nothing there", move |t| {
            let path = t.path("nothing");
            t.err(Errno::NOENT, || remove(&path))
        });
        s.case(function, "refused", move |t| t.err(Errno::NOENT, || remove(c"")));
    }
}
