//! The sockets of a directory, and who is behind them.

use std::ffi::CString;
use std::os::unix::net::UnixListener;

use rawipc::fd::{CWD, Fd};
use rawipc::socket::{Behind, Datagram, Files, Listener, Options, Seqpacket, Stream, behind_at};
use rawipc::{Errno, Wait};

use super::at::not_found;
use super::path;
use crate::cases::fifo::std_path;
use crate::cases::pipe::drop_of;
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    opening(s);
    walking(s);
    asking(s);
}

fn here(t: &Stage) -> CString {
    t.path(".")
}

fn opening(s: &mut Scenarios) {
    let open = "socket::Files::open_at";
    s.case(open, "ok", |t| {
        t.ok_with(here(t), |at| Files::open_at(CWD, at, &mut [0; 280]).map(std::mem::forget))
    });
    s.case(open, "no directory", |t| {
        let at = t.path("none");
        t.err(Errno::NOENT, || Files::open_at(CWD, &at, &mut [0; 280]).map(drop))
    });
    s.case(open, "refused", |t| t.err(Errno::MSGSIZE, || Files::open_at(CWD, c"/", &mut [0; 279]).map(drop)));
    s.case("socket::Files", "drop", |t| {
        let mut records = [0; 280];
        drop_of(t, Files::open_at(CWD, &here(t), &mut records)?)
    });
}

fn dead(t: &Stage, name: &str) -> Outcome {
    drop(UnixListener::bind(std_path(&t.path(name)))?);
    Ok(())
}

fn walking(s: &mut Scenarios) {
    let next = "socket::Files::next";
    let walk = |s: &mut Scenarios, case: &str, set_up: fn(&Stage) -> Outcome, before: usize, found: bool| {
        s.case(next, case, move |t| {
            let mut records = [0; 1024];
            let at = here(t);
            dead(t, "a")?;
            dead(t, "b")?;
            let mut files = Files::open_at(CWD, &at, &mut records)?;
            for _ in 0..before {
                files.next()?;
            }
            set_up(t)?;
            let there = t.ok(|| files.next().map(|file| file.is_some()))?;
            if there == found { Ok(()) } else { Err("another was expected".into()) }
        });
    };
    walk(s, "the next names must be fetched", |_| Ok(()), 0, true);
    walk(s, "one that was read already", |_| Ok(()), 1, true);
    walk(s, "the end", |_| Ok(()), 2, false);
    walk(
        s,
        "removed since, or no socket, where the file system does not tell types",
        |t| {
            t.refuse("newfstatat", 1, Errno::NOENT);
            Ok(())
        },
        1,
        false,
    );
    let fails = |s: &mut Scenarios, case: &str, call: &'static str, before: usize| {
        s.case(next, case, move |t| {
            let mut records = [0; 1024];
            let at = here(t);
            dead(t, "a")?;
            dead(t, "b")?;
            let mut files = Files::open_at(CWD, &at, &mut records)?;
            for _ in 0..before {
                files.next()?;
            }
            t.refuse(call, 1, Errno::ACCESS);
            t.err(Errno::ACCESS, || files.next().map(drop))
        });
    };
    fails(s, "not to be looked at", "newfstatat", 1);
    fails(s, "no more to be read", "getdents64", 0);
}

type There = fn(&Stage) -> Outcome<Behind>;

fn asking(s: &mut Scenarios) {
    let cases: [(&str, There); 6] = [
        ("a stream", |t| {
            std::mem::forget(Listener::<Stream>::bind(&path(t)?)?);
            Ok(Behind::Stream)
        }),
        ("a seqpacket", |t| {
            let options = Options { backlog: 0, ..Options::DEFAULT };
            std::mem::forget(Listener::<Seqpacket>::bind_with(&path(t)?, options)?);
            std::mem::forget(Seqpacket::try_connect(&path(t)?)?);
            Ok(Behind::Seqpacket)
        }),
        ("a seqpacket that does not listen", |t| {
            bound(t, libc::SOCK_SEQPACKET)?;
            Ok(Behind::Bound)
        }),
        ("a datagram", |t| {
            std::mem::forget(Datagram::bind(&path(t)?)?);
            Ok(Behind::Datagram)
        }),
        ("nobody", |t| {
            dead(t, "socket")?;
            Ok(Behind::Nobody)
        }),
        ("a stream that does not listen", |t| {
            bound(t, libc::SOCK_STREAM)?;
            Ok(Behind::Bound)
        }),
    ];
    for (case, there) in cases {
        s.case("socket::behind_at", case, move |t| {
            let behind = there(t)?;
            let at = t.path("socket");
            t.gives(behind, || behind_at(CWD, &at))
        });
    }
    for (case, call) in [("no leave to write", "connect"), ("no sockets", "socketpair")] {
        s.case("socket::behind_at", case, move |t| {
            dead(t, "socket")?;
            let at = t.path("socket");
            t.refuse(call, 1, Errno::ACCESS);
            t.err(Errno::ACCESS, || behind_at(CWD, &at))
        });
    }
    not_found(s, "socket::behind_at", |at, _: Wait| behind_at(CWD, at).map(drop));
    for replaced in [false, true] {
        s.case(
            "socket::SocketFile::behind",
            if replaced { "replaced meanwhile" } else { "nobody" },
            move |t| {
                let mut records = [0; 280];
                let at = here(t);
                dead(t, "socket")?;
                let mut files = Files::open_at(CWD, &at, &mut records)?;
                let file = files.next()?.ok_or("a socket is there")?;
                if replaced {
                    dead(t, "another")?;
                    std::fs::rename(std_path(&t.path("another")), std_path(&t.path("socket")))?;
                    return t.err(Errno::STALE, || file.behind());
                }
                t.gives(Behind::Nobody, || file.behind())
            },
        );
    }
}

/// A socket that has a name and does not listen.
fn bound(t: &Stage, kind: i32) -> Outcome {
    // SAFETY: plain numbers.
    let fd = unsafe { libc::socket(libc::AF_UNIX, kind, 0) };
    // SAFETY: just made, and kept open.
    let socket = std::mem::ManuallyDrop::new(unsafe { Fd::from_raw(fd) }?);
    // SAFETY: zeros are a valid address.
    let mut at: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    at.sun_family = libc::AF_UNIX as u16;
    for (to, from) in at.sun_path.iter_mut().zip(t.path("socket").as_bytes()) {
        *to = *from as libc::c_char;
    }
    // SAFETY: an address of that length.
    match unsafe { libc::bind(socket.as_raw(), (&raw const at).cast(), size_of_val(&at) as u32) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error().into()),
    }
}
