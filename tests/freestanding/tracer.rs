//! Every syscall of a program and of its children, from the end of its execve on.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;

use crate::trace::Syscall;

/// A process and its calls, by name.
pub type Process = (libc::pid_t, Vec<String>);

/// Runs a program under ptrace: the calls of each process, in the order in which they began, and the wait status of the
/// first. `entered` is told of each call as it is entered.
///
/// # Errors
/// ptrace is refused here.
pub fn traced(
    command: &mut Command,
    mut entered: impl FnMut(libc::pid_t, &str),
) -> io::Result<(Vec<Process>, i32)> {
    let trace_me = || {
        // SAFETY: no memory is read or written.
        unsafe { libc::alarm(60) }; // a program that hangs is not waited for
        // SAFETY: as above.
        match unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    };
    // SAFETY: two calls, and no allocation.
    let first = unsafe { command.pre_exec(trace_me) }.spawn()?.id() as libc::pid_t;
    let mut processes: Vec<Process> = vec![(first, Vec::new())];
    let mut new = BTreeMap::from([(first, true)]);
    let mut first_status = None;
    while !new.is_empty() {
        let mut status = 0;
        // Of this thread's children alone: others test beside us.
        // SAFETY: the status is ours to write.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
        if pid < 0 {
            return Err(io::Error::last_os_error());
        }
        if !libc::WIFSTOPPED(status) {
            new.remove(&pid);
            first_status = first_status.or((pid == first).then_some(status));
            continue;
        }
        let mut signal = 0;
        match (status >> 16, libc::WSTOPSIG(status)) {
            (0, IN_A_CALL) => {
                if let Some(number) = entry(pid)? {
                    let name = Syscall { number, args: [0; 6], result: 0 }.name();
                    entered(pid, &name);
                    processes
                        .iter_mut()
                        .filter(|(p, _)| *p == pid)
                        .for_each(|(_, calls)| calls.push(name.clone()));
                }
            }
            (libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE, _) => {
                let mut child: libc::c_ulong = 0;
                request(libc::PTRACE_GETEVENTMSG, pid, 0, (&raw mut child).addr())?;
                processes.push((child as libc::pid_t, Vec::new()));
                new.entry(child as libc::pid_t).or_insert(true);
            }
            (1.., _) => {}
            // The stop that a process begins with.
            (_, _) if new.insert(pid, false) != Some(false) => {
                let options = libc::PTRACE_O_TRACESYSGOOD
                    | libc::PTRACE_O_EXITKILL
                    | libc::PTRACE_O_TRACEFORK
                    | libc::PTRACE_O_TRACEVFORK
                    | libc::PTRACE_O_TRACECLONE;
                request(libc::PTRACE_SETOPTIONS, pid, 0, options as usize)?;
            }
            (_, other) => signal = other as usize,
        }
        request(libc::PTRACE_SYSCALL, pid, 0, signal)?;
    }
    Ok((processes, first_status.unwrap_or(-1)))
}

/// At a syscall's entry, its number.
fn entry(pid: libc::pid_t) -> io::Result<Option<u64>> {
    /// The beginning of C's `struct ptrace_syscall_info`.
    #[repr(C)]
    #[derive(Default)]
    struct Info {
        op: u8,
        pad: [u8; 3],
        arch: u32,
        instruction_pointer: u64,
        stack_pointer: u64,
        number: u64,
    }
    let mut info = Info::default();
    request(0x420e, pid, size_of::<Info>(), ptr::from_mut(&mut info).addr())?;
    Ok((info.op == 1).then_some(info.number))
}

fn request(request: u32, pid: libc::pid_t, address: usize, data: usize) -> io::Result<()> {
    // SAFETY: what the kernel writes, it writes to what `data` points to, which is as large as it is told.
    match unsafe { libc::ptrace(request as _, pid, address, data) } {
        // Killed meanwhile: the wait that follows tells.
        -1 if io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH) => {
            Err(io::Error::last_os_error())
        }
        _ => Ok(()),
    }
}

/// A stop in a syscall, as `PTRACE_O_TRACESYSGOOD` has it told.
const IN_A_CALL: i32 = libc::SIGTRAP | 0x80;
