//! Strangers that are hostile: each thing that can be wrong is refused, by what it is, and nothing of it stays.

use super::offer::{
    ALL_SEALS, CONSUMES, GRAIN, Offer, PRODUCES, behind, bell, copy, epoll, memory, read_only, sealed,
};
use crate::add_tests;
use crate::conformance::mechanism::{PATIENCE, message};
use crate::os::{MARKS, errno, fds};
use crate::runner::List;
use rawipc::fd::{AsFd as _, Fd};
use rawipc::ring::{self, Consumer, Many, Producer, Received, Slot};
use rawipc::socket::{FdSlots, Seqpacket, Stream};
use rawipc::{Call, Errno, Origin, Receiver as _, Sender as _, Wait, pipe};
use std::os::fd::IntoRawFd as _;
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "meeting::hostile":
        what_is_right_is_taken, another_greeting, any_byte_of_it, other_numbers_of_descriptors, other_memory,
        a_file_that_is_cut_later, our_own_memory, another_bell, another_line, at_random,
        seven_ways_to_write_what_is_sealed, a_bell_that_is_filled, a_bell_among_many, a_reader_that_never_reads,
    );
}

pub const CAPACITY: usize = 1 << 14;
pub const LEN: usize = GRAIN + CAPACITY;
pub const BOTH: u8 = PRODUCES | CONSUMES;

/// Meets with one who says this; the other does what we do not.
pub fn meet_with(offer: &Offer, role: u8) -> rawipc::Result<()> {
    let (ours, theirs) = Stream::pair().expect("pair");
    offer.put(&theirs);
    meet_over(&ours, role)
}

pub fn meet_over(ours: &Stream, role: u8) -> rawipc::Result<()> {
    match role {
        PRODUCES => Consumer::meet(ours, PATIENCE).map(drop),
        CONSUMES => Producer::meet(ours, CAPACITY, PATIENCE).map(drop),
        _ => ring::meet(ours, CAPACITY, PATIENCE).map(drop),
    }
}

/// Refused, by the peer's fault, in this call; and neither a descriptor nor a mapping more than before.
#[track_caller]
fn refused(offer: &Offer, role: u8, call: Call, errno: Errno) {
    let (before, rings) = (fds::own(), super::rings(std::process::id()));
    let e = meet_with(offer, role).expect_err("refused");
    assert_eq!((e.call(), e.errno(), e.origin()), (call, errno, Origin::Peer), "{e}");
    assert_eq!((fds::new_since(&before).len(), super::rings(std::process::id())), (0, rings));
}

fn what_is_right_is_taken() {
    for role in [PRODUCES, CONSUMES, BOTH] {
        for capacity in [GRAIN, 1 << 20] {
            meet_with(&Offer::sound(role, capacity), role).expect("met");
        }
    }
}

fn another_greeting() {
    for role in [PRODUCES, CONSUMES, BOTH] {
        for other in [PRODUCES, CONSUMES, BOTH] {
            if other != role {
                refused(
                    &Offer::sound(other, CAPACITY),
                    role,
                    Call::RECVMSG,
                    if other > role && other == BOTH || other == PRODUCES && role == CONSUMES {
                        Errno::TOOBIG
                    } else {
                        Errno::PROTO
                    },
                );
            }
        }
    }
}

fn any_byte_of_it() {
    for role in [PRODUCES, CONSUMES, BOTH] {
        for at in 0..16 {
            for byte in [0, 1, 2, 3, 4, 11, 12, 13, 14, 30, 31, 32, 127, 128, 255] {
                let offer = Offer::sound(role, CAPACITY).saying(at, byte);
                let right = offer.bytes == Offer::sound(role, CAPACITY).bytes;
                let barrier = at == 9 && byte < 2;
                match meet_with(&offer, role) {
                    Ok(()) => assert!(right || barrier, "byte {at} as {byte}"),
                    // Another capacity than the memory has.
                    Err(e) if at == 11 => assert!([Errno::PROTO, Errno::BADMSG].contains(&e.errno())),
                    Err(e) => assert_eq!((e.errno(), e.origin()), (Errno::PROTO, Origin::Peer)),
                }
            }
        }
    }
}

fn other_numbers_of_descriptors() {
    for role in [PRODUCES, CONSUMES, BOTH] {
        let n = Offer::sound(role, CAPACITY).fds.len();
        for left in 0..n {
            let mut offer = Offer::sound(role, CAPACITY);
            offer.fds.truncate(left);
            refused(&offer, role, Call::RECVMSG, Errno::PROTO);
        }
        for more in 1..=8 - n {
            let mut offer = Offer::sound(role, CAPACITY);
            offer.fds.extend((0..more).map(|_| bell()));
            refused(&offer, role, Call::RECVMSG, Errno::TOOBIG);
        }
    }
}

fn other_memory() {
    for (role, at, len) in [(PRODUCES, 0, LEN), (CONSUMES, 0, GRAIN), (BOTH, 0, LEN), (BOTH, 3, GRAIN)] {
        let offer = |fd| Offer::sound(role, CAPACITY).with(at, fd);
        let seals = [libc::F_SEAL_SHRINK, libc::F_SEAL_GROW, libc::F_SEAL_FUTURE_WRITE, libc::F_SEAL_SEAL];
        for missing in seals {
            refused(&offer(memory(len, ALL_SEALS & !missing, true)), role, Call::FCNTL, Errno::BADMSG);
        }
        let unsealable = memory(len, 0, true);
        refused(&offer(unsealable), role, Call::FCNTL, Errno::BADMSG);
        for len in [1, len - 1, len + 1, 2 * len] {
            refused(&offer(memory(len, ALL_SEALS, true)), role, Call::FTRUNCATE, Errno::BADMSG);
        }
        refused(&offer(read_only(sealed(len).0)), role, Call::FTRUNCATE, Errno::BADMSG);
        // With nothing behind it: what is looked at would be taken from us.
        refused(&offer(memory(len, ALL_SEALS, false)), role, Call::FSTAT, Errno::BADMSG);
        // Nor with as much of it behind its end.
        refused(&offer(behind(len)), role, Call::FSTAT, Errno::BADMSG);
        let (socket, _other) = Stream::pair().expect("pair");
        for fd in [
            pipe::pair().expect("pair").0.into_fd(),
            bell(),
            socket.into_fd(),
            open("/proc/self/exe"),
            open("/"),
        ] {
            refused(&offer(fd), role, Call::FCNTL, Errno::BADMSG);
        }
    }
}

fn open(path: &str) -> Fd {
    let raw = std::fs::File::open(path).expect("open").into_raw_fd();
    // SAFETY: given up by its owner.
    unsafe { Fd::from_raw(raw) }.expect("not negative")
}

/// Of the right size now, on a disk and in memory.
fn a_file_that_is_cut_later() {
    for dir in [".", "/dev/shm"] {
        let path = format!("{dir}/cut-{}", std::process::id());
        let Ok(file) = std::fs::File::options().read(true).write(true).create_new(true).open(&path) else {
            continue;
        };
        std::fs::remove_file(&path).expect("remove");
        file.set_len(LEN as u64).expect("set_len");
        // SAFETY: given up by its owner.
        let fd = unsafe { Fd::from_raw(file.into_raw_fd()) }.expect("not negative");
        refused(&Offer::sound(PRODUCES, CAPACITY).with(0, fd), PRODUCES, Call::FCNTL, Errno::BADMSG);
    }
}

/// One who gives back what we gave it.
fn our_own_memory() {
    for at in [0, 3] {
        let (ours, theirs) = Stream::pair().expect("pair");
        let mirror = std::thread::spawn(move || {
            let mut came = FdSlots::<5>::new();
            theirs.read_with_fds(&mut [0; 16], &mut came, PATIENCE).expect("a greeting");
            let offer = Offer::sound(BOTH, CAPACITY).with(at, came.take(at).expect("its memory"));
            offer.put(&theirs);
        });
        let e = meet_over(&ours, BOTH).expect_err("our own");
        assert_eq!((e.call(), e.errno(), e.origin()), (Call::FSTAT, Errno::BADMSG, Origin::Peer));
        mirror.join().expect("no panic");
    }
}

/// Nothing that a look could wait for.
fn another_bell() {
    for (role, at) in [(PRODUCES, 1), (CONSUMES, 1), (BOTH, 1), (BOTH, 4)] {
        let (socket, _other) = Stream::pair().expect("pair");
        for fd in
            [pipe::pair().expect("pair").1.into_fd(), socket.into_fd(), open("/dev/null"), sealed(GRAIN).0]
        {
            refused(&Offer::sound(role, CAPACITY).with(at, fd), role, Call::STATX, Errno::BADMSG);
        }
        // Without a type, as a bell is; but there may be anything in it.
        refused(&Offer::sound(role, CAPACITY).with(at, epoll()), role, Call::EPOLL_CTL, Errno::BADMSG);
    }
}

fn another_line() {
    for role in [PRODUCES, BOTH] {
        let (seqpacket, _other) = Seqpacket::pair().expect("pair");
        for fd in [pipe::pair().expect("pair").0.into_fd(), bell(), seqpacket.into_fd(), open("/dev/null")] {
            refused(&Offer::sound(role, CAPACITY).with(2, fd), role, Call::GETSOCKOPT, Errno::BADMSG);
        }
    }
}

/// Any bytes, and any descriptors that it has, in any order.
fn at_random() {
    let mut met = 0;
    for i in 0..3000 {
        let random = message(i, 24);
        let role = 1 + random[0] % 3;
        let mut offer = Offer::sound(role, CAPACITY);
        let n = offer.fds.len();
        let (a, b) = (usize::from(random[1]) % n, usize::from(random[2]) % n);
        match random[3] % 4 {
            0 => offer.fds.swap(a, b),
            1 => offer.fds[a] = copy(offer.fds[b].as_fd()),
            2 => offer.bytes[usize::from(random[4]) % 16] ^= 1 << (random[5] % 8),
            _ => offer.bytes.copy_from_slice(&random[8..24]),
        }
        match meet_with(&offer, role) {
            Ok(()) => met += 1,
            Err(e) => assert_eq!(e.origin(), Origin::Peer, "{e}"),
        }
    }
    // Where nothing was changed, or the word about barriers.
    assert!(met > 0);
}

/// What a stranger is given of ours: it is a hand-made one, so that it has the descriptor.
fn given() -> (Producer, Fd) {
    let (ours, theirs) = Stream::pair().expect("pair");
    let offer = Offer::sound(CONSUMES, CAPACITY);
    offer.put(&theirs);
    let producer = Producer::meet(&ours, CAPACITY, PATIENCE).expect("meet");
    let mut came = FdSlots::<3>::new();
    theirs.read_with_fds(&mut [0; 16], &mut came, PATIENCE).expect("a greeting");
    (producer, came.take(0).expect("its memory"))
}

fn seven_ways_to_write_what_is_sealed() {
    let (mut producer, given) = given();
    let fd = given.as_raw();
    let said = |ok: bool, way: &str, errnos: &[i32]| {
        let errno = errno();
        assert!(!ok, "{way} is not refused");
        assert!(errnos.contains(&errno), "{way}: errno {errno}");
    };
    let map = |prot| {
        // SAFETY: a new mapping, of the kernel's choosing.
        unsafe { libc::mmap(std::ptr::null_mut(), LEN, prot, libc::MAP_SHARED, fd, 0) }
    };
    said(map(libc::PROT_READ | libc::PROT_WRITE) != libc::MAP_FAILED, "mmap", &[libc::EPERM]);
    let view = map(libc::PROT_READ);
    assert_ne!(view, libc::MAP_FAILED);
    // SAFETY: our own mapping, to which no reference leads.
    let ret = unsafe { libc::mprotect(view, LEN, libc::PROT_READ | libc::PROT_WRITE) };
    said(ret == 0, "mprotect", &[libc::EACCES]);
    // SAFETY: one byte.
    let ret = unsafe { libc::pwrite(fd, c"x".as_ptr().cast(), 1, 0) };
    said(ret == 1, "pwrite", &[libc::EPERM]);
    // SAFETY: a call without pointers.
    let ret = unsafe {
        libc::fallocate(fd, libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE, 0, GRAIN as i64)
    };
    said(ret == 0, "a hole", &[libc::EPERM]);
    // SAFETY: a call without pointers.
    let ret = unsafe { libc::ftruncate(fd, 0) };
    said(ret == 0, "truncation", &[libc::EPERM]);
    // Opened again it is a descriptor for writing, and as sealed as before.
    let path = format!("/proc/self/fd/{fd}");
    match std::fs::File::options().read(true).write(true).open(path) {
        Err(_) => {}
        Ok(again) => {
            use std::os::unix::fs::FileExt as _;
            let e = again.write_at(b"x", 0).expect_err("written through /proc");
            assert_eq!(e.raw_os_error(), Some(libc::EPERM));
            let raw = again.into_raw_fd();
            // SAFETY: a new mapping, of the kernel's choosing.
            let ret =
                unsafe { libc::mmap(std::ptr::null_mut(), LEN, libc::PROT_WRITE, libc::MAP_SHARED, raw, 0) };
            said(ret != libc::MAP_FAILED, "mmap through /proc", &[libc::EPERM]);
            // SAFETY: given up above.
            unsafe { libc::close(raw) };
        }
    }
    // SAFETY: our own mapping, to which no reference leads.
    let ret = unsafe { libc::madvise(view, LEN, libc::MADV_REMOVE) };
    said(ret == 0, "MADV_REMOVE", &[libc::EACCES, libc::EPERM, libc::EINVAL]);
    // SAFETY: our own mapping.
    unsafe { libc::munmap(view, LEN) };
    producer.send(b"unharmed", Wait::at_most(Duration::ZERO)).expect("send");
}

/// One that waits when it is used, and whose count is the largest that 64 bits have: no write makes it so, the kernel's own
/// telling does.
fn spoil(bell: &Fd) {
    let raw = bell.as_raw();
    // SAFETY: a call without pointers.
    assert_eq!(unsafe { libc::fcntl(raw, libc::F_SETFL, 0) }, 0);
    let poll = |events| {
        let mut fd = libc::pollfd { fd: raw, events, revents: 0 };
        // SAFETY: one descriptor.
        assert!(unsafe { libc::poll(&raw mut fd, 1, 0) } >= 0);
        fd.revents
    };
    // What there is room for, from the largest part to the smallest.
    for bit in (0..64).rev() {
        let more = 1_u64 << bit;
        // SAFETY: a call without pointers.
        assert_eq!(unsafe { libc::fcntl(raw, libc::F_SETFL, libc::O_NONBLOCK) }, 0);
        // SAFETY: eight bytes.
        unsafe { libc::write(raw, (&raw const more).cast(), 8) };
    }
    // SAFETY: a call without pointers.
    assert_eq!(unsafe { libc::fcntl(raw, libc::F_SETFL, 0) }, 0);
    assert_eq!(poll(libc::POLLOUT), 0, "full, as far as writing goes");
    complete_with(raw);
    assert_ne!(poll(libc::POLLOUT) & libc::POLLERR, 0, "one more");
}

/// Two operations whose end the kernel tells to `bell`, by adding 1.
fn complete_with(bell: i32) {
    #[repr(C)]
    struct Iocb {
        data: u64,
        key_and_flags: u64,
        opcode: u16,
        priority: i16,
        fildes: u32,
        buf: u64,
        nbytes: u64,
        offset: i64,
        reserved: u64,
        flags: u32,
        resfd: u32,
    }
    let (file, text, mut context) = (memory(1, 0, true), b"x", 0_u64);
    // SAFETY: the kernel writes a number.
    assert_eq!(unsafe { libc::syscall(libc::SYS_io_setup, 8, &raw mut context) }, 0);
    for _ in 0..2 {
        let (opcode, flags) = (1, 1); // IOCB_CMD_PWRITE, IOCB_FLAG_RESFD
        let mut iocb = Iocb {
            data: 0,
            key_and_flags: 0,
            opcode,
            priority: 0,
            fildes: file.as_raw() as u32,
            buf: text.as_ptr() as u64,
            nbytes: 1,
            offset: 0,
            reserved: 0,
            flags,
            resfd: bell as u32,
        };
        let mut list = [&raw mut iocb];
        // SAFETY: one operation, which is over when the call is: of memory.
        assert_eq!(unsafe { libc::syscall(libc::SYS_io_submit, context, 1, list.as_mut_ptr()) }, 1);
    }
    // SAFETY: a call without pointers.
    assert_eq!(unsafe { libc::syscall(libc::SYS_io_destroy, context) }, 0);
}

/// Full to the last bit, and made to wait: ringing it takes no time all the same, whoever made it.
fn a_bell_that_is_filled() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let offer = Offer::sound(CONSUMES, CAPACITY);
    offer.put(&theirs);
    let mut producer = Producer::meet(&ours, CAPACITY, PATIENCE).expect("meet");
    let mut came = FdSlots::<3>::new();
    theirs.read_with_fds(&mut [0; 16], &mut came, PATIENCE).expect("a greeting");
    spoil(&offer.fds[1]);
    spoil(&came.take(1).expect("our bell"));
    for sleep in 0..20_u32 {
        // Says that it sleeps, each time anew.
        let word = 5 + 4 * sleep;
        offer.maps[0].atomic_u32(0).expect("inside").store(word, std::sync::atomic::Ordering::SeqCst);
        producer.send(b"ring", PATIENCE).expect("send");
    }
}

/// The same of one among many: nothing that it does to the bells is told to who receives, and the others are heard.
fn a_bell_among_many() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let offer = Offer::sound(PRODUCES, CAPACITY);
    offer.put(&theirs);
    let consumer = Consumer::meet(&ours, PATIENCE).expect("meet");
    let mut came = FdSlots::<2>::new();
    theirs.read_with_fds(&mut [0; 16], &mut came, PATIENCE).expect("a greeting");
    spoil(&offer.fds[1]);
    spoil(&came.take(1).expect("our bell"));
    let mut slots = [const { Slot::EMPTY }; 2];
    let mut many = Many::new(&mut slots).expect("new");
    assert_eq!(many.admit(consumer), Ok(0));
    let (mut producer, consumer) = ring::pair(CAPACITY).expect("pair");
    assert_eq!(many.admit(consumer), Ok(1));
    let mut buf = [0; 64];
    for sleep in 0..20_u32 {
        let word = 5 + 4 * sleep;
        offer.maps[0].atomic_u32(0).expect("inside").store(word, std::sync::atomic::Ordering::SeqCst);
        let e = many.recv(&mut buf, Wait::at_most(Duration::ZERO)).expect_err("nothing there");
        assert_eq!(e.errno(), Errno::TIMEDOUT);
        producer.send(b"heard", PATIENCE).expect("send");
        assert_eq!(many.recv(&mut buf, PATIENCE), Ok(Received::Message { from: 1, len: 5 }));
    }
}

/// Nothing but its memory and its lines: full, waited for as long as was said, and told of its end.
fn a_reader_that_never_reads() {
    let (ours, theirs) = Stream::pair().expect("pair");
    let offer = Offer::sound(PRODUCES, CAPACITY);
    offer.put(&theirs);
    let mut consumer = Consumer::meet(&ours, PATIENCE).expect("meet");
    let mut buf = [0; 64];
    let e = consumer.recv(&mut buf, Wait::at_most(Duration::from_millis(5))).expect_err("silence");
    assert_eq!(e.errno(), Errno::TIMEDOUT);
    // A length that cannot be.
    for (at, word) in [(GRAIN + 4, u32::MAX), (GRAIN, MARKS[1])] {
        offer.maps[0].atomic_u32(at).expect("inside").store(word, std::sync::atomic::Ordering::SeqCst);
    }
    assert_eq!(consumer.recv(&mut buf, PATIENCE).expect_err("a lie").errno(), Errno::BADMSG);
    assert_eq!(consumer.recv(&mut buf, PATIENCE).expect_err("for good").errno(), Errno::BADMSG);
    let (ours, theirs) = Stream::pair().expect("pair");
    let offer = Offer::sound(PRODUCES, CAPACITY);
    offer.put(&theirs);
    let mut consumer = Consumer::meet(&ours, PATIENCE).expect("meet");
    // Its own copy of our end of the line, and its own end.
    drop(offer);
    assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(0));
}
