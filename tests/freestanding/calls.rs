//! Nothing before main, nothing after it, and in between what the functions' tables say.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::programs::programs;
use crate::scratch::Scratch;
use crate::skip::skip;
use crate::tracer::{Process, traced};

/// The calls of each process, without the waits: a call that had to be made again after a `ppoll`. `None`, with the
/// reason printed, where nothing can be traced.
fn calls(command: &mut Command, entered: impl FnMut(libc::pid_t, &str)) -> Option<(Vec<String>, i32)> {
    match traced(command.stdout(Stdio::null()), entered) {
        Ok((processes, status)) => {
            Some((processes.into_iter().map(|(_, calls): Process| without_waits(calls)).collect(), status))
        }
        Err(e) => {
            skip(&format!("the calls of a freestanding program: ptrace: {e}"));
            None
        }
    }
}

fn without_waits(calls: Vec<String>) -> String {
    let mut kept: Vec<String> = Vec::new();
    for call in calls {
        match kept.as_slice() {
            [.., before, wait] if wait == "ppoll" && *before == call => drop(kept.pop()),
            _ => kept.push(call),
        }
    }
    kept.join(" ")
}

/// Runs one of the programs in a directory of its own.
fn of(program: &Path, args: &[&str], entered: impl FnMut(libc::pid_t, &str)) -> Option<(Vec<String>, i32)> {
    let here = Scratch::new();
    let mut command = Command::new(program);
    let ran = calls(command.args(args).current_dir(here.path()), entered)?;
    assert!(here.files().is_empty(), "{:?}", here.files());
    Some(ran)
}

/// What is wrong with what was traced, one finding for each process.
fn differences(traced: &[String], expected: &[&str]) -> Vec<String> {
    // A kernel before 6.18 has no RWF_NOSIGNAL.
    let write = "pwritev2 rt_sigprocmask writev rt_sigprocmask";
    let traced: Vec<String> = traced.iter().map(|calls| calls.replace(write, "pwritev2")).collect();
    let pairs = traced.iter().zip(expected).filter(|(is, should)| is != should);
    let mut found: Vec<String> = pairs.map(|(is, should)| format!("\n  {is}\nand not\n  {should}")).collect();
    if traced.len() != expected.len() {
        found.push(format!("{} processes and not {}", traced.len(), expected.len()));
    }
    found
}

#[test]
fn the_pipe_makes_these_calls_and_no_other() {
    let parent = "pipe2 clone close read write wait4 close exit_group";
    let child = "close pwritev2 close exit_group";
    let Some(programs) = programs() else { return };
    let Some((traced, status)) = of(&programs.join("pipe"), &[], |_, _| {}) else { return };
    println!("pipe\n  {}", traced.join("\n  "));
    assert_eq!((differences(&traced, &[parent, child]), status), (vec![], 0));
}

/// Between the start and the end of every, in Rust or in C. What goes out of scope is closed, in Rust.
fn every(program: &Path, closes: bool) {
    let ring = "socketpair eventfd2 write eventfd2 write \
        epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait \
        mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close \
        memfd_create fallocate fcntl mmap fcntl mmap close membarrier";
    let parent = format!(
        "pipe2 pipe2 pipe2 mmap {ring} socketpair socketpair socketpair mknodat openat fstat geteuid clone \
         pwritev2 read close close write \
         read write read write write write recvfrom write recvfrom write recvfrom write \
         newfstatat unlinkat wait4 exit_group"
    );
    let child =
        "pwritev2 openat fstat geteuid fcntl pwritev2 close sendto sendto sendto read pwritev2 exit_group";
    let scopes = |calls: &str| match closes {
        true => calls.to_string(),
        false => calls.replace("read close close write", "read write").replace("pwritev2 close", "pwritev2"),
    };
    let Some((traced, status)) = of(program, &[], |_, _| {}) else { return };
    println!("{}\n  {}", program.display(), traced.join("\n  "));
    assert_eq!((differences(&traced, &[&scopes(&parent), &scopes(child)]), status), (vec![], 0));
}

#[test]
fn every_mechanism_makes_these_calls_and_no_other() {
    let Some(programs) = programs() else { return };
    every(&programs.join("every"), true);
}

#[test]
fn so_does_the_one_in_c() {
    let Some(program) = crate::c::every() else { return };
    every(program, false);
}

#[test]
fn the_init_makes_these_calls_and_no_other() {
    let calls = "rt_sigaction rt_sigaction rt_sigprocmask \
        socket openat fstat geteuid flock newfstatat fchmod bind newfstatat getpid write \
        recvmsg ppoll rt_sigreturn rt_sigprocmask rt_sigprocmask wait4 \
        getpid newfstatat unlinkat newfstatat unlinkat close close write exit_group";
    let terminate = |pid, call: &str| {
        if call == "ppoll" {
            // SAFETY: the child of this thread, which is traced, and so not reaped yet.
            unsafe { libc::kill(pid, libc::SIGTERM) };
        }
    };
    let Some(programs) = programs() else { return };
    let Some((traced, status)) = of(&programs.join("init"), &["socket"], terminate) else { return };
    println!("init\n  {}", traced.join("\n  "));
    assert_eq!((differences(&traced, &[calls]), status), (vec![], 0));
}

#[test]
fn a_hidden_call_is_flagged() {
    // A program with a libc makes some before its main.
    let Some((traced, _)) = calls(&mut Command::new("true"), |_, _| {}) else { return };
    assert!(!differences(&traced, &["exit_group"]).is_empty(), "{traced:?}");
    let pipe = |calls: &str| differences(&[calls.into()], &["pipe2 read exit_group"]).len();
    let wrong =
        ["pipe2 read", "read pipe2 exit_group", "pipe2 prctl read exit_group", "pipe2 read close exit_group"];
    assert_eq!((pipe("pipe2 read exit_group"), wrong.map(pipe)), (0, [1; 4]));
    let waits = ["read", "ppoll", "read", "ppoll", "read", "ppoll", "close"].map(String::from).to_vec();
    assert_eq!(without_waits(waits), "read ppoll close");
}
