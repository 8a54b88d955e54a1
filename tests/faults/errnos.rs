//! What each call is failed with: `errnos.txt`; and what it is not failed with, and why: `leftout.txt`.

use std::collections::BTreeMap;

/// Call to errnos, each once, with EINTR and ENOSYS.
pub struct Errnos(BTreeMap<String, Vec<i32>>);

impl Errnos {
    pub fn read() -> Errnos {
        let text = include_str!("errnos.txt");
        let lines = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
        Errnos(lines.map(line).collect())
    }

    /// Errnos that `call` is not failed with.
    pub fn left_out(call: &str) -> Vec<i32> {
        let lines = include_str!("leftout.txt").lines().filter(|l| !l.starts_with('#'));
        let of_call = lines.filter_map(|l| l.split_once(':')?.0.strip_prefix(call)?.strip_prefix(' '));
        of_call.flat_map(|errnos| errnos.split_whitespace().map(number)).collect()
    }

    /// `None`: the list lacks the call.
    pub fn of(&self, call: &str) -> Option<&[i32]> {
        self.0.get(call).map(Vec::as_slice)
    }
}

fn line(line: &str) -> (String, Vec<i32>) {
    let (call, errnos) = line.split_once(':').unwrap_or_else(|| panic!("errnos.txt: {line}"));
    let call = call.split(' ').next().unwrap_or_default();
    let named = errnos.split_whitespace().filter(|w| *w != "|");
    let mut all: Vec<i32> = named.chain(["EINTR", "ENOSYS"]).map(number).collect();
    all.sort_unstable();
    all.dedup();
    (call.into(), all)
}

fn number(name: &str) -> i32 {
    let known = NAMES.iter().find(|(_, n)| *n == name);
    known.unwrap_or_else(|| panic!("errnos.txt: no errno is called {name}")).0
}

/// `EINTR` for 4.
pub fn name(errno: i32) -> String {
    let known = NAMES.iter().find(|(n, _)| *n == errno);
    known.map_or_else(|| format!("errno {errno}"), |(_, name)| (*name).into())
}

macro_rules! names {
    ($($konst:ident)+) => { &[$((libc::$konst, stringify!($konst))),+] };
}

const NAMES: &[(i32, &str)] = names! {
    EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECONNABORTED ECONNREFUSED
    ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHWPOISON EINPROGRESS EINTR EINVAL EIO EISCONN
    EISDIR ELOOP EMFILE EMSGSIZE ENAMETOOLONG ENETUNREACH ENFILE ENOBUFS ENODATA ENODEV ENOENT ENOEXEC ENOLCK
    ENOMEM ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTSOCK ENOTTY ENXIO EOPNOTSUPP EOVERFLOW EPERM
    EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESHUTDOWN ESOCKTNOSUPPORT ESPIPE ESRCH ESTALE ETIMEDOUT
    ETOOMANYREFS ETXTBSY EMLINK EXDEV
};
