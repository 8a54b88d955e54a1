//! The traced child, and ptrace.

use std::ptr;
use std::sync::atomic::Ordering;

use super::log::Act;
use super::{ALARM_SECONDS, CUES, Failure, errno};

/// C's `struct ptrace_syscall_info`.
#[repr(C)]
#[derive(Default)]
pub(super) struct Info {
    pub(super) op: u8,
    pad: [u8; 3],
    arch: u32,
    instruction_pointer: u64,
    stack_pointer: u64,
    /// Entry, and behind a filter: number, six arguments. Exit: result.
    pub(super) data: [u64; 8],
}

impl Info {
    pub(super) const ENTRY: u8 = 1;
    pub(super) const EXIT: u8 = 2;
    pub(super) const SECCOMP: u8 = 3;
}

/// The child, held at a gate until the tracer has it; killed and reaped on drop.
pub(super) struct Child {
    pid: libc::pid_t,
    go: libc::c_int,
    reaped: std::cell::Cell<bool>,
}

impl Child {
    pub(super) fn start(work: impl FnOnce()) -> Result<Child, Failure> {
        let mut gate = [0; 2];
        let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC;
        // SAFETY: room for two descriptors.
        if unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, gate.as_mut_ptr()) } != 0 {
            return Err(Failure::Wait(errno()));
        }
        let [wait, go] = gate;
        // SAFETY: the child only runs `work` and exits.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            held(wait, go);
            work();
            // SAFETY: ends the child here; nothing of the parent's is run a second time.
            unsafe { libc::_exit(0) };
        }
        let failed = errno();
        // SAFETY: ours, and not used again.
        unsafe { libc::close(wait) };
        if pid < 0 {
            // SAFETY: as above.
            unsafe { libc::close(go) };
            return Err(Failure::Wait(failed));
        }
        Ok(Child { pid, go, reaped: std::cell::Cell::new(false) })
    }

    /// Takes the child under ptrace and lets it go on to its first syscall stop.
    pub(super) fn seize(&self) -> Result<(), Failure> {
        let options = libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_EXITKILL | libc::PTRACE_O_TRACESECCOMP;
        self.request(libc::PTRACE_SEIZE, options as usize)?;
        self.request(libc::PTRACE_INTERRUPT, 0)?;
        self.wait()?;
        self.signal_go();
        Ok(())
    }

    /// One byte into the gate: the child may begin, or a cue.
    fn signal_go(&self) {
        // SAFETY: one byte from a live buffer.
        unsafe { libc::write(self.go, [0u8].as_ptr().cast(), 1) };
    }

    /// The peer of a held call has done its part, or is dead.
    fn await_done(&self) {
        let mut byte = [0u8];
        // SAFETY: one byte of room.
        while unsafe { libc::read(self.go, byte.as_mut_ptr().cast(), 1) } < 0 && errno() == libc::EINTR {}
    }

    /// From stop to stop until the child has ended; returns its wait status.
    pub(super) fn run(&self, mut take: impl FnMut(&Info) -> Act) -> Result<i32, Failure> {
        let mut signal = 0;
        loop {
            self.request(libc::PTRACE_SYSCALL, signal)?;
            let status = self.wait()?;
            signal = 0;
            if !libc::WIFSTOPPED(status) {
                return Ok(status);
            }
            let (event, stop) = (status >> 16, libc::WSTOPSIG(status));
            match (event, stop) {
                (libc::PTRACE_EVENT_SECCOMP, _) => self.act(take(&self.info()?))?,
                (0, IN_A_CALL) => self.act(take(&self.info()?))?,
                (PTRACE_EVENT_STOP, libc::SIGSTOP) => self.go_on()?,
                // The trap of an event: nothing to hand on.
                (1.., _) => {}
                _ => signal = stop as usize,
            }
        }
    }

    fn act(&self, act: Act) -> Result<(), Failure> {
        match act {
            Act::Nothing => {}
            Act::Cue { held } => {
                self.signal_go();
                if held {
                    self.await_done();
                }
            }
            // SAFETY: plain numbers. To the one thread that is traced: what it does next ends with it.
            Act::Stop => drop(unsafe { libc::syscall(libc::SYS_tgkill, self.pid, self.pid, libc::SIGSTOP) }),
            Act::Skip => self.set_number(-1)?,
            Act::Return(result) => self.set_result(result)?,
        }
        Ok(())
    }

    /// All of the child is stopped: it stays so, as one that nobody traces would, and is continued.
    fn go_on(&self) -> Result<(), Failure> {
        self.request(libc::PTRACE_LISTEN, 0)?;
        // SAFETY: our own child, not reaped yet.
        unsafe { libc::kill(self.pid, libc::SIGCONT) };
        self.wait().map(drop)
    }

    fn info(&self) -> Result<Info, Failure> {
        let mut info = Info::default();
        // SAFETY: the kernel writes no more than the length given.
        let n =
            unsafe { libc::ptrace(GET_SYSCALL_INFO, self.pid, size_of::<Info>(), ptr::from_mut(&mut info)) };
        match n {
            1.. => Ok(info),
            _ if errno() == libc::ESRCH => Err(Failure::Wait(libc::ESRCH)),
            _ => Err(Failure::Refused(errno())),
        }
    }

    /// At the entry of a syscall: makes it another one; −1 is none.
    #[cfg(target_arch = "x86_64")]
    fn set_number(&self, number: i64) -> Result<(), Failure> {
        self.poke(libc::ORIG_RAX, number)
    }

    /// At the exit of a syscall: what it returns.
    #[cfg(target_arch = "x86_64")]
    fn set_result(&self, result: i64) -> Result<(), Failure> {
        self.poke(libc::RAX, result)
    }

    #[cfg(target_arch = "x86_64")]
    fn poke(&self, register: libc::c_int, value: i64) -> Result<(), Failure> {
        let at = register as usize * size_of::<u64>();
        // SAFETY: writes a register of the child, and no memory of ours.
        match unsafe { libc::ptrace(libc::PTRACE_POKEUSER, self.pid, at, value) } {
            -1 => Err(Failure::Refused(errno())),
            _ => Ok(()),
        }
    }

    /// At the entry of a syscall: makes it another one; −1 is none. Linux 6.16.
    #[cfg(not(target_arch = "x86_64"))]
    fn set_number(&self, number: i64) -> Result<(), Failure> {
        let mut info = self.info()?;
        info.data[0] = number as u64;
        self.set_info(&info)
    }

    /// At the exit of a syscall: what it returns. Linux 6.16.
    #[cfg(not(target_arch = "x86_64"))]
    fn set_result(&self, result: i64) -> Result<(), Failure> {
        let mut info = self.info()?;
        info.data[0] = result as u64;
        info.data[1] = u64::from((-4095..0).contains(&result)); // the byte that says "an error"
        self.set_info(&info)
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn set_info(&self, info: &Info) -> Result<(), Failure> {
        const PTRACE_SET_SYSCALL_INFO: Request = 0x4212;
        // SAFETY: the kernel reads no more than the length given.
        match unsafe {
            libc::ptrace(PTRACE_SET_SYSCALL_INFO, self.pid, size_of::<Info>(), ptr::from_ref(info))
        } {
            -1 => Err(Failure::Refused(errno())),
            _ => Ok(()),
        }
    }

    fn request(&self, request: Request, data: usize) -> Result<(), Failure> {
        // SAFETY: these requests read and write no memory of ours.
        match unsafe { libc::ptrace(request, self.pid, 0usize, data) } {
            // Killed meanwhile: the wait that follows tells.
            -1 if errno() == libc::ESRCH => Ok(()),
            -1 => Err(Failure::Refused(errno())),
            _ => Ok(()),
        }
    }

    fn wait(&self) -> Result<i32, Failure> {
        let mut status = 0;
        loop {
            // SAFETY: the status is ours to write.
            match unsafe { libc::waitpid(self.pid, &raw mut status, libc::__WALL) } {
                -1 if errno() == libc::EINTR => {}
                -1 => return Err(Failure::Wait(errno())),
                _ => {
                    self.reaped.set(!libc::WIFSTOPPED(status));
                    return Ok(status);
                }
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again.
        unsafe { libc::close(self.go) };
        if !self.reaped.get() {
            // SAFETY: our own child, not reaped yet, so its number is still its own.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
            while self.wait().is_ok_and(|status| libc::WIFSTOPPED(status)) {}
        }
    }
}

/// In the child: dies with its parent, or by an alarm; and runs nothing until the tracer is there.
fn held(wait: libc::c_int, go: libc::c_int) {
    let mut byte = [0u8];
    // SAFETY: plain numbers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    // SAFETY: as above.
    unsafe { libc::alarm(ALARM_SECONDS) };
    // SAFETY: our copy of the parent's end, which would hide its closing from us.
    unsafe { libc::close(go) };
    // SAFETY: one byte of room. The interrupt that stops us here restarts the read.
    let n = unsafe { libc::read(wait, byte.as_mut_ptr().cast(), 1) };
    CUES.store(wait, Ordering::Relaxed);
    if n != 1 {
        // SAFETY: no tracer is coming.
        unsafe { libc::_exit(1) };
    }
}

/// A stop in a syscall, as `PTRACE_O_TRACESYSGOOD` has it told.
const IN_A_CALL: i32 = libc::SIGTRAP | 0x80;

/// A group stop, of who is seized.
const PTRACE_EVENT_STOP: i32 = 128;

#[cfg(target_env = "musl")]
type Request = libc::c_int;
#[cfg(not(target_env = "musl"))]
type Request = libc::c_uint;

/// `PTRACE_GET_SYSCALL_INFO`, which libc has for glibc alone.
const GET_SYSCALL_INFO: Request = 0x420e;
