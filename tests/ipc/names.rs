//! Who owns the name of a socket: after a kill, between two that start at once, and across fork.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::{self, Child, Gate, nap};
use crate::os::{self, fds};
use crate::runner::List;
use rawipc::socket::{Address, Datagram, Listener, Seqpacket, Stream};
use rawipc::{Call, Errno, Error, Result};
use std::any::Any;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixListener;
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "names":
        the_killed_are_succeeded_at_once, a_kill_at_any_instant_stands_in_nobodys_way,
        of_two_that_start_at_once_one_wins, owners_come_and_go_one_at_a_time, a_stranger_to_the_lock_is_not_robbed_while_it_binds,
        a_childs_drop_removes_nothing, a_child_keeps_the_name_of_a_killed_parent, another_users_is_left,
    );
}

const ROUNDS: u64 = 200;

type Bind = fn(&Address) -> Result<Box<dyn Any>>;

const BINDERS: [Bind; 3] = [
    |at| Ok(Box::new(Listener::<Stream>::bind(at)?)),
    |at| Ok(Box::new(Listener::<Seqpacket>::bind(at)?)),
    |at| Ok(Box::new(Datagram::bind(at)?)),
];

fn name() -> Address {
    Address::path(c"name").expect("a short path")
}

/// The files of the test's own directory.
fn files() -> Vec<String> {
    let dir = std::fs::read_dir(".").expect("the test's directory").flatten();
    let mut names: Vec<_> = dir.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A child that binds, says so, and is there until it is killed.
fn server(bind: Bind) -> Child {
    let bound = Gate::new();
    let child = Child::spawn(|| {
        let keeps = bind(&name()).unwrap_or_else(|e| panic!("the successor: {e}"));
        bound.open();
        nap(Duration::from_secs(60));
        drop(keeps);
    });
    bound.wait();
    child
}

fn the_killed_are_succeeded_at_once() {
    for bind in BINDERS {
        for _ in 0..ROUNDS {
            server(bind).kill();
            assert_eq!(files(), ["name", "name.lock"]);
        }
        drop(bind(&name()).expect("the last one's name"));
        assert_eq!(files(), [""; 0]);
    }
}

fn a_kill_at_any_instant_stands_in_nobodys_way() {
    for round in 0..ROUNDS {
        let begun = Gate::new();
        let bind = BINDERS[round as usize % BINDERS.len()];
        let child = Child::spawn(|| {
            begun.open();
            loop {
                drop(bind(&name()).expect("nobody else binds"));
            }
        });
        begun.wait();
        nap(Duration::from_micros(round % 50));
        child.kill();
        drop(bind(&name()).unwrap_or_else(|e| panic!("round {round}, {:?} is left: {e}", files())));
        assert_eq!(files(), [""; 0]);
    }
}

/// What two children that run `start` at once say, each with a letter; they then stay until both have spoken.
fn two_at_once(start: impl Fn(usize) -> (u8, Box<dyn Any>)) -> Vec<u8> {
    let [go, said, stop] = [fds::pipe(), fds::pipe(), fds::pipe()];
    let children = [0, 1].map(|which| {
        Child::spawn(|| {
            fds::read_some(&go.0, &mut [0]);
            let (letter, keeps) = start(which);
            os::raw_write(said.1.as_raw_fd(), &[letter]).expect("write");
            fds::read_some(&stop.0, &mut [0]);
            drop(keeps);
        })
    });
    os::raw_write(go.1.as_raw_fd(), b"go").expect("write");
    let mut letters = Vec::new();
    while letters.len() < 2 {
        let mut buf = [0; 2];
        let n = fds::read_some(&said.0, &mut buf);
        letters.extend_from_slice(&buf[..n]);
    }
    if letters.contains(&b'S') {
        drop(Stream::connect(&name(), PATIENCE).expect("the winner listens"));
    }
    os::raw_write(stop.1.as_raw_fd(), b"go").expect("write");
    children.into_iter().for_each(Child::join);
    letters.sort();
    letters
}

/// 'S' for a stream, 'w' for another that has the name, 'l' for EADDRINUSE.
fn outcome<T: Any>(won: u8, answer: Result<T, Errno>) -> (u8, Box<dyn Any>) {
    match answer {
        Ok(keeps) => (won, Box::new(keeps)),
        Err(errno) => {
            assert_eq!(errno, Errno::ADDRINUSE);
            (b'l', Box::new(()))
        }
    }
}

/// With nothing there, and with what a killed one left.
fn of_two_that_start_at_once_one_wins() {
    for round in 0..ROUNDS {
        if round % 2 == 1 {
            server(BINDERS[0]).kill();
        }
        let letters = two_at_once(|_| match round % 4 {
            0 | 1 => outcome(b'S', Listener::<Stream>::bind(&name()).map_err(Error::errno)),
            _ => outcome(b'w', Datagram::bind(&name()).map_err(Error::errno)),
        });
        assert!([b"Sl", b"lw"].contains(&&[letters[0], letters[1]]), "{letters:?}");
        assert_eq!(files(), [""; 0]);
    }
}

/// Owners that leave while others come: never are there two, and no lock's file outlives the last of them.
fn owners_come_and_go_one_at_a_time() {
    let come_and_go = |which: usize| {
        let mut owned = 0;
        while owned < ROUNDS {
            match BINDERS[which](&name()) {
                Ok(keeps) => {
                    drop(std::fs::File::create_new("owned").expect("the only owner"));
                    std::fs::remove_file("owned").expect("remove");
                    drop(keeps);
                    owned += 1;
                }
                Err(e) => assert_eq!(e.errno(), Errno::ADDRINUSE),
            }
        }
    };
    let children = [0, 1, 2].map(|which| Child::spawn(|| come_and_go(which)));
    children.into_iter().for_each(Child::join);
    assert_eq!(files(), [""; 0]);
}

fn a_stranger_to_the_lock_is_not_robbed_while_it_binds() {
    for _ in 0..ROUNDS {
        let letters = two_at_once(|which| match which {
            0 => outcome(b'S', Listener::<Stream>::bind(&name()).map_err(Error::errno)),
            _ => outcome(
                b'S',
                UnixListener::bind("name")
                    .map_err(|e| Errno::from_raw_os_error(e.raw_os_error().expect("an errno"))),
            ),
        });
        assert_eq!(letters, b"Sl");
        // The stranger leaves its own.
        let _ = std::fs::remove_file("name");
        assert_eq!(files(), [""; 0]);
    }
}

fn a_childs_drop_removes_nothing() {
    for bind in BINDERS {
        let keeps = bind(&name()).expect("bind");
        let mut ours = Some(keeps);
        Child::spawn(|| drop(ours.take())).join();
        assert_eq!(files(), ["name", "name.lock"]);
        let e = bind(&name()).map(drop).expect_err("the parent has it still");
        assert_eq!((e.call(), e.errno()), (Call::FLOCK, Errno::ADDRINUSE));
        drop(ours);
        assert_eq!(files(), [""; 0]);
    }
    let mut given = Some(Listener::<Stream>::bind(&name()).expect("bind"));
    Child::spawn(|| drop(given.take().map(Listener::into_fd))).join();
    assert_eq!(files(), ["name", "name.lock"]);
    drop(given);
}

/// The child can still accept: the name is in use until it is gone too.
fn a_child_keeps_the_name_of_a_killed_parent() {
    for bind in BINDERS {
        let forked = Gate::new();
        let parent = Child::spawn(|| {
            let _keeps = bind(&name()).expect("bind");
            let worker = Child::spawn(|| {
                // SAFETY: calls without pointers. It outlives the parent.
                unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0 as libc::c_ulong) };
                forked.open();
                nap(Duration::from_secs(60));
            });
            std::fs::write("worker", worker.pid().to_string()).expect("write");
            forked.open();
            nap(Duration::from_secs(60));
        });
        forked.wait();
        forked.wait();
        let worker: i32 = std::fs::read_to_string("worker").expect("read").parse().expect("a pid");
        std::fs::remove_file("worker").expect("remove");
        parent.kill();
        assert_eq!(bind(&name()).map(drop).expect_err("in use").errno(), Errno::ADDRINUSE);
        // SAFETY: a call without pointers; an orphan of ours, not reaped, so the number is its own.
        unsafe { libc::kill(worker, libc::SIGKILL) };
        process::wait_for(worker, 0).expect("the orphan is ours");
        drop(bind(&name()).expect("nobody is left"));
        assert_eq!(files(), [""; 0]);
    }
}

fn another_users_is_left() {
    if !os::is_root() {
        crate::runner::skip("only root can be another user");
    }
    // SAFETY: a string that ends with a NUL.
    os::check(unsafe { libc::chmod(c".".as_ptr(), 0o777) }, "chmod");
    for bind in BINDERS {
        let bound = Gate::new();
        let theirs = Child::spawn(|| {
            // SAFETY: a call without pointers.
            os::check(unsafe { libc::setresuid(65534, 65534, 65534) }, "setresuid");
            let _keeps = bind(&name()).expect("bind");
            bound.open();
            nap(Duration::from_secs(60));
        });
        bound.wait();
        theirs.kill();
        let e = bind(&name()).map(drop).expect_err("the lock is another's");
        assert_eq!((e.call(), e.errno()), (Call::FSTAT, Errno::PERM));
        assert_eq!(files(), ["name", "name.lock"]);
        std::fs::remove_file("name.lock").expect("remove");
        let e = bind(&name()).map(drop).expect_err("the socket is another's");
        assert_eq!((e.call(), e.errno()), (Call::BIND, Errno::ADDRINUSE));
        assert_eq!(files(), ["name"]);
        std::fs::remove_file("name").expect("remove");
    }
}
