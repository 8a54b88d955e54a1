//! The init as PID 1 of a PID namespace of its own: it answers, reaps what is left behind, and leaves on SIGTERM.

use std::ffi::CString;
use std::fs;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::programs::programs;
use crate::scratch::Scratch;
use crate::skip::skip;

/// More than anything here takes.
const LONG: Duration = Duration::from_secs(30);

/// A program as PID 1; it is killed, and all of its namespace with it, on drop.
struct First {
    pid: libc::pid_t,
    /// Its standard output.
    says: fs::File,
    status: Option<i32>,
}

impl First {
    /// `None`, with the reason printed, where no PID namespace is to be had.
    fn start(program: &Path, args: &[&str]) -> Option<First> {
        let c = |text: &[u8]| CString::new(text).unwrap();
        let program = c(program.as_os_str().as_bytes());
        let args: Vec<CString> =
            std::iter::once(program.clone()).chain(args.iter().map(|a| c(a.as_bytes()))).collect();
        let argv: Vec<*const libc::c_char> =
            args.iter().map(|a| a.as_ptr()).chain([std::ptr::null()]).collect();
        let mut ends = [0; 2];
        // SAFETY: room for two descriptors.
        assert_eq!(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }, 0);
        // SAFETY: new, and nobody else's.
        let [says, said] = ends.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
        // A user namespace lets anybody have the other; who has the right to it needs none.
        for flags in [libc::CLONE_NEWUSER | libc::CLONE_NEWPID, libc::CLONE_NEWPID] {
            // SAFETY: as fork; the child makes calls alone until it is another program.
            let pid = unsafe { libc::syscall(libc::SYS_clone, flags | libc::SIGCHLD, 0, 0, 0, 0) };
            if pid == 0 {
                // SAFETY: plain numbers.
                unsafe { libc::dup2(said.as_raw_fd(), 1) };
                // SAFETY: the arguments are there, and end with a null; so does the environment.
                unsafe { libc::execve(program.as_ptr(), argv.as_ptr(), argv.as_ptr().add(args.len())) };
                // SAFETY: ends the child.
                unsafe { libc::_exit(127) };
            }
            if pid > 0 {
                return Some(First { pid: pid as libc::pid_t, says: says.into(), status: None });
            }
        }
        skip(&format!("the init: no PID namespace: {}", io::Error::last_os_error()));
        None
    }

    /// What it says next.
    fn line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while self.says.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
            line.extend(byte);
        }
        String::from_utf8(line).unwrap()
    }

    fn terminate(&self) {
        // SAFETY: our own child, not reaped yet.
        assert_eq!(unsafe { libc::kill(self.pid, libc::SIGTERM) }, 0);
    }

    /// Its wait status, if it ends in this time.
    fn ended(&mut self, within: Duration) -> Option<i32> {
        let until = Instant::now() + within;
        loop {
            let mut status = 0;
            // SAFETY: the status is ours to write.
            match unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) } {
                0 if Instant::now() > until => return None,
                0 => std::thread::sleep(Duration::from_millis(5)),
                _ => {
                    self.status = Some(status);
                    return self.status;
                }
            }
        }
    }

    /// Processes that have ended, and that it has not reaped.
    fn unreaped(&self) -> Vec<String> {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid)).unwrap();
        let state = |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        children.split_whitespace().filter(|pid| state(pid).contains(") Z ")).map(String::from).collect()
    }

    /// Its number where it lives.
    fn own_number(&self) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap();
        let numbers = status.lines().find_map(|l| l.strip_prefix("NSpid:")).unwrap();
        numbers.split_whitespace().last().unwrap().into()
    }
}

impl Drop for First {
    fn drop(&mut self) {
        if self.status.is_none() {
            // SAFETY: our own child, not reaped yet.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
            self.ended(LONG);
        }
    }
}

/// The init, ready, and a client of it.
fn start() -> Option<(First, UnixDatagram, PathBuf, Scratch)> {
    let here = Scratch::new();
    let path = here.path().join("init");
    let mut init = First::start(&programs()?.join("init"), &[path.to_str().unwrap()])?;
    assert_eq!(init.line(), "init: ready");
    let client = UnixDatagram::bind(here.path().join("client")).unwrap();
    client.set_read_timeout(Some(LONG)).unwrap();
    client.set_write_timeout(Some(LONG)).unwrap();
    Some((init, client, path, here))
}

fn ask(client: &UnixDatagram, init: &Path, request: &str) -> String {
    client.send_to(request.as_bytes(), init).unwrap();
    let mut room = [0; 64];
    let len = client.recv(&mut room).unwrap();
    String::from_utf8_lossy(&room[..len]).into_owned()
}

/// That it left by itself, and left nothing behind.
fn left(init: &mut First, here: &Scratch) {
    assert_eq!(init.ended(LONG), Some(0), "the wait status");
    assert_eq!(init.line(), "init: terminated");
    assert_eq!(here.files(), ["client"]);
}

#[test]
fn it_serves_reaps_and_leaves() {
    let Some((mut init, client, path, here)) = start() else { return };
    assert_eq!(init.own_number(), "1");
    assert_eq!(ask(&client, &path, "hello"), "hello");
    client.send_to(b"", &path).unwrap(); // of a client that is not as it should be
    assert_eq!(ask(&client, &path, "reaped"), "0");
    for _ in 0..5 {
        assert_eq!(ask(&client, &path, "run"), "ok");
    }
    let until = Instant::now() + LONG;
    while ask(&client, &path, "reaped") != "10" {
        assert!(Instant::now() < until, "{} of 10 are reaped", ask(&client, &path, "reaped"));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(init.unreaped().is_empty());
    init.terminate();
    left(&mut init, &here);
}

#[test]
fn it_leaves_while_somebody_asks_without_a_pause() {
    let Some((mut init, client, path, here)) = start() else { return };
    assert_eq!(ask(&client, &path, "hello"), "hello");
    // It is not to wait for a client that takes no answer, either.
    let flood = std::thread::spawn(move || while client.send_to(b"again", &path).is_ok() {});
    init.terminate();
    left(&mut init, &here);
    flood.join().unwrap();
}

#[test]
fn a_program_that_is_no_init_is_flagged() {
    let sh = Path::new("/bin/sh");
    let Some(mut deaf) = First::start(sh, &["-c", "echo ready; exec sleep 1000"]) else { return };
    assert_eq!(deaf.line(), "ready");
    // The kernel drops what PID 1 has no handler for.
    deaf.terminate();
    assert_eq!(deaf.ended(Duration::from_millis(300)), None);

    let orphan = "(sleep 0 & echo $!); exec sleep 1000";
    let mut careless = First::start(sh, &["-c", orphan]).unwrap();
    careless.line();
    let until = Instant::now() + LONG;
    while careless.unreaped().is_empty() {
        assert!(Instant::now() < until, "the orphan is not seen");
        std::thread::sleep(Duration::from_millis(5));
    }
}
