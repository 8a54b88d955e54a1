//! A list made into the kernel's instructions, and put in front of the process.

use super::{List, number};
use crate::error::{Call, Errno, Error, Result};
use crate::sys::seccomp::{Threads, no_new_privileges, set_filter};
use linux_raw_sys::ptrace as bpf;

/// What becomes of a call that is not on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, u32)]
pub enum Action {
    /// The process dies of SIGSYS.
    Kill,
    /// The call is not made and fails with this errno.
    Errno(Errno),
    /// The call is made, and the kernel's log tells of it: to find out what a list lacks.
    Log,
}

/// One instruction of a filter: C's `struct sock_filter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Instruction {
    /// What to do.
    pub code: u16,
    /// How many instructions to pass over where a comparison holds.
    pub jump_true: u8,
    /// How many where it does not.
    pub jump_false: u8,
    /// The operand.
    pub operand: u32,
}

impl Instruction {
    /// To fill a buffer with, for [`Filter::new`].
    pub const NONE: Instruction = Instruction { code: 0, jump_true: 0, jump_false: 0, operand: 0 };
}

/// Room for a filter of any [`List`], without numbers of the program's own.
pub const ROOM: usize = 128;

/// The most that the kernel takes.
const MOST: usize = bpf::BPF_MAXINSNS as usize;

/// A filter that is ready to be put in front of the process, in the caller's buffer.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Filter<'b> {
    program: &'b [Instruction],
}

impl<'b> Filter<'b> {
    /// Makes a filter in `buf` that lets the calls of `list` through, with their [checks](List::check), and those
    /// that have one of the `numbers`, with any arguments; everything else meets `action`.
    ///
    /// The numbers are for what the rest of the program calls. Calls of another architecture, and of x32 on
    /// x86-64, end the process whatever the action: what they mean is not what their numbers say.
    ///
    /// # Errors
    /// `EMSGSIZE`: `buf` is too small; [`needed`](Error::needed) tells how many instructions it takes. [`ROOM`] is
    /// enough where there are no numbers. `EINVAL`: more numbers than a filter can have. `ENOSYS`: an architecture that this crate has no numbers for.
    ///
    /// # Examples
    /// ```
    /// use rawipc::Errno;
    /// use rawipc::seccomp::{Action, Filter, Instruction, List, ROOM};
    ///
    /// let mut buf = [Instruction::NONE; ROOM];
    /// let filter = Filter::new(List::PIPE_WRITER.and(List::EXIT), &[], Action::Kill, &mut buf)?;
    /// assert!(filter.instructions().len() < 30);
    /// let e = Filter::new(List::PIPE, &[], Action::Kill, &mut buf[..3]).unwrap_err();
    /// assert_eq!(e.errno(), Errno::MSGSIZE);
    /// assert!(e.needed().unwrap() < ROOM);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    pub fn new(
        list: List,
        numbers: &[u32],
        action: Action,
        buf: &'b mut [Instruction],
    ) -> Result<Filter<'b>> {
        let refused = |errno| Error::argument(Call::SECCOMP, errno);
        let Some(architecture) = number::ARCHITECTURE else { return Err(refused(Errno::NOSYS)) };
        let verdict = action.verdict();
        let mut program = Program { buf, len: 0 };
        program.native_only(architecture);
        let unchecked = list.calls().filter(|call| list.check(*call).is_none());
        let stand_ins = list.calls().filter_map(number::stand_in);
        program
            .allow_any(numbers.iter().copied().chain(unchecked.filter_map(number::number)).chain(stand_ins));
        for call in list.calls() {
            if let (Some(check), Some(number)) = (list.check(call), number::number(call)) {
                program.allow_checked(number, &check, verdict);
            }
        }
        program.put(RETURN, verdict);

        let Program { buf, len } = program;
        if len > MOST {
            return Err(refused(Errno::INVAL));
        }
        let program = buf.get(..len).ok_or(refused(Errno::MSGSIZE).with_needed(len))?;
        Ok(Filter { program })
    }

    /// The instructions, to look at or to install by other means.
    pub fn instructions(&self) -> &'b [Instruction] {
        self.program
    }

    /// `prctl(PR_SET_NO_NEW_PRIVS)`, `seccomp(SECCOMP_SET_MODE_FILTER)` — puts the filter in front of the calling
    /// thread, and of whatever it forks, starts or executes from now on. Nothing takes it away again.
    ///
    /// A further filter can only take more away; to install one, [`List::SECCOMP`] must be in the first.
    ///
    /// # Errors
    /// `EINVAL`: this kernel has no filters. `ENOMEM`: with those before it, they are too long.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused by the kernel | `prctl` `seccomp` |
    /// | no `prctl`, because of an earlier filter | `prctl` |
    ///
    /// # References
    /// [seccomp(2)](https://man7.org/linux/man-pages/man2/seccomp.2.html),
    /// [PR_SET_NO_NEW_PRIVS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_NO_NEW_PRIVS.2const.html)
    pub fn install(&self) -> Result<()> {
        self.put_before(Threads::Own)
    }

    /// [`install`](Self::install), with `SECCOMP_FILTER_FLAG_TSYNC` — puts the filter in front of every thread of
    /// the process.
    ///
    /// # Errors
    /// As [`install`](Self::install); `ESRCH`: a thread has a filter that this one has not.
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`install`](Self::install).
    pub fn install_on_all_threads(&self) -> Result<()> {
        self.put_before(Threads::All)
    }

    fn put_before(&self, threads: Threads) -> Result<()> {
        no_new_privileges()?;
        // SAFETY: an `Instruction` is laid out as `struct sock_filter`, and `len` is no more than there are.
        unsafe { set_filter(threads, self.program.as_ptr().cast(), self.program.len() as u16) }
    }
}

impl Action {
    /// The answer of a filter.
    fn verdict(self) -> u32 {
        match self {
            Action::Kill => bpf::SECCOMP_RET_KILL_PROCESS,
            Action::Errno(errno) => {
                bpf::SECCOMP_RET_ERRNO | errno.raw_os_error() as u32 & bpf::SECCOMP_RET_DATA
            }
            Action::Log => bpf::SECCOMP_RET_LOG,
        }
    }
}

const LOAD: u16 = (bpf::BPF_LD | bpf::BPF_W | bpf::BPF_ABS) as u16;
const AND: u16 = (bpf::BPF_ALU | bpf::BPF_AND | bpf::BPF_K) as u16;
const JUMP_EQUAL: u16 = (bpf::BPF_JMP | bpf::BPF_JEQ | bpf::BPF_K) as u16;
const JUMP_FROM: u16 = (bpf::BPF_JMP | bpf::BPF_JGE | bpf::BPF_K) as u16;
const RETURN: u16 = (bpf::BPF_RET | bpf::BPF_K) as u16;

/// In `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;
const LOW_HALF: u32 = if cfg!(target_endian = "big") { 4 } else { 0 };

/// A jump passes over no more than 255 instructions; shorter stretches are as good.
const STRETCH: usize = 128;

/// Writes as far as there is room, and counts on.
struct Program<'b> {
    buf: &'b mut [Instruction],
    len: usize,
}

impl Program<'_> {
    fn put(&mut self, code: u16, operand: u32) {
        self.put_jump(code, operand, 0, 0);
    }

    fn put_jump(&mut self, code: u16, operand: u32, jump_true: u8, jump_false: u8) {
        if let Some(place) = self.buf.get_mut(self.len) {
            *place = Instruction { code, jump_true, jump_false, operand };
        }
        self.len = self.len.saturating_add(1);
    }

    /// Ends the process where the call is not of this architecture; leaves its number to be compared.
    fn native_only(&mut self, architecture: u32) {
        self.put(LOAD, ARCHITECTURE);
        self.put_jump(JUMP_EQUAL, architecture, 1, 0);
        self.put(RETURN, bpf::SECCOMP_RET_KILL_PROCESS);
        self.put(LOAD, NUMBER);
        if let Some(first) = number::FOREIGN_FROM {
            self.put_jump(JUMP_FROM, first, 0, 1);
            self.put(RETURN, bpf::SECCOMP_RET_KILL_PROCESS);
        }
    }

    /// Lets through where what was loaded is one of the values, else goes on behind.
    fn allow_any(&mut self, values: impl Iterator<Item = u32> + Clone) {
        let mut left = values.clone().count();
        let mut ahead: usize = 0;
        for value in values {
            if ahead == 0 {
                ahead = left.min(STRETCH);
                left = left.saturating_sub(ahead);
            }
            ahead = ahead.saturating_sub(1);
            self.put_jump(JUMP_EQUAL, value, ahead as u8, (ahead == 0) as u8);
            if ahead == 0 {
                self.put(RETURN, bpf::SECCOMP_RET_ALLOW);
            }
        }
    }

    /// Where the number is this, the argument decides.
    fn allow_checked(&mut self, number: u32, check: &super::Check, verdict: u32) {
        let masked = check.mask != u32::MAX;
        // Load, mask, the values, and both answers.
        let len = check.values().len().saturating_add(if masked { 4 } else { 3 });
        self.put_jump(JUMP_EQUAL, number, 0, len as u8);
        self.put(LOAD, check.arg.saturating_mul(8).saturating_add(ARGUMENTS).saturating_add(LOW_HALF));
        if masked {
            self.put(AND, check.mask);
        }
        self.allow_any(check.values().iter().copied());
        self.put(RETURN, verdict);
    }
}
