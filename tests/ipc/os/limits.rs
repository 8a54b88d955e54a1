//! Limits and refusals: RLIMIT_NOFILE, and syscalls that an older kernel does not know.

use super::check;

/// Lets this process have descriptors below `n` only.
pub fn limit_descriptors(n: u64) {
    let limit = libc::rlimit { rlim_cur: n as libc::rlim_t, rlim_max: hard_limit() };
    // SAFETY: a valid limit.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, "setrlimit");
}

/// As many as the hard limit lets us have.
pub fn unlimit_descriptors() {
    limit_descriptors(hard_limit() as u64);
}

fn hard_limit() -> libc::rlim_t {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for a limit.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, "getrlimit");
    limit.rlim_max
}

/// From here on syscall `nr` answers `errno` in this process and its children, where (`arg`, `bits`) is given
/// only if argument number `arg` has one of `bits` set.
pub fn refuse(nr: libc::c_long, errno: i32, argument: Option<(u32, u32)>) {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const ANY_OF: u16 = (libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let op = |code, k, jt, jf| libc::sock_filter { code, jt, jf, k };

    let (offset, code, bits) = match argument {
        // struct seccomp_data: nr, arch, instruction pointer, then the arguments as 64 bits each, low half first.
        Some((n, bits)) => (16 + 8 * n, ANY_OF, bits),
        // Always true: the number itself again.
        None => (0, EQUAL, nr as u32),
    };
    let mut program = [
        op(LOAD, 0, 0, 0),
        op(EQUAL, nr as u32, 0, 3),
        op(LOAD, offset, 0, 0),
        op(code, bits, 0, 1),
        op(RETURN, libc::SECCOMP_RET_ERRNO | (errno as u32), 0, 0),
        op(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0),
    ];
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    let [zero, one]: [libc::c_ulong; 2] = [0, 1];
    // SAFETY: a call without pointers.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) }, "PR_SET_NO_NEW_PRIVS");
    let mode = libc::SECCOMP_MODE_FILTER as libc::c_ulong;
    // SAFETY: a valid program of that many instructions.
    let ret = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const filter) };
    check(ret, "PR_SET_SECCOMP");
}

/// Runs `work` while no more than `bytes` can be mapped beyond what is.
pub fn with_little_address_space<T>(bytes: libc::rlim_t, work: impl FnOnce() -> T) -> T {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("statm");
    let pages: libc::rlim_t = statm.split(' ').next().and_then(|n| n.parse().ok()).expect("pages");
    let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for a limit.
    check(unsafe { libc::getrlimit(libc::RLIMIT_AS, &mut before) }, "getrlimit");
    let limit = libc::rlimit { rlim_cur: pages * 4096 + bytes, ..before };
    // SAFETY: a valid limit.
    check(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, "setrlimit");
    let answer = work();
    // SAFETY: what getrlimit gave us.
    check(unsafe { libc::setrlimit(libc::RLIMIT_AS, &before) }, "setrlimit");
    answer
}
