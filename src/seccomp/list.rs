//! Sets of calls.

use super::Check;
use crate::error::Call;
use core::fmt;
use linux_raw_sys::general;

/// A set of calls that are allowed, some with a [`Check`] of an argument; the constants are made from the
/// `# Syscalls` tables of this crate.
///
/// Lists are put together while the program is compiled, and are no larger than they look:
/// ```
/// use rawipc::{Call, seccomp::List};
///
/// const WORKER: List = List::PIPE_READER.and(List::RING_PRODUCER).and(List::EXIT).with(Call::GETPID);
/// assert!(WORKER.contains(Call::PPOLL) && !WORKER.contains(Call::OPENAT));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct List {
    /// Bit by bit, by the index of the call; `fcntl` is not among them.
    calls: [u64; WORDS],
    /// Bit by bit, the commands of `fcntl`, which is allowed if there is one.
    commands: u32,
}

const WORDS: usize = 2;
const _: () = assert!(Call::COUNT <= WORDS * 64);

impl List {
    /// Nothing at all.
    pub const EMPTY: List = List { calls: [0; WORDS], commands: 0 };

    /// What any program makes besides: `exit` `exit_group` `rt_sigreturn` `restart_syscall`.
    ///
    /// A signal handler returns by `rt_sigreturn`, and the kernel makes an interrupted wait of another library
    /// go on by `restart_syscall`. This crate's own waits are made again as they were.
    pub const EXIT: List =
        List::of(&[Call::EXIT, Call::EXIT_GROUP, Call::RT_SIGRETURN, Call::RESTART_SYSCALL], &[]);

    /// These calls, and these commands of `fcntl`.
    pub const fn of(calls: &[Call], commands: &[Fcntl]) -> List {
        let mut list = List::EMPTY;
        let mut rest = calls;
        while let [first, after @ ..] = rest {
            list = list.with(*first);
            rest = after;
        }
        let mut rest = commands;
        while let [first, after @ ..] = rest {
            list = list.with_fcntl(*first);
            rest = after;
        }
        list
    }

    /// What is in either.
    #[must_use]
    pub const fn and(self, other: List) -> List {
        let ([a, b], [c, d]) = (self.calls, other.calls);
        List { calls: [a | c, b | d], commands: self.commands | other.commands }
    }

    /// This call too, with its [`check`](Self::check). `fcntl` with every command of [`Fcntl`].
    #[must_use]
    pub const fn with(self, call: Call) -> List {
        self.and(List::only(call))
    }

    /// `fcntl` with this command too.
    #[must_use]
    pub const fn with_fcntl(self, command: Fcntl) -> List {
        self.and(List { calls: [0; WORDS], commands: command.bit() })
    }

    /// Without this call.
    #[must_use]
    pub const fn without(self, call: Call) -> List {
        let ([a, b], List { calls: [c, d], commands }) = (self.calls, List::only(call));
        List { calls: [a & !c, b & !d], commands: self.commands & !commands }
    }

    /// Without this command of `fcntl`.
    #[must_use]
    pub const fn without_fcntl(self, command: Fcntl) -> List {
        List { calls: self.calls, commands: self.commands & !command.bit() }
    }

    /// Whether the call is in here; `fcntl`, whether any command of it is.
    pub const fn contains(&self, call: Call) -> bool {
        let ([a, b], List { calls: [c, d], commands }) = (self.calls, List::only(call));
        a & c != 0 || b & d != 0 || self.commands & commands != 0
    }

    /// Every call in here.
    pub fn calls(&self) -> impl Iterator<Item = Call> + Clone + use<> {
        let list = *self;
        Call::all().filter(move |call| list.contains(*call))
    }

    /// Every command of `fcntl` in here.
    pub fn fcntls(&self) -> impl Iterator<Item = Fcntl> + Clone + use<> {
        let list = *self;
        Fcntl::ALL.iter().copied().filter(move |command| list.commands & command.bit() != 0)
    }

    /// What an argument of the call must be; `None` where any will do.
    pub fn check(&self, call: Call) -> Option<Check> {
        Check::of(self, call)
    }

    const fn only(call: Call) -> List {
        let index = call.index();
        if index == Call::FCNTL.index() {
            return List { calls: [0; WORDS], commands: u32::MAX };
        }
        let bit = 1_u64.wrapping_shl(index);
        let calls = if index < u64::BITS { [bit, 0] } else { [0, bit] };
        List { calls, commands: 0 }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.calls().filter(|call| *call != Call::FCNTL))
            .entries(self.fcntls())
            .finish()
    }
}

/// A command of `fcntl` that this crate gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Fcntl {
    /// `F_DUPFD_CLOEXEC`
    DupFdCloexec = 0,
    /// `F_SETFD`
    SetFd = 1,
    /// `F_GETFL`
    GetFl = 2,
    /// `F_SETFL`
    SetFl = 3,
    /// `F_GETPIPE_SZ`
    GetPipeSize = 4,
    /// `F_SETPIPE_SZ`
    SetPipeSize = 5,
    /// `F_ADD_SEALS`
    AddSeals = 6,
    /// `F_GET_SEALS`
    GetSeals = 7,
}

impl Fcntl {
    /// Every command.
    pub const ALL: [Fcntl; 8] = [
        Fcntl::DupFdCloexec,
        Fcntl::SetFd,
        Fcntl::GetFl,
        Fcntl::SetFl,
        Fcntl::GetPipeSize,
        Fcntl::SetPipeSize,
        Fcntl::AddSeals,
        Fcntl::GetSeals,
    ];

    /// The kernel's number of it.
    pub const fn as_raw(self) -> u32 {
        match self {
            Fcntl::DupFdCloexec => general::F_DUPFD_CLOEXEC,
            Fcntl::SetFd => general::F_SETFD,
            Fcntl::GetFl => general::F_GETFL,
            Fcntl::SetFl => general::F_SETFL,
            Fcntl::GetPipeSize => general::F_GETPIPE_SZ,
            Fcntl::SetPipeSize => general::F_SETPIPE_SZ,
            Fcntl::AddSeals => general::F_ADD_SEALS,
            Fcntl::GetSeals => general::F_GET_SEALS,
        }
    }

    /// The kernel's name of it, as strace prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Fcntl::DupFdCloexec => "F_DUPFD_CLOEXEC",
            Fcntl::SetFd => "F_SETFD",
            Fcntl::GetFl => "F_GETFL",
            Fcntl::SetFl => "F_SETFL",
            Fcntl::GetPipeSize => "F_GETPIPE_SZ",
            Fcntl::SetPipeSize => "F_SETPIPE_SZ",
            Fcntl::AddSeals => "F_ADD_SEALS",
            Fcntl::GetSeals => "F_GET_SEALS",
        }
    }

    const fn bit(self) -> u32 {
        1_u32.wrapping_shl(self as u32)
    }
}

impl fmt::Debug for Fcntl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
