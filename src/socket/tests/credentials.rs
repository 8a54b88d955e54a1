use super::super::credentials::{Credentials, Peer};
use super::super::message::DEFAULT_LIMIT;
use super::super::{Datagram, FdSlots, Listener, Seqpacket, Stream};
use super::{IN_TIME, name};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error};
use std::{format, fs, process, vec};

fn own() -> Credentials {
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    Credentials::told([process::id(), uid, gid])
}

#[test]
fn a_peer_is_who_connected_listened_or_made_the_pair() {
    let address = name();
    let listener = Listener::<Stream>::bind(&address).unwrap();
    let client = Stream::connect(&address, IN_TIME).unwrap();
    let server = listener.accept(IN_TIME).unwrap();
    let (a, b) = Datagram::pair().unwrap();
    let (c, d) = Seqpacket::pair().unwrap();
    let all: [&dyn Asked; 6] = [&client, &server, &a, &b, &c, &d];
    for socket in all {
        assert_eq!(socket.who(), Ok(own()));
        assert!(socket.same());
    }
}

/// [`Peer`] as a value.
trait Asked {
    fn who(&self) -> Result<Credentials, Error>;
    fn same(&self) -> bool;
}

impl<P: Peer> Asked for P {
    fn who(&self) -> Result<Credentials, Error> {
        self.peer()
    }

    fn same(&self) -> bool {
        self.is_same_user().unwrap()
    }
}

#[test]
fn without_a_peer_nobody_is_told() {
    let nobody = Error::kernel(Call::GETSOCKOPT, Errno::NODATA);
    let address = name();
    let server = Datagram::bind(&address).unwrap();
    for socket in [Datagram::unbound().unwrap(), Datagram::connect(&address).unwrap(), server] {
        assert_eq!(socket.peer(), Err(nobody));
        assert_eq!(socket.is_same_user(), Err(nobody));
        assert_eq!(socket.peer_pidfd().unwrap_err(), nobody);
    }
}

#[test]
fn a_pidfd_names_the_process() {
    let (ours, _theirs) = Stream::pair().unwrap();
    let pidfd = match ours.peer_pidfd() {
        Err(e) if e.errno() == Errno::NOPROTOOPT => return, // before Linux 6.5
        answer => answer.unwrap(),
    };
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw())).unwrap();
    assert!(info.contains(&format!("Pid:\t{}\n", process::id())), "{info}");
    assert!(rustix::io::fcntl_getfd(&pidfd).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn what_has_no_number_here_is_none() {
    let of = |pid: i32, uid| Credentials::told([pid as u32, uid, 0]);
    assert_eq!((of(0, 0).pid(), of(-1, 0).pid(), of(7, 0).pid()), (None, None, Some(7)));
    assert!(!of(1, 65_534).is_same_user() && !of(1, u32::MAX).is_same_user());
    assert!(!of(1, own().uid() ^ 1).is_same_user() && own().is_same_user());
}

#[test]
fn each_message_tells_its_sender() {
    let (mut a, mut b) = Seqpacket::pair().unwrap();
    let mut buf = vec![0; DEFAULT_LIMIT];
    let mut along = FdSlots::<0>::new();
    a.send(b"before", IN_TIME).unwrap();
    b.pass_credentials().unwrap();
    a.send(b"after", IN_TIME).unwrap();
    assert_eq!(b.recv_with_fds(&mut buf, &mut along, IN_TIME).unwrap(), 6);
    let unknown = along.credentials().unwrap();
    assert_eq!((unknown.pid(), unknown.uid(), unknown.is_same_user()), (None, 65_534, false));
    for room in [DEFAULT_LIMIT, 8] {
        if room == 8 {
            a.send(b"again", IN_TIME).unwrap();
        }
        assert_eq!(b.recv_with_fds(&mut buf[..room], &mut along, IN_TIME).unwrap(), 5);
        assert_eq!(along.credentials(), Some(own()));
    }
    // A plain receive goes on as before.
    a.send(b"plain", IN_TIME).unwrap();
    assert_eq!(b.recv(&mut buf, IN_TIME).unwrap(), 5);
    drop(a);
    assert_eq!(b.recv_with_fds(&mut buf, &mut along, IN_TIME).unwrap(), 0);
    assert_eq!(along.credentials(), None);
}

#[test]
fn an_empty_message_is_told_from_the_end_by_its_credentials() {
    let (a, mut b) = Seqpacket::pair().unwrap();
    b.pass_credentials().unwrap();
    rustix::net::send(&a, b"", rustix::net::SendFlags::NOSIGNAL).unwrap();
    drop(a);
    let mut along = FdSlots::<0>::new();
    let e = b.recv_with_fds(&mut [0; DEFAULT_LIMIT], &mut along, IN_TIME).unwrap_err();
    assert_eq!(e, Error::peer(Call::RECVMSG, Errno::BADMSG));
    assert_eq!(along.credentials(), None);
}

#[test]
fn datagrams_tell_their_sender_and_its_name() {
    let (to, from) = (name(), name());
    let mut server = Datagram::bind(&to).unwrap();
    server.pass_credentials().unwrap();
    let client = Datagram::bind(&from).unwrap();
    client.send_to(&to, b"who am I", IN_TIME).unwrap();
    let (mut buf, mut along) = ([0; 64], FdSlots::<2>::new());
    let (n, who) = server.recv_from_with_fds(&mut buf, &mut along, IN_TIME).unwrap();
    assert_eq!((n, who, along.credentials(), along.len()), (8, from, Some(own()), 0));
}

/// What was sent before it was accepted has them too.
#[test]
fn a_listener_passes_them_on() {
    let address = name();
    let listener = Listener::<Seqpacket>::bind(&address).unwrap();
    listener.pass_credentials().unwrap();
    let mut client = Seqpacket::connect(&address, IN_TIME).unwrap();
    client.send(b"early", IN_TIME).unwrap();
    let mut server = listener.accept(IN_TIME).unwrap();
    server.pass_credentials().unwrap();
    let mut along = FdSlots::<0>::new();
    assert_eq!(server.recv_with_fds(&mut [0; 8], &mut along, IN_TIME).unwrap(), 5);
    assert_eq!(along.credentials(), Some(own()));
}
