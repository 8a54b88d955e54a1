//! Arguments that matter: what is fixed in them, whoever makes the call.

use crate::trace::Syscall;

/// One fixed argument of one call.
pub struct Rule {
    pub call: &'static str,
    argument: usize,
    is: Is,
    /// As docs/syscalls.md prints it.
    pub says: &'static str,
}

enum Is {
    /// All of these bits are set.
    With(u64),
    /// None of these bits is set.
    Without(u64),
    /// One of these values, compared as the int that the kernel takes.
    OneOf(&'static [i32]),
    /// Under this mask, this value.
    Under(u64, u64),
    /// The permissions of the mode, which the scenario knows.
    Mode,
    /// As `Mode` where `O_CREAT` stands in the argument before.
    ModeIfCreated,
}

const fn bits(flags: libc::c_int) -> u64 {
    flags as u32 as u64
}

const SEND: u64 = bits(libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT);
const FIFO: u64 = libc::S_IFIFO as u64;
const KIND: u64 = libc::S_IFMT as u64;
const RWF_NOSIGNAL: u64 = 0x100;

#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule { call: "accept4", argument: 3, is: Is::With(bits(libc::SOCK_CLOEXEC)), says: "SOCK_CLOEXEC" },
    Rule { call: "clock_gettime", argument: 0, is: Is::OneOf(&[libc::CLOCK_MONOTONIC]), says: "CLOCK_MONOTONIC" },
    Rule { call: "epoll_create1", argument: 0, is: Is::With(bits(libc::EPOLL_CLOEXEC)), says: "EPOLL_CLOEXEC" },
    Rule { call: "eventfd2", argument: 1, is: Is::With(bits(libc::EFD_CLOEXEC | libc::EFD_NONBLOCK | libc::EFD_SEMAPHORE)), says: "EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE" },
    Rule { call: "fchmod", argument: 1, is: Is::Mode, says: "mode 0600, or the caller's" },
    Rule { call: "fcntl", argument: 1, is: Is::OneOf(FCNTL), says: "F_DUPFD_CLOEXEC, F_GETFL, F_SETFL, F_SETFD, F_GETPIPE_SZ, F_SETPIPE_SZ, F_ADD_SEALS or F_GET_SEALS" },
    Rule { call: "madvise", argument: 2, is: Is::OneOf(&[libc::MADV_WIPEONFORK]), says: "MADV_WIPEONFORK" },
    Rule { call: "membarrier", argument: 0, is: Is::OneOf(&[libc::MEMBARRIER_CMD_GLOBAL_EXPEDITED, libc::MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED]), says: "GLOBAL_EXPEDITED, or its registration" },
    Rule { call: "memfd_create", argument: 1, is: Is::With(bits((libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) as i32)), says: "MFD_CLOEXEC, MFD_ALLOW_SEALING" },
    Rule { call: "mknodat", argument: 2, is: Is::Under(KIND, FIFO), says: "S_IFIFO" },
    Rule { call: "mknodat", argument: 2, is: Is::Mode, says: "mode 0600, or the caller's" },
    Rule { call: "mmap", argument: 2, is: Is::Without(bits(libc::PROT_EXEC)), says: "no PROT_EXEC" },
    Rule { call: "mprotect", argument: 2, is: Is::Without(bits(libc::PROT_EXEC)), says: "no PROT_EXEC" },
    Rule { call: "openat", argument: 2, is: Is::With(bits(libc::O_CLOEXEC)), says: "O_CLOEXEC" },
    Rule { call: "openat", argument: 3, is: Is::ModeIfCreated, says: "with O_CREAT: mode 0600, or the caller's" },
    Rule { call: "pipe2", argument: 1, is: Is::With(bits(libc::O_CLOEXEC | libc::O_NONBLOCK)), says: "O_CLOEXEC, O_NONBLOCK" },
    Rule { call: "pwritev2", argument: 3, is: Is::Under(u64::MAX, u64::MAX), says: "offset −1" },
    Rule { call: "pwritev2", argument: 5, is: Is::Under(u32::MAX as u64, RWF_NOSIGNAL), says: "RWF_NOSIGNAL" },
    Rule { call: "recvfrom", argument: 3, is: Is::With(bits(libc::MSG_DONTWAIT)), says: "MSG_DONTWAIT" },
    Rule { call: "recvmsg", argument: 2, is: Is::With(bits(libc::MSG_DONTWAIT)), says: "MSG_DONTWAIT" },
    Rule { call: "recvmsg", argument: 2, is: Is::With(bits(libc::MSG_CMSG_CLOEXEC)), says: "MSG_CMSG_CLOEXEC" },
    Rule { call: "rt_sigprocmask", argument: 0, is: Is::OneOf(&[libc::SIG_BLOCK, libc::SIG_SETMASK]), says: "SIG_BLOCK SIGPIPE, and SIG_SETMASK back" },
    Rule { call: "sendmsg", argument: 2, is: Is::With(SEND), says: "MSG_DONTWAIT, MSG_NOSIGNAL" },
    Rule { call: "sendto", argument: 3, is: Is::With(SEND), says: "MSG_DONTWAIT, MSG_NOSIGNAL" },
    Rule { call: "socket", argument: 0, is: Is::OneOf(&[libc::AF_UNIX]), says: "AF_UNIX" },
    Rule { call: "socket", argument: 1, is: Is::With(bits(libc::SOCK_CLOEXEC)), says: "SOCK_CLOEXEC" },
    Rule { call: "socketpair", argument: 0, is: Is::OneOf(&[libc::AF_UNIX]), says: "AF_UNIX" },
    Rule { call: "socketpair", argument: 1, is: Is::With(bits(libc::SOCK_CLOEXEC)), says: "SOCK_CLOEXEC" },
    Rule { call: "statx", argument: 2, is: Is::OneOf(STATX), says: "AT_STATX_DONT_SYNC, or AT_SYMLINK_NOFOLLOW of what /proc has" },
    Rule { call: "unlinkat", argument: 2, is: Is::OneOf(&[0]), says: "no AT_REMOVEDIR" },
];

const STATX: &[i32] = &[
    libc::AT_SYMLINK_NOFOLLOW,
    libc::AT_STATX_DONT_SYNC,
    libc::AT_STATX_DONT_SYNC | libc::AT_EMPTY_PATH,
    libc::AT_STATX_DONT_SYNC | libc::AT_SYMLINK_NOFOLLOW | libc::AT_NO_AUTOMOUNT,
];

const F_ADD_SEALS: i32 = 1033;
const F_GET_SEALS: i32 = 1034;
const FCNTL: &[i32] = &[
    libc::F_DUPFD_CLOEXEC,
    libc::F_GETFL,
    libc::F_SETFL,
    libc::F_SETFD,
    libc::F_GETPIPE_SZ,
    libc::F_SETPIPE_SZ,
    F_ADD_SEALS,
    F_GET_SEALS,
];

/// Who may let a descriptor survive exec: the two verbs that are made for it.
const HANDS_OVER: &[&str] = &["fd::Fd::hand_over_as", "fd::Fd::inherit"];

/// What is wrong with the arguments of a call that `function` made; `mode` is what the scenario gave its files.
pub fn broken(function: &str, call: &Syscall, mode: u32) -> Vec<String> {
    let name = call.name();
    let rules = RULES.iter().filter(|r| r.call == name);
    let mut found: Vec<String> = rules
        .filter(|r| !r.holds(call, mode))
        .map(|r| format!("`{name}` without \"{}\": {:#x}", r.says, call.args[r.argument]))
        .collect();
    let set_fd = name == "fcntl" && call.args[1] as i32 == libc::F_SETFD;
    let survives = set_fd && call.args[2] & bits(libc::FD_CLOEXEC) == 0;
    let stdio = name != "dup3" || call.args[1] <= 2 && call.args[2] == 0;
    if !HANDS_OVER.contains(&function) && (survives || name == "dup3") || !stdio {
        found.push(format!("`{name}` lets a descriptor survive exec"));
    }
    found
}

impl Rule {
    fn holds(&self, call: &Syscall, mode: u32) -> bool {
        let value = call.args[self.argument];
        let permissions = |value: u64| value & 0o7777 == u64::from(mode);
        match self.is {
            Is::With(bits) => value & bits == bits,
            Is::Without(bits) => value & bits == 0,
            Is::OneOf(values) => values.contains(&(value as i32)),
            Is::Under(mask, expected) => value & mask == expected,
            Is::Mode => permissions(value),
            Is::ModeIfCreated => {
                let creates = call.args[self.argument - 1] & bits(libc::O_CREAT) != 0;
                !creates || permissions(value) || value & 0o7777 == 0o600
            }
        }
    }
}
