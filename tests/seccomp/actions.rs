//! What becomes of a call that is not on the list, of one with wrong arguments, and of one that means another.

use rawipc::seccomp::{Action, Fcntl, Filter, Instruction, List, ROOM};
use rawipc::{Call, Errno, Origin, pipe};
use std::io;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Instant;

use crate::Found;
use crate::child::{End, Under, holds, leave, left, must, run};

/// Its name, how it ends, under what, and what is done there.
type Case<'a> = (&'a str, End, Under<'a>, fn());

/// Runs each case; the ends must be as expected.
fn ends(cases: &[Case<'_>]) -> Found {
    let mut found = Found::new();
    for (name, expected, under, work) in cases {
        let end = run(*under, |shut| {
            shut();
            work();
        });
        if end != *expected {
            found.push(format!("{name}: {end:?}, not {expected:?}"));
        }
    }
    found
}

fn getppid() -> i64 {
    // SAFETY: a number is asked for.
    unsafe { libc::syscall(libc::SYS_getppid) }
}

pub fn errno() -> Found {
    let under = |errno| Under { list: List::EXIT, numbers: &[], action: Action::Errno(errno) };
    ends(&[
        ("an errno", End::Lived, under(Errno::PERM), || {
            holds(getppid() == -1 && io::Error::last_os_error().raw_os_error() == Some(libc::EPERM));
        }),
        ("in our own errors", End::Lived, under(Errno::ACCESS), || {
            let e = pipe::pair().map(drop);
            holds(e.is_err_and(|e| {
                (e.call(), e.errno(), e.origin()) == (Call::PIPE2, Errno::ACCESS, Origin::Kernel)
            }));
        }),
    ])
}

pub fn log() -> Found {
    ends(&[("logged", End::Lived, Under { list: List::EXIT, numbers: &[], action: Action::Log }, || {
        holds(getppid() > 0);
    })])
}

const ACTIONS: [Action; 3] = [Action::Kill, Action::Errno(Errno::PERM), Action::Log];

/// `getpid` of i386, from a program of x86-64.
#[cfg(target_arch = "x86_64")]
fn foreign_getpid() -> i32 {
    let pid;
    // SAFETY: the i386 convention, and a call that touches no memory.
    unsafe {
        core::arch::asm!("int 0x80", inout("eax") 20 => pid, out("r8") _, out("r9") _, out("r10") _, out("r11") _)
    };
    pid
}

#[cfg(target_arch = "x86_64")]
pub fn foreign() -> Found {
    let unfiltered = run(Under::kill(List::EXIT), |_| holds(foreign_getpid() == std::process::id() as i32));
    if unfiltered != End::Lived {
        println!("SKIP another architecture: this kernel takes no calls of i386");
        return vec![];
    }
    // Number 20 would be writev: on the list, and so it would be let through if nobody looked whose number it is.
    let list = List::EXIT.with(Call::WRITEV).with(Call::GETPID);
    ACTIONS
        .into_iter()
        .flat_map(|action| {
            let under = Under { list, numbers: &[20], action };
            ends(&[("int 0x80", End::Killed, under, || _ = foreign_getpid())])
        })
        .collect()
}

#[cfg(not(target_arch = "x86_64"))]
pub fn foreign() -> Found {
    println!("SKIP another architecture: there is a second one on x86-64 only");
    vec![]
}

#[cfg(target_arch = "x86_64")]
pub fn x32() -> Found {
    ACTIONS
        .into_iter()
        .flat_map(|action| {
            let under = Under { list: List::EXIT.with(Call::GETPID), numbers: &[], action };
            ends(&[("getpid of x32", End::Killed, under, || {
                // SAFETY: a number is asked for.
                unsafe { libc::syscall(0x4000_0000 | libc::SYS_getpid) };
            })])
        })
        .collect()
}

#[cfg(not(target_arch = "x86_64"))]
pub fn x32() -> Found {
    println!("SKIP x32: it is of x86-64 only");
    vec![]
}

fn socket(family: i32) {
    // SAFETY: makes a descriptor.
    unsafe { libc::socket(family, libc::SOCK_STREAM, 0) };
}

fn map(prot: i32) {
    // SAFETY: a new mapping.
    unsafe { libc::mmap(null_mut(), 4096, prot, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
}

fn protect(prot: i32) {
    // SAFETY: of nothing.
    unsafe { libc::mprotect(null_mut(), 0, prot) };
}

fn make_node(kind: libc::mode_t) {
    // SAFETY: a path that cannot be made.
    unsafe { libc::mknodat(-1, c"none".as_ptr(), kind | 0o600, 0) };
}

fn control(command: i32) {
    // SAFETY: of no descriptor.
    unsafe { libc::fcntl(-1, command, 0) };
}

pub fn arguments() -> Found {
    use End::{Killed, Lived};
    let with = |call: Call| Under::kill(List::EXIT.with(call));
    let only = |command| Under::kill(List::EXIT.with_fcntl(command));
    ends(&[
        ("AF_UNIX", Lived, with(Call::SOCKET), || socket(libc::AF_UNIX)),
        ("AF_INET", Killed, with(Call::SOCKET), || socket(libc::AF_INET)),
        ("AF_NETLINK", Killed, with(Call::SOCKET), || socket(libc::AF_NETLINK)),
        ("a pair of AF_INET", Killed, with(Call::SOCKETPAIR), || {
            // SAFETY: room for two descriptors.
            unsafe { libc::socketpair(libc::AF_INET, libc::SOCK_STREAM, 0, [0; 2].as_mut_ptr()) };
        }),
        ("PROT_WRITE", Lived, with(Call::MMAP), || map(libc::PROT_READ | libc::PROT_WRITE)),
        ("PROT_EXEC", Killed, with(Call::MMAP), || map(libc::PROT_READ | libc::PROT_EXEC)),
        ("protect, PROT_READ", Lived, with(Call::MPROTECT), || protect(libc::PROT_READ)),
        ("protect, PROT_EXEC", Killed, with(Call::MPROTECT), || protect(libc::PROT_EXEC)),
        ("S_IFIFO", Lived, with(Call::MKNODAT), || make_node(libc::S_IFIFO)),
        ("S_IFCHR", Killed, with(Call::MKNODAT), || make_node(libc::S_IFCHR)),
        ("S_IFREG", Killed, with(Call::MKNODAT), || make_node(0)),
        ("F_GETFL", Lived, only(Fcntl::GetFl), || control(libc::F_GETFL)),
        ("F_SETFL", Killed, only(Fcntl::GetFl), || control(libc::F_SETFL)),
        ("F_SETOWN", Killed, with(Call::FCNTL), || control(libc::F_SETOWN)),
        ("FIONREAD", Lived, with(Call::IOCTL), || {
            // SAFETY: of no descriptor.
            unsafe { libc::ioctl(-1, libc::FIONREAD, null_mut::<i32>()) };
        }),
        ("TIOCSTI", Killed, with(Call::IOCTL), || {
            // SAFETY: one byte that is read.
            unsafe { libc::ioctl(-1, libc::TIOCSTI, c"x".as_ptr()) };
        }),
        ("PR_SET_DUMPABLE", Killed, with(Call::PRCTL), || {
            // SAFETY: plain numbers.
            unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1) };
        }),
        (
            "a number of the program's own",
            Lived,
            Under { numbers: &[libc::SYS_socket as u32], ..with(Call::GETPID) },
            || {
                socket(libc::AF_INET);
            },
        ),
    ])
}

/// A second thread is under the filter if all were asked for, and only then.
pub fn threads() -> Found {
    static GO: AtomicBool = AtomicBool::new(false);
    static DONE: AtomicBool = AtomicBool::new(false);
    let mut found = Found::new();
    for (all, expected) in [(false, End::Lived), (true, End::Killed)] {
        // No shut(): the filter is put up here, in two ways.
        let end = run(Under::kill(List::EXIT), |_| {
            std::thread::spawn(|| {
                while !GO.load(SeqCst) {
                    std::hint::spin_loop();
                }
                getppid();
                DONE.store(true, SeqCst);
            });
            let mut buf = [Instruction::NONE; ROOM];
            let filter = must(Filter::new(List::EXIT, &[], Action::Kill, &mut buf));
            must(if all { filter.install_on_all_threads() } else { filter.install() });
            GO.store(true, SeqCst);
            while !DONE.load(SeqCst) {
                std::hint::spin_loop();
            }
        });
        if end != expected {
            found.push(format!("all threads: {all}; {end:?}, not {expected:?}"));
        }
    }
    found
}

/// Prints what the filters are made of and what they cost; nothing is asserted but that they fit.
pub fn cost() -> Found {
    const TIMES: u32 = 5_000;
    let measured = |list: Option<List>, call: fn()| {
        let under = Under {
            list: list.unwrap_or(List::EMPTY).and(List::EXIT),
            numbers: &[libc::SYS_getppid as u32, libc::SYS_clock_gettime as u32],
            action: Action::Kill,
        };
        let end = run(under, |shut| {
            if list.is_some() {
                shut();
            }
            let best = (0..60).map(|_| {
                let before = Instant::now();
                (0..TIMES).for_each(|_| call());
                before.elapsed().as_nanos() as u64
            });
            leave(best.min().unwrap_or(0));
        });
        if end == End::Lived { left() as f64 / f64::from(TIMES) } else { f64::NAN }
    };
    let allowed = || _ = getppid();
    let checked = || control(libc::F_GETFL);
    let (bare, bare_checked) = (measured(None, allowed), measured(None, checked));
    println!("list              instructions  a call without conditions: {bare:.0} ns without a filter");
    for (name, list) in List::ALL {
        let mut buf = [Instruction::NONE; ROOM];
        let filter = match Filter::new(list.and(List::EXIT), &[], Action::Kill, &mut buf) {
            Ok(filter) => filter,
            Err(e) => return vec![format!("{name}: {e}")],
        };
        let (with, len) = (measured(Some(*list), allowed), filter.instructions().len());
        print!("{name:16}  {len:12}  {with:.0} ns, {:.2}", with / bare);
        if list.check(Call::FCNTL).is_some_and(|check| check.values().contains(&(libc::F_GETFL as u32))) {
            let with = measured(Some(*list), checked);
            print!("; fcntl, with one: {bare_checked:.0} ns, then {with:.0} ns, {:.2}", with / bare_checked);
        }
        println!();
    }
    vec![]
}
