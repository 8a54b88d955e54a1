//! The instructions against the list that they were made from, run by an interpreter of our own. What the kernel
//! does with them is for tests/seccomp.

use super::*;
use crate::error::{Call, Errno, Origin};
use linux_raw_sys::ptrace as bpf;
use std::vec;
use std::vec::Vec;

/// The kernel's `struct seccomp_data`.
#[derive(Clone, Copy)]
struct Data {
    number: u32,
    architecture: u32,
    args: [u64; 6],
}

impl Data {
    fn word(self, offset: u32) -> u32 {
        let half = |n: u32, wide: u64| {
            if (n % 8 == 0) == cfg!(target_endian = "little") { wide as u32 } else { (wide >> 32) as u32 }
        };
        match offset {
            0 => self.number,
            4 => self.architecture,
            16..64 if offset % 4 == 0 => half(offset, self.args[(offset as usize - 16) / 8]),
            _ => panic!("a load of {offset}"),
        }
    }
}

/// What a filter answers: the kernel's rules, for the instructions that we use. A jump out of it panics.
fn run(program: &[Instruction], data: Data) -> u32 {
    let (mut at, mut a) = (0, 0);
    loop {
        let i = program[at];
        at += 1;
        let jump = |holds: bool| usize::from(if holds { i.jump_true } else { i.jump_false });
        match u32::from(i.code) {
            code if code == bpf::BPF_LD | bpf::BPF_W | bpf::BPF_ABS => a = data.word(i.operand),
            code if code == bpf::BPF_ALU | bpf::BPF_AND | bpf::BPF_K => a &= i.operand,
            code if code == bpf::BPF_JMP | bpf::BPF_JEQ | bpf::BPF_K => at += jump(a == i.operand),
            code if code == bpf::BPF_JMP | bpf::BPF_JGE | bpf::BPF_K => at += jump(a >= i.operand),
            code if code == bpf::BPF_RET | bpf::BPF_K => return i.operand,
            code => panic!("instruction {code:#x}"),
        }
    }
}

fn native(number: u32, args: [u64; 6]) -> Data {
    Data { number, architecture: number::ARCHITECTURE.unwrap(), args }
}

fn everything() -> List {
    Call::all().fold(List::EMPTY, List::with)
}

const ALLOW: u32 = bpf::SECCOMP_RET_ALLOW;
const KILL: u32 = bpf::SECCOMP_RET_KILL_PROCESS;

/// Values that an argument can be told by, each with something in the half that does not count.
#[cfg(target_pointer_width = "64")]
fn arguments() -> Vec<u64> {
    let mut low: Vec<u32> = vec![0, 1, 2, 3, 4, 5, 6, 7, 10, 38, 0o10600, 0o20600, 0o100600, u32::MAX];
    low.extend(1024..=1040);
    low.extend([libc::FIONREAD as u32, libc::TIOCSTI as u32]);
    low.into_iter().flat_map(|v| [u64::from(v), u64::from(v) | 7 << 32]).collect()
}

/// What the manual pages say of arguments, apart from the code.
#[cfg(target_pointer_width = "64")]
fn may_have(list: &List, number: u32, [a, b, c, ..]: [u64; 6]) -> bool {
    let (a, b, c) = (a as u32 as i32, b as u32, c as u32);
    match number as libc::c_long {
        libc::SYS_socket | libc::SYS_socketpair => a == libc::AF_UNIX,
        libc::SYS_mmap | libc::SYS_mprotect => c & libc::PROT_EXEC as u32 == 0,
        libc::SYS_mknodat => c & libc::S_IFMT == libc::S_IFIFO,
        libc::SYS_ioctl => b == libc::FIONREAD as u32,
        libc::SYS_prctl => a == libc::PR_SET_NO_NEW_PRIVS,
        libc::SYS_fcntl => list.fcntls().any(|f| {
            b as i32
                == match f {
                    Fcntl::DupFdCloexec => libc::F_DUPFD_CLOEXEC,
                    Fcntl::SetFd => libc::F_SETFD,
                    Fcntl::GetFl => libc::F_GETFL,
                    Fcntl::SetFl => libc::F_SETFL,
                    Fcntl::GetPipeSize => libc::F_GETPIPE_SZ,
                    Fcntl::SetPipeSize => libc::F_SETPIPE_SZ,
                    Fcntl::AddSeals => libc::F_ADD_SEALS,
                    Fcntl::GetSeals => libc::F_GET_SEALS,
                }
        }),
        _ => true,
    }
}

#[test]
#[cfg(target_pointer_width = "64")]
fn each_number_with_each_argument_meets_what_the_list_says() {
    let arguments = arguments();
    let lists = List::ALL.iter().map(|(_, list)| *list);
    let lists = lists.chain([List::EMPTY, List::EXIT, everything(), List::PIPE.and(List::SOCKET)]);
    for list in lists {
        let mut buf = [Instruction::NONE; ROOM];
        let filter = Filter::new(list, &[1000], Action::Errno(Errno::PERM), &mut buf).unwrap();
        for number in 0..1024 {
            let named = list.calls().any(|call| number::number(call) == Some(number));
            let stands_in = list.calls().any(|call| number::stand_in(call) == Some(number));
            let try_args = |args: [u64; 6]| {
                let allowed = number == 1000 || stands_in || named && may_have(&list, number, args);
                let verdict = if allowed { ALLOW } else { bpf::SECCOMP_RET_ERRNO | 1 };
                assert_eq!(run(filter.instructions(), native(number, args)), verdict, "{number} {args:?}");
            };
            try_args([0; 6]);
            if named {
                for &value in &arguments {
                    (0..3).for_each(|i| try_args(core::array::from_fn(|at| if at == i { value } else { 0 })));
                    try_args([value; 6]);
                }
            }
        }
    }
}

#[test]
fn what_is_foreign_is_killed_whatever_the_action() {
    let number = number::number(Call::READ).unwrap();
    for action in [Action::Kill, Action::Errno(Errno::NOSYS), Action::Log] {
        let mut buf = [Instruction::NONE; ROOM];
        let filter = Filter::new(everything(), &[], action, &mut buf).unwrap();
        let program = filter.instructions();
        assert_eq!(run(program, native(number, [0; 6])), ALLOW);
        for architecture in [0, 1, bpf::AUDIT_ARCH_I386, bpf::AUDIT_ARCH_X86_64, bpf::AUDIT_ARCH_ARM] {
            if Some(architecture) != number::ARCHITECTURE {
                assert_eq!(run(program, Data { architecture, ..native(number, [0; 6]) }), KILL);
            }
        }
        if number::FOREIGN_FROM.is_some() {
            for x32 in [0x4000_0000, 0x4000_0000 | number, u32::MAX] {
                assert_eq!(run(program, native(x32, [0; 6])), KILL);
            }
        }
    }
}

#[test]
fn each_action_has_its_answer() {
    let verdict = |action| {
        let mut buf = [Instruction::NONE; ROOM];
        let filter = Filter::new(List::EMPTY, &[], action, &mut buf).unwrap();
        run(filter.instructions(), native(0, [0; 6]))
    };
    assert_eq!(verdict(Action::Kill), KILL);
    assert_eq!(verdict(Action::Log), bpf::SECCOMP_RET_LOG);
    assert_eq!(verdict(Action::Errno(Errno::NOSYS)), bpf::SECCOMP_RET_ERRNO | 38);
}

#[test]
fn a_filter_takes_what_it_says_and_no_more() {
    for (_, list) in List::ALL {
        let mut buf = [Instruction::NONE; ROOM];
        let needed = Filter::new(*list, &[], Action::Kill, &mut buf).unwrap().instructions().len();
        for len in 0..needed {
            let e = Filter::new(*list, &[], Action::Kill, &mut buf[..len]).unwrap_err();
            assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(needed)));
            assert_eq!((e.call(), e.origin()), (Call::SECCOMP, Origin::Argument));
        }
        assert!(Filter::new(*list, &[], Action::Kill, &mut buf[..needed]).is_ok());
    }
    let mut buf = [Instruction::NONE; ROOM];
    assert!(Filter::new(everything(), &[], Action::Kill, &mut buf).is_ok());
}

#[test]
fn more_numbers_than_a_jump_can_pass_over() {
    let mut buf = vec![Instruction::NONE; 5000];
    for count in [1, 127, 128, 129, 255, 256, 257, 300, 900] {
        let numbers: Vec<u32> = (0..count).map(|n| 2000 + 2 * n).collect();
        let filter = Filter::new(List::PIPE, &numbers, Action::Kill, &mut buf).unwrap();
        for number in 1990..2010 + 2 * count {
            let verdict = if numbers.contains(&number) { ALLOW } else { KILL };
            assert_eq!(run(filter.instructions(), native(number, [0; 6])), verdict, "{number} of {count}");
        }
    }
    let numbers = vec![1; 4096];
    let e = Filter::new(List::EMPTY, &numbers, Action::Kill, &mut buf).unwrap_err();
    assert_eq!((e.errno(), e.needed()), (Errno::INVAL, None));
}

#[test]
fn every_call_that_is_one_has_its_number() {
    macro_rules! same {
        ($($call:ident $number:ident)+) => { &[$((Call::$call, libc::$number)),+] };
    }
    #[cfg(target_pointer_width = "64")]
    let expected: &[(Call, libc::c_long)] = same! {
        ACCEPT4 SYS_accept4 BIND SYS_bind CLOCK_GETTIME SYS_clock_gettime CLOSE SYS_close CONNECT SYS_connect
        DUP3 SYS_dup3 EPOLL_CREATE1 SYS_epoll_create1 EPOLL_CTL SYS_epoll_ctl EPOLL_PWAIT SYS_epoll_pwait
        EPOLL_PWAIT2 SYS_epoll_pwait2 EVENTFD2 SYS_eventfd2 EXIT SYS_exit EXIT_GROUP SYS_exit_group FALLOCATE SYS_fallocate FCHMOD SYS_fchmod
        FCNTL SYS_fcntl FLOCK SYS_flock FSTAT SYS_fstat FSTATFS SYS_fstatfs FTRUNCATE SYS_ftruncate
        GETDENTS64 SYS_getdents64 GETEUID SYS_geteuid GETPID SYS_getpid GETSOCKNAME SYS_getsockname
        GETSOCKOPT SYS_getsockopt IOCTL SYS_ioctl LISTEN SYS_listen MADVISE SYS_madvise
        MEMBARRIER SYS_membarrier MEMFD_CREATE SYS_memfd_create MKNODAT SYS_mknodat MMAP SYS_mmap MPROTECT SYS_mprotect
        MUNMAP SYS_munmap NEWFSTATAT SYS_newfstatat OPENAT SYS_openat PIPE2 SYS_pipe2 PPOLL SYS_ppoll
        PRCTL SYS_prctl PREADV2 SYS_preadv2 PWRITEV2 SYS_pwritev2 READ SYS_read READLINKAT SYS_readlinkat
        RECVFROM SYS_recvfrom RECVMSG SYS_recvmsg RENAMEAT2 SYS_renameat2 RESTART_SYSCALL SYS_restart_syscall
        RT_SIGPENDING SYS_rt_sigpending RT_SIGPROCMASK SYS_rt_sigprocmask RT_SIGRETURN SYS_rt_sigreturn
        RT_SIGTIMEDWAIT SYS_rt_sigtimedwait SCHED_YIELD SYS_sched_yield SECCOMP SYS_seccomp
        SENDMSG SYS_sendmsg SENDTO SYS_sendto SETSOCKOPT SYS_setsockopt SHUTDOWN SYS_shutdown
        SOCKET SYS_socket SOCKETPAIR SYS_socketpair STATX SYS_statx UNLINKAT SYS_unlinkat WRITE SYS_write
        WRITEV SYS_writev
    };
    #[cfg(not(target_pointer_width = "64"))]
    let expected: &[(Call, libc::c_long)] = same! { READ SYS_read MMAP SYS_mmap2 FCNTL SYS_fcntl64 };
    for (call, number) in expected {
        assert_eq!(number::number(*call).map(|n| n as libc::c_long), Some(*number), "{call:?}");
    }
    for call in Call::all() {
        let one = number::number(call).is_some();
        assert_eq!(one, call != Call::MEMORY && call != Call::RPC, "{call:?}");
        assert!(cfg!(not(target_pointer_width = "64")) || !one || expected.iter().any(|(c, _)| *c == call));
    }
}

#[test]
fn lists_are_sets() {
    let list = List::of(&[Call::READ, Call::WRITEV], &[Fcntl::GetFl]);
    let calls: Vec<Call> = list.calls().collect();
    assert_eq!(calls, [Call::FCNTL, Call::READ, Call::WRITEV]);
    assert_eq!(list.and(list), list);
    assert_eq!(List::EMPTY.with(Call::WRITEV).with(Call::READ).with_fcntl(Fcntl::GetFl), list);
    let (fewer, more) = (list.without(Call::READ), list.with(Call::READ));
    assert!(!fewer.contains(Call::READ) && fewer.contains(Call::FCNTL) && more == list);
    assert!(!list.without_fcntl(Fcntl::GetFl).contains(Call::FCNTL));
    assert!(!list.with(Call::FCNTL).without(Call::FCNTL).contains(Call::FCNTL));
    assert!(list.without_fcntl(Fcntl::SetFl) == list && !list.contains(Call::MEMORY));
    assert_eq!(list.with(Call::FCNTL).fcntls().count(), Fcntl::ALL.len());
    assert_eq!(everything().calls().count(), Call::COUNT);
    assert_eq!(Call::all().fold(everything(), List::without), List::EMPTY);
    assert_eq!(std::format!("{list:?}"), "{read, writev, F_GETFL}");
}

#[test]
fn a_check_is_told() {
    let check = List::FD.check(Call::FCNTL).unwrap();
    assert_eq!((check.arg, check.mask), (1, u32::MAX));
    assert_eq!(check.values().len(), List::FD.fcntls().count());
    let check = List::SOCKET.check(Call::SOCKET).unwrap();
    assert_eq!((check.arg, check.values()), (0, &[libc::AF_UNIX as u32][..]));
    assert_eq!(List::PIPE.check(Call::READ), None);
}
