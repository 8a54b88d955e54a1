//! The tracer itself: what it lists is what was done, and a list that is wrong in one call or in the order is
//! told from the right one. Forks, and so owns its main.

#[path = "support/trace.rs"]
mod trace;

use rawipc::{ByteRead, ByteWrite, Receiver, Sender, Wait, pipe};
use std::process::ExitCode;
use trace::{Failure, trace, trace_one, window};

type Answer = Result<(), String>;
type Test = (&'static str, fn() -> Answer);

const TESTS: &[Test] = &[
    ("names_and_results_in_order", names_and_results_in_order),
    ("known_bad_an_extra_call_is_seen", known_bad_an_extra_call_is_seen),
    ("known_bad_a_swapped_order_is_seen", known_bad_a_swapped_order_is_seen),
    ("only_what_is_inside_a_window_counts", only_what_is_inside_a_window_counts),
    ("one_process_of_a_pair", one_process_of_a_pair),
    ("a_number_without_a_name", a_number_without_a_name),
    ("signals_reach_the_traced", signals_reach_the_traced),
    ("stopped_and_continued_it_goes_on", stopped_and_continued_it_goes_on),
    ("a_child_that_dies_is_told", a_child_that_dies_is_told),
    ("a_window_left_open_is_told", a_window_left_open_is_told),
    ("nothing_is_left_of_the_child", nothing_is_left_of_the_child),
];

fn main() -> ExitCode {
    println!("\nrunning {} tests", TESTS.len());
    let refused = matches!(trace(|| ()), Err(Failure::Refused(_)));
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    if refused {
        println!("SKIP trace: ptrace is refused here");
    }
    for (name, test) in TESTS {
        if refused {
            println!("test {name} ... ignored");
            skipped += 1;
            continue;
        }
        match test() {
            Ok(()) => {
                println!("test {name} ... ok");
                passed += 1;
            }
            Err(why) => {
                println!("test {name} ... FAILED\n    {why}");
                failed += 1;
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; {skipped} ignored; 0 measured; 0 filtered out\n"
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One message through a pipe, and whatever else is done in the window.
fn message(extra: impl Fn()) -> Result<Vec<trace::Syscall>, Failure> {
    trace_one(|| {
        let (mut from, mut to) = pipe::pair().unwrap();
        let mut buf = [0; 8];
        window(0, || {
            extra();
            to.write(b"four", Wait::FOREVER).unwrap();
            from.read(&mut buf, Wait::FOREVER).unwrap();
        });
    })
}

fn names_and_results_in_order() -> Answer {
    let calls = message(|| ()).map_err(text)?;
    let put = names(&calls)[0].clone();
    if put == "rt_sigprocmask" {
        return Ok(()); // before 6.18 the write is made of several calls
    }
    same(&names(&calls), &["pwritev2", "read"])?;
    same(&calls.iter().map(|c| c.result).collect::<Vec<_>>(), &[4, 4])?;
    // read's third argument is the room in the buffer; its first a descriptor.
    same(&[calls[1].args[2]], &[8])?;
    if calls[1].args[0] < 3 { Err(format!("read from {}", calls[1].args[0])) } else { Ok(()) }
}

fn known_bad_an_extra_call_is_seen() -> Answer {
    let right = names(&message(|| ()).map_err(text)?);
    let with_extra = names(&message(extra_call).map_err(text)?);
    let mut expected = vec!["getppid".to_owned()];
    expected.extend(right.iter().cloned());
    same(&with_extra, &expected)?;
    differ(&with_extra, &right)
}

fn known_bad_a_swapped_order_is_seen() -> Answer {
    let two = |first: fn(), second: fn()| {
        trace_one(|| {
            window(0, || {
                first();
                second();
            });
        })
    };
    let right = names(&two(extra_call, other_call).map_err(text)?);
    let swapped = names(&two(other_call, extra_call).map_err(text)?);
    same(&right, &["getppid", "sched_yield"])?;
    same(&swapped, &["sched_yield", "getppid"])?;
    differ(&right, &swapped)
}

fn only_what_is_inside_a_window_counts() -> Answer {
    let windows = trace(|| {
        extra_call();
        window(7, other_call);
        extra_call();
        window(8, || ());
        window(7, extra_call);
    })
    .map_err(text)?;
    let seen: Vec<_> = windows.iter().map(|w| (w.label, w.names().join(" "))).collect();
    same(&seen, &[(7, "sched_yield".to_owned()), (8, String::new()), (7, "getppid".to_owned())])
}

/// The traced process talks to a peer of its own; the peer's calls are not in the list.
fn one_process_of_a_pair() -> Answer {
    let calls = trace_one(|| {
        let (mut from_peer, mut to_me) = pipe::packet_pair().unwrap();
        let (mut ready, mut say_ready) = pipe::pair().unwrap();
        // SAFETY: the child makes two calls and ends.
        let peer = unsafe { libc::fork() };
        if peer == 0 {
            to_me.send(b"from the peer", Wait::FOREVER).unwrap();
            say_ready.write_all(b".", Wait::FOREVER).unwrap();
            // SAFETY: ends the peer here.
            unsafe { libc::_exit(0) };
        }
        ready.read_exact(&mut [0], Wait::FOREVER).unwrap();
        let mut buf = [0; pipe::PIPE_BUF];
        window(0, || from_peer.recv(&mut buf, Wait::FOREVER).unwrap());
        // SAFETY: our own child.
        unsafe { libc::waitpid(peer, std::ptr::null_mut(), 0) };
    })
    .map_err(text)?;
    same(&names(&calls), &["read"])
}

fn a_number_without_a_name() -> Answer {
    let calls = trace_one(|| {
        // SAFETY: no such syscall.
        window(0, || unsafe { libc::syscall(0x2f00_0003, 1, 2) });
    })
    .map_err(text)?;
    same(&names(&calls), &["syscall_788529155"])?;
    same(&[calls[0].result], &[-i64::from(libc::ENOSYS)])
}

/// A blocked SIGUSR1 that is let in inside the window ends the child: the signal is handed on.
fn signals_reach_the_traced() -> Answer {
    let answer = trace(|| {
        window(0, || {
            // SAFETY: plain numbers; the default action ends this child.
            unsafe { libc::raise(libc::SIGUSR1) };
        });
    });
    match answer {
        Err(Failure::Died(status)) if libc::WTERMSIG(status) == libc::SIGUSR1 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

/// In its second call, which sleeps until its cue comes: that is kept back until it sleeps again.
fn stopped_and_continued_it_goes_on() -> Answer {
    let windows = trace::trace_stopped(2, || {
        let (mut from, mut to) = pipe::pair().unwrap();
        trace::cue(libc::SYS_ppoll as u64, 1, true);
        std::thread::spawn(move || {
            trace::await_cue();
            to.write_all(b"four", Wait::FOREVER).unwrap();
            trace::done();
            std::mem::forget(to);
        });
        window(0, || {
            assert_eq!(from.read(&mut [0; 8], Wait::FOREVER), Ok(4));
        });
    });
    let calls = windows.and_then(trace::only).map_err(text)?;
    same(&names(&calls), &["read", "ppoll", "ppoll", "read"])?;
    let again: Vec<bool> = calls.iter().map(|c| trace::is_to_be_made_again(c.result)).collect();
    same(&again, &[false, true, false, false])
}

fn a_child_that_dies_is_told() -> Answer {
    // SAFETY: ends the traced child.
    match trace(|| unsafe { libc::_exit(3) }) {
        Err(Failure::Died(status)) if libc::WEXITSTATUS(status) == 3 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn a_window_left_open_is_told() -> Answer {
    let never_shut = trace(|| {
        // SAFETY: ends the traced child with its window open.
        window(0, || unsafe { libc::_exit(0) });
    });
    let two = trace_one(|| {
        window(0, || ());
        window(0, || ());
    });
    same(&[never_shut.map(drop), two.map(drop)], &[Err(Failure::Unshut), Err(Failure::Unshut)])
}

fn nothing_is_left_of_the_child() -> Answer {
    // SAFETY: asks for any child of ours.
    let answer = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) };
    let errno = std::io::Error::last_os_error().raw_os_error();
    same(&[(answer, errno)], &[(-1, Some(libc::ECHILD))])
}

fn extra_call() {
    // SAFETY: a number is asked for.
    unsafe { libc::getppid() };
}

fn other_call() {
    // SAFETY: gives the processor away for a moment.
    unsafe { libc::sched_yield() };
}

fn names(calls: &[trace::Syscall]) -> Vec<String> {
    calls.iter().map(trace::Syscall::name).collect()
}

fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(left: &[A], right: &[B]) -> Answer {
    if left == right { Ok(()) } else { Err(format!("{left:?} is not {right:?}")) }
}

fn differ(left: &[String], right: &[String]) -> Answer {
    if left == right { Err(format!("{left:?} was to differ")) } else { Ok(()) }
}

fn text(failure: Failure) -> String {
    failure.to_string()
}
