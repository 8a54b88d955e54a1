//! A memfd that comes over a UNIX socket, from a process that owes us nothing.

use super::bytes;
use crate::add_tests;
use crate::conformance::mechanism::{assert_same, message};
use crate::os::process::{Child, Gate};
use crate::os::{check, errno, fds, rights};
use crate::runner::List;
use rawipc::fd::{AsFd, Fd};
use rawipc::memory::{Map, Memfd};
use rawipc::{Errno, Origin};
use std::os::fd::{AsRawFd as _, IntoRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

const LEN: usize = 9000;

pub fn tests(list: &mut List) {
    add_tests!(list, "memory::stranger":
        passed_and_attached, ours_read_by_a_stranger, the_size_cannot_be_changed, writing_is_left_to_its_owner,
        one_that_can_shrink_is_refused, one_that_its_sender_sealed,
    );
}

fn send(socket: &UnixStream, descriptor: RawFd) {
    rights::send(socket.as_raw_fd(), descriptor, b"m").expect("sendmsg");
}

fn receive(socket: &UnixStream) -> OwnedFd {
    let (n, fd) = rights::receive(socket.as_raw_fd(), &mut [0; 8]).expect("recvmsg");
    assert_eq!(n, 1);
    fd.expect("a descriptor")
}

fn ours(fd: OwnedFd) -> Fd {
    // SAFETY: just given up by its owner.
    unsafe { Fd::from_raw(fd.into_raw_fd()) }.expect("not negative")
}

/// Runs `give` in a child, which answers with a descriptor to be sent, and `take` here with what came; the child
/// stays until that is done.
fn passed<K>(give: impl FnOnce() -> (OwnedFd, K), take: impl FnOnce(OwnedFd)) {
    let (here, there) = UnixStream::pair().expect("pair");
    let done = Gate::new();
    let child = Child::spawn(|| {
        let (fd, _kept) = give();
        send(&there, fd.as_raw_fd());
        drop(fd);
        done.wait();
    });
    take(receive(&here));
    done.open();
    child.join();
}

fn created(seal: bool) -> (OwnedFd, Map) {
    let memfd = Memfd::create(c"rawipc-passed", LEN).expect("create");
    let map = memfd.map().expect("map");
    if seal {
        memfd.seal_writes().expect("seal_writes");
    }
    map.write(0, &message(0, LEN)).expect("inside");
    (fds::own_raw(memfd.into_fd().into_raw()), map)
}

fn passed_and_attached() {
    passed(
        || created(false),
        |fd| {
            let memfd = Memfd::attach(ours(fd)).expect("attach");
            assert_eq!(memfd.len(), LEN);
            let map = memfd.map().expect("map");
            assert_same(&bytes(&map, 0, LEN), &message(0, LEN));
        },
    );
}

/// The other side knows nothing of this crate: recvmsg, fstat, mmap and plain loads and stores.
fn ours_read_by_a_stranger() {
    let (here, there) = UnixStream::pair().expect("pair");
    let (fd, map) = created(false);
    let child = Child::spawn(|| {
        let fd = receive(&there);
        let size =
            std::fs::File::from(fd.try_clone().expect("dup")).metadata().expect("fstat").len() as usize;
        assert_eq!(size, LEN);
        // SAFETY: a new mapping, of the kernel's choosing.
        let start = unsafe {
            libc::mmap(std::ptr::null_mut(), size, 3, libc::MAP_SHARED, fd.as_raw_fd(), 0).cast::<u8>()
        };
        assert!(start != libc::MAP_FAILED.cast());
        let sent = message(0, LEN);
        // SAFETY: mapped, and nobody writes to it now.
        assert!((0..size).all(|i| unsafe { start.add(i).read_volatile() } == sent[i]));
        for i in 0..size {
            // SAFETY: mapped for writing.
            unsafe { start.add(i).write_volatile(i as u8) };
        }
    });
    send(&here, fd.as_raw_fd());
    child.join();
    assert!(bytes(&map, 0, LEN).iter().enumerate().all(|(i, byte)| *byte == i as u8));
}

/// Whoever has the descriptor: no access to the memory can ever raise SIGBUS.
fn the_size_cannot_be_changed() {
    let (here, there) = UnixStream::pair().expect("pair");
    let (fd, map) = created(false);
    let child = Child::spawn(|| {
        let hostile = receive(&there);
        for len in [0, 1, 4096, LEN as libc::off_t - 1, LEN as libc::off_t + 1, 1 << 20] {
            // SAFETY: a call without pointers.
            let ret = unsafe { libc::ftruncate(hostile.as_raw_fd(), len) };
            assert_eq!((ret, errno()), (-1, libc::EPERM), "ftruncate to {len}");
        }
        // SAFETY: a call without pointers.
        let ret = unsafe { libc::fallocate(hostile.as_raw_fd(), 0, 0, 1 << 20) };
        assert_eq!((ret, errno()), (-1, libc::EPERM), "fallocate");
        let path = format!("/proc/self/fd/{}", hostile.as_raw_fd());
        let e = std::fs::File::options().write(true).truncate(true).open(path).expect_err("O_TRUNC");
        assert_eq!(e.raw_os_error(), Some(libc::EPERM));
    });
    send(&here, fd.as_raw_fd());
    child.join();
    assert_same(&bytes(&map, 0, LEN), &message(0, LEN));
}

/// After `seal_writes` the mapping that was there writes; nobody else does, by no means.
fn writing_is_left_to_its_owner() {
    let (here, there) = UnixStream::pair().expect("pair");
    let (looked, written) = (Gate::new(), Gate::new());
    let child = Child::spawn(|| {
        let memfd = Memfd::attach(ours(receive(&there))).expect("attach");
        assert_eq!(memfd.map().expect_err("sealed").errno(), Errno::PERM);
        let view = memfd.map_read_only().expect("map_read_only");
        let raw = rawipc::fd::AsRawFd::as_raw_fd(&memfd.as_fd());
        // SAFETY: one byte of a string.
        let ret = unsafe { libc::pwrite(raw, c"x".as_ptr().cast(), 1, 0) };
        assert_eq!((ret, errno()), (-1, libc::EPERM), "pwrite");
        let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        // SAFETY: a call without pointers.
        let ret = unsafe { libc::fallocate(raw, hole, 0, 4096) };
        assert_eq!((ret, errno()), (-1, libc::EPERM), "a hole");
        // SAFETY: the mapping is `view`'s, which nothing refers to.
        let ret = unsafe { libc::mprotect(view.as_ptr().cast_mut().cast(), LEN, 3) };
        assert_eq!((ret, errno()), (-1, libc::EACCES), "mprotect");
        // SAFETY: as above. What would remove the pages is a write too.
        let ret = unsafe { libc::madvise(view.as_ptr().cast_mut().cast(), LEN, libc::MADV_REMOVE) };
        assert_eq!(ret, -1, "MADV_REMOVE");
        let mut buf = vec![0; LEN];
        view.read(0, &mut buf).expect("inside");
        assert_same(&buf, &message(0, LEN));
        looked.open();
        written.wait();
        view.read(0, &mut buf).expect("inside");
        assert_same(&buf, &message(1, LEN));
    });
    let (fd, map) = created(true);
    send(&here, fd.as_raw_fd());
    looked.wait();
    map.write(0, &message(1, LEN)).expect("inside");
    written.open();
    child.join();
}

fn one_that_can_shrink_is_refused() {
    passed(
        || (fds::unsealed_memfd(), ()),
        |fd| {
            let raw = fd.as_raw_fd();
            let e = Memfd::attach(ours(fd)).expect_err("it can shrink");
            assert!(!fds::is_open(raw));
            assert_eq!((e.errno(), e.origin()), (Errno::PERM, Origin::Peer));
        },
    );
}

/// A stranger that seals as it should is taken; what it says of the length is asked of the kernel.
fn one_that_its_sender_sealed() {
    passed(
        || {
            let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
            // SAFETY: a valid name.
            let fd = unsafe { libc::memfd_create(c"stranger's".as_ptr(), flags) };
            let fd = fds::own_raw(check(fd, "memfd_create") as RawFd);
            let file = std::fs::File::from(fd);
            file.set_len(5000).expect("ftruncate");
            fds::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_SHRINK);
            // It may grow still, which hurts nobody.
            file.set_len(6000).expect("ftruncate");
            (OwnedFd::from(file), ())
        },
        |fd| {
            let memfd = Memfd::attach(ours(fd)).expect("attach");
            assert_eq!(memfd.len(), 6000);
            let map = memfd.map().expect("map");
            map.write(5999, b"x").expect("inside");
            assert_eq!(map.write(6000, b"x").expect_err("outside").errno(), Errno::RANGE);
        },
    );
}
