//! Who is there: another process, another user, another pid namespace, a process that is gone.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::{Child, Gate};
use crate::os::{self, fds, limits};
use crate::runner::{List, skip};
use rawipc::socket::{Address, Credentials, Datagram, FdSlots, Listener, Peer, Seqpacket, Stream};
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{Errno, Receiver, Sender};

pub fn tests(list: &mut List) {
    add_tests!(list, "peers":
        each_side_is_told_the_other, another_user_is_not_the_same, a_peer_outside_the_pid_namespace_has_no_pid,
        the_pidfd_of_a_peer_tells_of_its_end, a_message_tells_who_sent_it_and_not_who_connected,
        without_pidfds_the_pid_is_there,
    );
}

fn address() -> Address {
    Address::path(c"peers").expect("a short path")
}

/// A child that connects, and ends when the gate is open.
fn client(leave: &Gate, connected: impl FnOnce(Seqpacket)) -> Child {
    Child::spawn(|| {
        connected(Seqpacket::connect(&address(), PATIENCE).expect("connect"));
        leave.wait();
    })
}

fn each_side_is_told_the_other() {
    let listener = Listener::<Seqpacket>::bind(&address()).expect("bind");
    let (leave, here) = (Gate::new(), std::process::id());
    let child = client(&leave, |socket| {
        let server = socket.peer().expect("who listens");
        assert_eq!(server.pid(), Some(here as i32));
        assert!(server.is_same_user() && socket.is_same_user().expect("who listens"));
        std::mem::forget(socket);
    });
    let accepted = listener.accept(PATIENCE).expect("accept");
    let peer = accepted.peer().expect("who connected");
    assert_eq!((peer.pid(), peer.is_same_user()), (Some(child.pid()), true));
    leave.open();
    child.join();
    // It keeps the number of one that is gone, and says so: as of connect.
    assert_eq!(accepted.peer(), Ok(peer));
}

fn become_another() {
    // SAFETY: calls without pointers.
    os::check(unsafe { libc::setresgid(65532, 65532, 65532) }, "setresgid");
    // SAFETY: as above.
    os::check(unsafe { libc::setresuid(65533, 65533, 65533) }, "setresuid");
}

fn another_user_is_not_the_same() {
    if !os::is_root() {
        skip("only root can be another user");
    }
    let at = Address::abstract_name(format!("peers {}", std::process::id()).as_bytes()).expect("short");
    let listener = Listener::<Stream>::bind(&at).expect("bind");
    let leave = Gate::new();
    let child = Child::spawn(|| {
        become_another();
        let socket = Stream::connect(&at, PATIENCE).expect("connect");
        assert_eq!(socket.is_same_user(), Ok(false));
        leave.wait();
    });
    let accepted = listener.accept(PATIENCE).expect("accept");
    let peer = accepted.peer().expect("who connected");
    assert_eq!((peer.uid(), peer.gid(), peer.is_same_user()), (65533, 65532, false));
    assert_eq!(accepted.is_same_user(), Ok(false));
    leave.open();
    child.join();
}

/// From inside the server has no number; from outside the client has one. rustix's own type is undefined there.
fn a_peer_outside_the_pid_namespace_has_no_pid() {
    let mut listener = Some(Listener::<Seqpacket>::bind(&address()).expect("bind"));
    let (mut ours, mut theirs) = Seqpacket::pair().expect("pair");
    let (leave, inside) = (Gate::new(), Gate::new());
    let child = Child::spawn(|| {
        std::mem::forget(listener.take());
        // SAFETY: a call without pointers; the next child is the first of the namespace.
        if unsafe { libc::unshare(libc::CLONE_NEWPID) } == -1 {
            os::process::exit(77);
        }
        let first = Child::spawn_first(|| {
            assert_eq!(std::process::id(), 1);
            let socket = Seqpacket::connect(&address(), PATIENCE).expect("connect");
            let nobody = |c: Credentials| c.pid().is_none() && c.is_same_user();
            assert!(
                nobody(socket.peer().expect("who listens")) && nobody(theirs.peer().expect("who paired"))
            );
            assert_eq!(socket.is_same_user(), Ok(true));
            // A process of another namespace has no descriptor here either, or one that tells no number.
            match socket.peer_pidfd() {
                Ok(pidfd) => {
                    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw()));
                    assert!(info.is_err() || info.is_ok_and(|text| !text.contains("Pid:\t1\n")));
                }
                Err(e) => assert!([Errno::NOPROTOOPT, Errno::SRCH, Errno::INVAL].contains(&e.errno()), "{e}"),
            }
            theirs.pass_credentials().expect("SO_PASSCRED");
            inside.open();
            let (mut buf, mut along) = ([0; 16], FdSlots::<0>::new());
            assert_eq!(theirs.recv_with_fds(&mut buf, &mut along, PATIENCE), Ok(7));
            assert!(along.credentials().is_some_and(nobody), "{:?}", along.credentials());
            std::mem::forget(socket);
            leave.wait();
        });
        first.join();
    });
    let Some(listener) = &listener else { return };
    let accepted = match listener.accept(PATIENCE) {
        Err(_) => {
            assert_eq!(child.wait(), os::process::End::Exit(77));
            skip("no pid namespace can be made here");
        }
        accepted => accepted.expect("accept"),
    };
    let peer = accepted.peer().expect("who connected");
    assert!(peer.pid().is_some_and(|pid| pid > 1 && pid != child.pid()) && peer.is_same_user(), "{peer:?}");
    inside.wait();
    ours.send(b"outside", PATIENCE).expect("room");
    leave.open();
    child.join();
}

fn the_pidfd_of_a_peer_tells_of_its_end() {
    let listener = Listener::<Seqpacket>::bind(&address()).expect("bind");
    let leave = Gate::new();
    let child = client(&leave, std::mem::forget);
    let accepted = listener.accept(PATIENCE).expect("accept");
    let pidfd = match accepted.peer_pidfd() {
        Err(e) if e.errno() == Errno::NOPROTOOPT => skip("SO_PEERPIDFD is of Linux 6.5"),
        pidfd => pidfd.expect("a pidfd"),
    };
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw())).expect("fdinfo");
    assert!(info.contains(&format!("Pid:\t{}\n", child.pid())), "{info}");
    assert!(fds::own()[&pidfd.as_raw()].is_cloexec());
    let mut one = [PollFd::new(&pidfd, Events::READABLE)];
    assert!(poll(&mut one, rawipc::Wait::at_most(std::time::Duration::ZERO)).is_err());
    leave.open();
    assert_eq!(poll(&mut one, PATIENCE), Ok(1));
    child.join();
    // Waited for, it is nobody's number any more, and no other's.
    match accepted.peer_pidfd() {
        Ok(gone) => {
            let info =
                std::fs::read_to_string(format!("/proc/self/fdinfo/{}", gone.as_raw())).expect("fdinfo");
            assert!(info.contains("Pid:\t-1\n"), "{info}");
        }
        Err(e) => assert!([Errno::SRCH, Errno::INVAL].contains(&e.errno()), "{e}"),
    }
}

/// One connects, another sends over what it was given.
fn a_message_tells_who_sent_it_and_not_who_connected() {
    let (mut ours, mut theirs) = Seqpacket::pair().expect("pair");
    ours.pass_credentials().expect("SO_PASSCRED");
    let (mut buf, mut along) = ([0; 16], FdSlots::<0>::new());
    for _ in 0..3 {
        let child = Child::spawn(|| theirs.send(b"a child", PATIENCE).expect("room"));
        assert_eq!(ours.recv_with_fds(&mut buf, &mut along, PATIENCE), Ok(7));
        assert_eq!(along.credentials().and_then(Credentials::pid), Some(child.pid()));
        assert_eq!(ours.peer().expect("the pair's maker").pid(), Some(std::process::id() as i32));
        child.join();
    }
    // With a name, anybody: each message for itself.
    let mut server = Datagram::bind(&address()).expect("bind");
    server.pass_credentials().expect("SO_PASSCRED");
    let children: Vec<Child> = (0..3)
        .map(|_| {
            Child::spawn(|| {
                Datagram::unbound().expect("a socket").send_to(&address(), b"x", PATIENCE).expect("room");
            })
        })
        .collect();
    let mut told: Vec<i32> = children
        .iter()
        .map(|_| {
            server.recv_with_fds(&mut buf, &mut along, PATIENCE).expect("a message");
            along.credentials().and_then(Credentials::pid).expect("a pid")
        })
        .collect();
    let mut pids: Vec<i32> = children.iter().map(Child::pid).collect();
    told.sort_unstable();
    pids.sort_unstable();
    assert_eq!(told, pids);
    children.into_iter().for_each(Child::join);
    assert!(server.recv(&mut buf, rawipc::Wait::at_most(std::time::Duration::ZERO)).is_err());
}

/// As Linux before 6.5, and before 6.16, answer.
fn without_pidfds_the_pid_is_there() {
    let (ours, mut theirs) = Seqpacket::pair().expect("pair");
    // SO_PEERPIDFD and SO_PASSRIGHTS have this bit, and none of the older options that we use.
    limits::refuse(libc::SYS_getsockopt, libc::ENOPROTOOPT, Some((2, 0x40)));
    limits::refuse(libc::SYS_setsockopt, libc::ENOPROTOOPT, Some((2, 0x40)));
    assert_eq!(ours.peer_pidfd().unwrap_err().errno(), Errno::NOPROTOOPT);
    assert_eq!(ours.refuse_fds().unwrap_err().errno(), Errno::NOPROTOOPT);
    assert_eq!(ours.peer().expect("SO_PEERCRED").pid(), Some(std::process::id() as i32));
    theirs.pass_credentials().expect("SO_PASSCRED");
}
