//! Strangers whose memory changes while it is looked at, or that pass one thing for another.

use super::hostile::{BOTH, CAPACITY, LEN, meet_with};
use super::offer::{ALL_SEALS, CONSUMES, GRAIN, Offer, PRODUCES, copy, memory};
use crate::add_tests;
use crate::os::{fds, maps};
use crate::runner::{List, skip};
use crate::trace::{self, Failure, Syscall};
use rawipc::fd::{AsFd as _, Fd};
use rawipc::ring::{Consumer, Producer};
use rawipc::socket::Stream;
use rawipc::{Call, Errno, Origin, Receiver as _, Result, Sender as _, Wait};

pub fn tests(list: &mut List) {
    add_tests!(list, "meeting::hostile_greeters":
        memory_that_is_cut_at_any_instant, memory_that_is_sealed_at_any_instant, sealed_memory_at_any_instant,
        who_looks_at_the_size_alone_is_killed, one_descriptor_twice, huge_pages, a_path_for_a_descriptor,
    );
}

const ROLES: [u8; 2] = [PRODUCES, CONSUMES];

/// The memory of who does this.
fn memory_of(role: u8, seals: i32) -> Fd {
    memory(len_of(role), seals, true)
}

fn len_of(role: u8) -> usize {
    if role == PRODUCES { LEN } else { GRAIN }
}

/// What it does to its memory of this length, meanwhile; whether that went as it must.
type Act = fn(i32, usize) -> bool;

/// One of our calls: the how many-th of this number.
type Instant = (u64, u64);

/// Meets with who does this, its memory having these seals; is held up by `act` when it is about to make the call that is
/// `at`; and has `judge` look at the answer. The calls that were made.
fn held_up(at: Instant, act: Act, role: u8, seals: i32, judge: impl Fn(Result<()>)) -> Vec<Syscall> {
    traced(|| {
        let (ours, theirs) = Stream::pair().expect("pair");
        let offer = Offer::sound(role, CAPACITY).with(0, memory_of(role, seals));
        offer.put(&theirs);
        hold_up(at, act, offer.fds[0].as_raw(), len_of(role));
        let answer = match role {
            PRODUCES => trace::window(0, || Consumer::meet(&ours, Wait::FOREVER)).map(|mut consumer| {
                look_at_all();
                // Nothing, or what zeros are taken for.
                let _ = consumer.try_recv(&mut [0; 64]);
            }),
            _ => trace::window(0, || Producer::meet(&ours, CAPACITY, Wait::FOREVER)).map(|mut producer| {
                look_at_all();
                producer.try_send(b"to one who does not listen").expect("room");
            }),
        };
        judge(answer);
    })
    .unwrap_or_else(|e| panic!("held up at {at:?}: {e}"))
}

fn traced(work: impl FnOnce()) -> std::result::Result<Vec<Syscall>, Failure> {
    let traced = trace::trace_one(work);
    if let Err(Failure::Refused(errno)) = traced {
        skip(&format!("ptrace refused: errno {errno}"));
    }
    traced
}

/// In the traced process: from now on.
fn hold_up((number, nth): Instant, act: Act, fd: i32, len: usize) {
    std::thread::spawn(move || {
        trace::await_cue();
        if !act(fd, len) {
            println!("not as it must go: {}", std::io::Error::last_os_error());
            std::process::abort();
        }
        trace::done();
    });
    trace::cue(number, nth, true);
}

/// Each page of what the stranger passed: where there is none any more, a signal says so.
fn look_at_all() {
    let mapped = maps::shared(std::process::id());
    let theirs: Vec<_> =
        mapped.iter().filter(|m| m.mode == "r--s" && m.name.contains("memfd:theirs")).collect();
    assert!(!theirs.is_empty(), "it is mapped");
    theirs.iter().for_each(|mapping| mapping.touch());
}

/// Each call of a meeting with who does this, as an instant; and the one at which the seals are looked at.
fn instants(role: u8) -> (Vec<Instant>, usize) {
    let never = (u64::MAX, 1);
    let calls = held_up(never, |_, _| true, role, ALL_SEALS, |answer| answer.expect("met"));
    let nth = |i: usize| calls[..=i].iter().filter(|call| call.number == calls[i].number).count() as u64;
    let instants = (0..calls.len()).map(|i| (calls[i].number, nth(i))).collect();
    let received = calls.iter().position(|call| call.name() == "recvmsg").expect("a greeting is received");
    let seals =
        calls[received..].iter().position(|call| call.name() == "fcntl").expect("seals are looked at");
    (instants, received + seals)
}

fn cut(fd: i32, len: usize) -> bool {
    // SAFETY: a call without pointers.
    unsafe { libc::ftruncate(fd, len as libc::off_t) == 0 }
}

fn punched(fd: i32, len: usize) -> bool {
    let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    // SAFETY: a call without pointers.
    unsafe { libc::fallocate(fd, hole, 0, len as libc::off_t) == 0 }
}

fn seal(fd: i32) -> bool {
    // SAFETY: a call without pointers.
    unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, ALL_SEALS) == 0 }
}

#[track_caller]
fn assert_refused(answer: Result<()>, call: Option<Call>) {
    let e = answer.expect_err("refused");
    assert_eq!((e.errno(), e.origin()), (Errno::BADMSG, Origin::Peer), "{e}");
    assert!(call.is_none_or(|call| e.call() == call), "{e}");
}

/// Taken away, and given back empty with all seals: by its seals before they are there, and then by what is behind it.
fn memory_that_is_cut_at_any_instant() {
    for role in ROLES {
        let (instants, look) = instants(role);
        for &at in instants.iter().take(look + 1) {
            let act: Act = |fd, len| cut(fd, 0) && cut(fd, len) && seal(fd);
            held_up(at, act, role, 0, |answer| assert_refused(answer, None));
            // For good, in time to be seen.
            let act: Act = |fd, _| cut(fd, 0) && seal(fd);
            held_up(at, act, role, 0, |answer| assert_refused(answer, None));
        }
        println!("cut in front of each of {} calls: refused", look + 1);
        // After the look nothing more is asked, since it failed.
        let before =
            held_up(instants[look], |_, _| true, role, 0, |answer| assert_refused(answer, Some(Call::FCNTL)));
        assert!(before.iter().skip(look + 1).all(|call| ["close", "munmap"].contains(&call.name().as_str())));
    }
}

/// Sealed while we are at it, and cut as soon as it is: what we saw sealed stays whole.
fn memory_that_is_sealed_at_any_instant() {
    for role in ROLES {
        let (instants, look) = instants(role);
        let act: Act = |fd, len| seal(fd) && !cut(fd, 0) && !cut(fd, 2 * len) && !punched(fd, len);
        for &at in instants.iter().take(look + 1) {
            held_up(at, act, role, 0, |answer| answer.expect("sealed in time"));
        }
        // Too late: at the first call behind the look.
        let close = (libc::SYS_munmap as u64, 1);
        held_up(close, act, role, 0, |answer| assert_refused(answer, Some(Call::FCNTL)));
        println!("sealed in front of each of {} calls: met, and all of it is there", look + 1);
    }
}

/// Between any two of our calls, those between the look and the map too.
fn sealed_memory_at_any_instant() {
    let act: Act = |fd, len| !cut(fd, 0) && !cut(fd, len - 1) && !cut(fd, 2 * len) && !punched(fd, len);
    for role in ROLES {
        let (instants, _) = instants(role);
        for &at in &instants {
            held_up(at, act, role, ALL_SEALS, |answer| answer.expect("met"));
        }
        println!("at each of {} calls: neither cut nor with a hole, and all of it is there", instants.len());
    }
}

/// The known-bad twin: an end that knows the size, which it asked for, and maps as much.
fn who_looks_at_the_size_alone_is_killed() {
    let end = traced(|| {
        let theirs = memory(LEN, 0, true);
        hold_up((libc::SYS_mmap as u64, 1), |fd, _| cut(fd, 0), theirs.as_raw(), LEN);
        let view = trace::window(0, || {
            // SAFETY: `stat` is room for one, which any bytes are.
            let mut stat: libc::stat64 = unsafe { std::mem::zeroed() };
            // SAFETY: room for a stat.
            assert_eq!(unsafe { libc::fstat64(theirs.as_raw(), &raw mut stat) }, 0);
            let (prot, kind) = (libc::PROT_READ, libc::MAP_SHARED);
            // SAFETY: a new mapping, at an address of the kernel's choice.
            unsafe { libc::mmap(std::ptr::null_mut(), stat.st_size as usize, prot, kind, theirs.as_raw(), 0) }
        });
        assert_ne!(view, libc::MAP_FAILED);
        look_at_all();
    });
    let Err(Failure::Died(status)) = end else { panic!("{end:?}") };
    assert!(libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGBUS, "{status:#x}");
}

/// Refused, or whatever `answer` says of it; and neither a descriptor nor a mapping more than before.
#[track_caller]
fn answer_to(offer: &Offer, role: u8) -> Result<()> {
    let (before, rings) = (fds::own(), super::rings(std::process::id()));
    let answer = meet_with(offer, role);
    assert_eq!((fds::new_since(&before).len(), super::rings(std::process::id())), (0, rings));
    answer
}

/// Any of what it passes in the place of any other, so that it comes twice and the other not at all.
fn one_descriptor_twice() {
    for role in [PRODUCES, CONSUMES, BOTH] {
        let n = Offer::sound(role, CAPACITY).fds.len();
        for (place, other) in (0..n * n).map(|i| (i / n, i % n)).filter(|(place, other)| place != other) {
            let mut offer = Offer::sound(role, CAPACITY);
            offer.fds[place] = copy(offer.fds[other].as_fd());
            let answer = answer_to(&offer, role);
            // Of a side that does both: records, bell, line, place, bell.
            let (memories, line, bells) = ([0, 3], 2, [1, 4]);
            let is_consumer = role == CONSUMES;
            match (place, other) {
                // One bell for both rings: each wakes its own side, and the other one for nothing.
                (1, 4) | (4, 1) => answer.expect("met"),
                // Of another length.
                (0, 3) | (3, 0) => assert_refused(answer, None),
                (place, _) if memories.contains(&place) => assert_refused(answer, Some(Call::FCNTL)),
                (place, _) if place == line && !is_consumer => assert_refused(answer, Some(Call::GETSOCKOPT)),
                (place, _) => {
                    assert!(bells.contains(&place));
                    assert_refused(answer, None);
                }
            }
        }
    }
}

/// Which may run out when they are touched, where there are such files at all.
fn huge_pages() {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING | libc::MFD_HUGETLB;
    for (role, at) in [(PRODUCES, 0), (CONSUMES, 0), (BOTH, 0), (BOTH, 3)] {
        // SAFETY: a string that ends with a NUL.
        let raw = unsafe { libc::memfd_create(c"theirs".as_ptr(), flags) };
        if raw < 0 {
            return println!("no huge pages in this kernel");
        }
        // SAFETY: just made, and nobody else's.
        let fd = unsafe { Fd::from_raw(raw) }.expect("a memfd");
        assert!(cut(raw, 2 << 20) && seal(raw));
        assert_refused(answer_to(&Offer::sound(role, CAPACITY).with(at, fd), role), Some(Call::FSTATFS));
    }
}

/// The same file by `O_PATH`: it has a name and a type, and nothing can be done with it.
fn path_of(fd: &Fd) -> Fd {
    let path = std::ffi::CString::new(format!("/proc/self/fd/{}", fd.as_raw())).expect("no NUL");
    // SAFETY: a string that ends with a NUL.
    let raw = unsafe { libc::open(path.as_ptr(), libc::O_PATH | libc::O_CLOEXEC) };
    assert!(raw >= 0, "open: {}", std::io::Error::last_os_error());
    // SAFETY: just made, and nobody else's.
    unsafe { Fd::from_raw(raw) }.expect("a descriptor")
}

/// Nothing of it is taken, as the first call says that does something with it.
fn a_path_for_a_descriptor() {
    for role in [PRODUCES, CONSUMES, BOTH] {
        for place in 0..Offer::sound(role, CAPACITY).fds.len() {
            let mut offer = Offer::sound(role, CAPACITY);
            offer.fds[place] = path_of(&offer.fds[place]);
            let call = match place {
                0 | 3 => Call::FCNTL,
                2 => Call::GETSOCKOPT,
                _ => Call::EPOLL_CTL,
            };
            assert_refused(answer_to(&offer, role), Some(call));
        }
    }
}
