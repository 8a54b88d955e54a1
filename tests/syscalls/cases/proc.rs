//! What a process holds, by /proc.

use rawipc::Errno;
use rawipc::proc::{LINK_MAX, Link, Process, Table};

use super::fifo::std_path;
use super::pipe::drop_of;
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    processes(s);
    links(s);
    details(s);
    walking(s);
    ends(s);
}

fn processes(s: &mut Scenarios) {
    s.case("proc::Process::own", "ok", |t| t.ok(|| Process::own().map(std::mem::forget)));
    s.case("proc::Process::open", "ok", |t| t.ok(|| Process::open(1).map(std::mem::forget)));
    s.case("proc::Process::open", "no such process", |t| t.err(Errno::SRCH, || Process::open(i32::MAX)));
    s.case("proc::Process::open", "refused", |t| t.err(Errno::INVAL, || Process::open(0)));
    s.case("proc::Process", "drop", |t| drop_of(t, Process::own()?));
    s.case("proc::Table", "drop", |t| {
        let (me, mut names) = (Process::own()?, [0; 64]);
        drop_of(t, me.descriptors(&mut names)?)
    });
    let descriptors = "proc::Process::descriptors";
    let table = |me: &Process| me.descriptors(&mut [0; 64]).map(std::mem::forget);
    s.case(descriptors, "ok", move |t| t.ok_with(Process::own()?, |me| table(me)));
    for (case, errno) in [("not ours", Errno::ACCESS), ("gone", Errno::SRCH)] {
        s.case(descriptors, case, move |t| {
            let me = Process::own()?;
            t.refuse("openat", 1, errno);
            t.err(errno, || table(&me))
        });
    }
    s.case(descriptors, "refused", |t| {
        let me = Process::own()?;
        t.err(Errno::MSGSIZE, || me.descriptors(&mut [0; 31]).map(drop))
    });
}

/// Goes to a directory whose name ends as the kernel marks one that is gone.
fn go_to_a_deceptive_directory(t: &Stage) -> Outcome {
    let path = t.path("here (deleted)");
    std::fs::create_dir(std_path(&path))?;
    Ok(std::env::set_current_dir(std_path(&path))?)
}

fn links(s: &mut Scenarios) {
    let link = "proc::Process::link";
    let cwd = |me: &Process| me.link(Link::Cwd, &mut [0; LINK_MAX]).map(drop);
    s.case(link, "ok", move |t| t.ok_with(Process::own()?, |me| cwd(me)));
    s.case(link, "the text ends in (deleted), links are left", move |t| {
        go_to_a_deceptive_directory(t)?;
        t.ok_with(Process::own()?, |me| cwd(me))
    });
    s.case(link, "the same, the root cannot be opened", move |t| {
        go_to_a_deceptive_directory(t)?;
        let me = Process::own()?;
        t.refuse("openat", 1, Errno::MFILE);
        t.ok_with(me, |me| cwd(me))
    });
    for (case, call, errno) in [
        ("not ours", "readlinkat", Errno::ACCESS),
        ("gone", "readlinkat", Errno::SRCH),
        ("gone after its text was read", "statx", Errno::SRCH),
    ] {
        s.case(link, case, move |t| {
            let me = Process::own()?;
            t.refuse(call, 1, errno);
            t.err(errno, || cwd(&me))
        });
    }
    s.case(link, "text too short", |t| {
        let me = Process::own()?;
        t.err(Errno::MSGSIZE, || me.link(Link::Exe, &mut [0; 2]).map(drop))
    });
    s.case(link, "refused", |t| {
        let me = Process::own()?;
        t.err(Errno::MSGSIZE, || me.link(Link::Root, &mut []).map(drop))
    });
}

fn details(s: &mut Scenarios) {
    let fdinfo = "proc::Process::fdinfo";
    s.case(fdinfo, "ok", |t| t.ok_with(Process::own()?, |me| me.fdinfo(2)));
    s.case(fdinfo, "refused", |t| {
        let me = Process::own()?;
        t.err(Errno::BADF, || me.fdinfo(-1))
    });
    s.case(fdinfo, "closed in between", |t| {
        let me = Process::own()?;
        t.refuse("read", 1, Errno::NOENT);
        t.err(Errno::BADF, || me.fdinfo(2))
    });
    s.case(fdinfo, "not open there", |t| {
        let me = Process::own()?;
        t.err(Errno::BADF, || me.fdinfo(900))
    });
    s.case(fdinfo, "not open there, in a kernel thread", |t| {
        let me = Process::own()?;
        t.refuse("readlinkat", 1, Errno::NOENT); // it runs no program
        t.err(Errno::BADF, || me.fdinfo(900))
    });
    for (case, call, errno) in [
        ("not ours", "openat", Errno::ACCESS),
        ("gone", "openat", Errno::SRCH),
        ("dead", "readlinkat", Errno::SRCH),
    ] {
        s.case(fdinfo, case, move |t| {
            let me = Process::own()?;
            t.refuse(call, 1, errno);
            t.err(errno, || me.fdinfo(900))
        });
    }
    s.case(fdinfo, "gone in between", |t| {
        let me = Process::own()?;
        t.refuse("readlinkat", 1, Errno::NOENT);
        t.refuse("openat", 2, Errno::NOENT);
        t.err(Errno::SRCH, || me.fdinfo(900))
    });
    s.case(fdinfo, "dying", |t| {
        let (mut child, me) = a_zombie()?;
        let answer = t.err(Errno::SRCH, || me.fdinfo(900));
        child.wait()?;
        answer
    });
}

/// A process that has ended and was not waited for: it has given everything up, and still has its number.
fn a_zombie() -> Outcome<(std::process::Child, Process)> {
    let child = std::process::Command::new("/bin/true").spawn()?;
    ended(child.id());
    let it = Process::open(child.id() as i32)?;
    Ok((child, it))
}

/// A process that has come to rest.
fn a_cat() -> Outcome<std::process::Child> {
    use std::io::{Read, Write};
    let piped = std::process::Stdio::piped;
    let mut cat = std::process::Command::new("/bin/cat").stdin(piped()).stdout(piped()).spawn()?;
    cat.stdin.as_mut().ok_or("a pipe")?.write_all(b"x")?;
    cat.stdout.as_mut().ok_or("a pipe")?.read_exact(&mut [0])?;
    Ok(cat)
}

/// Waits for the end of a child that is ours, and does not reap it.
fn ended(pid: u32) {
    // SAFETY: zeros are a valid siginfo, which the kernel fills.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: plain numbers beside it.
    unsafe { libc::waitid(libc::P_PID, pid, &raw mut info, libc::WEXITED | libc::WNOWAIT) };
}

/// What `set_up` wants, and then the next descriptor of this process, of which the numbers are in the buffer.
fn second(t: &Stage, errno: Option<Errno>, text: usize, set_up: impl Fn(&Stage) -> Outcome) -> Outcome {
    let (me, mut names, mut room) = (Process::own()?, [0; 4096], [0; LINK_MAX]);
    let mut table = me.descriptors(&mut names)?;
    table.next(&mut room)?;
    set_up(t)?;
    t.answers(errno, || table.next(&mut room[..text]))
}

/// Standard output becomes a file whose name ends as the kernel marks one that is gone.
fn with_a_deceptive_file(t: &Stage) -> Outcome {
    let path = t.path("out (deleted)");
    let file = std::fs::File::create(std_path(&path))?;
    // SAFETY: plain numbers.
    unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&file), 1) };
    Ok(())
}

fn walking(s: &mut Scenarios) {
    let next = "proc::Table::next";
    s.case(next, "ok", |t| second(t, None, LINK_MAX, |_| Ok(())));
    s.case(next, "the text ends in (deleted), links are left", |t| {
        second(t, None, LINK_MAX, with_a_deceptive_file)
    });
    s.case(next, "the same, the root cannot be opened", |t| {
        second(t, None, LINK_MAX, |t| {
            with_a_deceptive_file(t)?;
            t.refuse("openat", 1, Errno::MFILE);
            Ok(())
        })
    });
    s.case(next, "text too short", |t| second(t, Some(Errno::MSGSIZE), 2, |_| Ok(())));
    s.case(next, "refused", |t| second(t, Some(Errno::MSGSIZE), 0, |_| Ok(())));
    for (case, call, nth, errno) in [
        ("not ours any more", "readlinkat", 1, Some(Errno::ACCESS)),
        ("one was closed meanwhile", "statx", 1, None),
        ("one was closed after its mode was read", "readlinkat", 1, None),
        ("one was closed after its text was read", "statx", 2, None),
    ] {
        s.case(next, case, move |t| {
            second(t, errno, LINK_MAX, |t| {
                t.refuse(call, nth, errno.unwrap_or(Errno::NOENT));
                Ok(())
            })
        });
    }
    s.case(next, "the next numbers must be fetched", |t| {
        let (me, mut names) = (Process::own()?, [0; 32]);
        let mut table = me.descriptors(&mut names)?;
        t.ok(|| table.next(&mut [0; LINK_MAX]).map(drop))
    });
    // All at once: fetched anew, the first closed, the second closed a little later, and on.
    s.case(next, "the next numbers must be fetched", |t| {
        let (me, mut names) = (Process::own()?, [0; 32]);
        let mut table = me.descriptors(&mut names)?;
        t.refuse("statx", 1, Errno::NOENT);
        t.refuse("readlinkat", 1, Errno::NOENT);
        t.ok(|| table.next(&mut [0; LINK_MAX]).map(drop))
    });
}

/// A walk that has come to the end of a process's table, and is to be told so.
fn walked<'n>(whose: &Process, names: &'n mut [u8]) -> rawipc::Result<Table<'n>> {
    let mut text = [0; LINK_MAX];
    let mut all = 0;
    {
        let mut table = whose.descriptors(names)?;
        while table.next(&mut text)?.is_some() {
            all += 1;
        }
    }
    let mut table = whose.descriptors(names)?;
    for _ in 0..all {
        table.next(&mut text)?;
    }
    Ok(table)
}

fn at_the_end(t: &Stage, errno: Option<Errno>, set_up: impl Fn(&Stage)) -> Outcome {
    let (me, mut names, mut text) = (Process::own()?, [0; 4096], [0; LINK_MAX]);
    let mut table = walked(&me, &mut names)?;
    set_up(t);
    t.answers(errno, || table.next(&mut text))
}

fn ends(s: &mut Scenarios) {
    let next = "proc::Table::next";
    s.case(next, "the end", |t| at_the_end(t, None, |_| {}));
    s.case(next, "dead", |t| at_the_end(t, Some(Errno::SRCH), |t| t.refuse("readlinkat", 1, Errno::SRCH)));
    s.case(next, "the end, of a kernel thread", |t| {
        at_the_end(t, None, |t| t.refuse("readlinkat", 1, Errno::NOENT))
    });
    s.case(next, "gone", |t| at_the_end(t, Some(Errno::SRCH), |t| t.refuse("getdents64", 1, Errno::NOENT)));
    s.case(next, "gone in between", |t| {
        at_the_end(t, Some(Errno::SRCH), |t| {
            t.refuse("readlinkat", 1, Errno::NOENT);
            t.refuse("openat", 1, Errno::NOENT);
        })
    });
    s.case(next, "dying", |t| {
        let mut child = a_cat()?;
        let (it, mut names) = (Process::open(child.id() as i32)?, [0; 4096]);
        let mut table = walked(&it, &mut names)?;
        drop(child.stdin.take()); // it ends, and is not waited for
        ended(child.id());
        let answer = t.err(Errno::SRCH, || table.next(&mut [0; LINK_MAX]).map(drop));
        child.wait()?;
        answer
    });
}
