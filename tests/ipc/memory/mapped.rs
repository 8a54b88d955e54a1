//! /proc/PID/maps of both processes: the same memory in each, and in neither once it is dropped.

use crate::conformance::mechanism::{fresh_path, remove_files};
use crate::os::maps::{self, Mapping};
use crate::os::process::{self, Child, Gate};
use crate::runner::List;
use rawipc::fd::Stdio;
use rawipc::memory::{File, Map, Memfd};
use rawipc::pipe;

const LEN: usize = 3 * 4096;

/// A way to come by memory, and what its mapping is called.
type Kind = (&'static str, &'static str, fn() -> Map);

const KINDS: [Kind; 3] = [
    ("anonymous", "/dev/zero (deleted)", || Map::anonymous(LEN).expect("anonymous")),
    ("memfd", "/memfd:rawipc-mapped (deleted)", || {
        Memfd::create(c"rawipc-mapped", LEN).expect("create").map().expect("map")
    }),
    ("file", "/made-", || File::create(&fresh_path(), LEN).expect("create").map().expect("map")),
];

pub fn tests(list: &mut List) {
    for (name, called, make) in KINDS {
        list.add(format!("memory::mapped::{name}::in_both_until_dropped"), move || {
            in_both_until_dropped(called, make);
            remove_files();
        });
        list.add(format!("memory::mapped::{name}::not_in_a_program"), move || {
            not_in_a_program(make);
            remove_files();
        });
    }
}

fn in_both_until_dropped(called: &str, make: fn() -> Map) {
    let mut map = Some(make());
    let at = map.as_ref().expect("made").as_ptr() as usize;
    let (look, drop_it, dropped, leave) = (Gate::new(), Gate::new(), Gate::new(), Gate::new());
    let child = Child::spawn(|| {
        look.open();
        drop_it.wait();
        drop(map.take());
        dropped.open();
        leave.wait();
    });
    look.wait();
    let (us, them) = (std::process::id(), child.pid() as u32);
    let seen = |pid| maps::shared_at(pid, at);
    let here: Mapping = seen(us).expect("mapped here");
    assert!(here.name.contains(called), "{here:?}");
    assert_eq!((here.mode.as_str(), here.len()), ("rw-s", LEN));
    // At the same address, of the same inode.
    assert_eq!(seen(them).as_ref(), Some(&here));

    drop_it.open();
    dropped.wait();
    assert_eq!(seen(them), None, "left in the child");
    assert_eq!(seen(us).as_ref(), Some(&here), "what the child drops is the child's");
    map.as_ref().expect("still ours").write(LEN - 1, b"x").expect("inside");
    drop(map.take());
    assert_eq!(seen(us), None, "left here");
    leave.open();
    child.join();
}

fn not_in_a_program(make: fn() -> Map) {
    let map = make();
    let inode = maps::shared_at(std::process::id(), map.as_ptr() as usize).expect("mapped").inode;
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let child = Child::spawn(|| {
        their_output.into_fd().hand_over_as(Stdio::Out).expect("hand_over_as");
        process::exec(&["cat", "/proc/self/maps"]);
    });
    let text = String::from_utf8(crate::exec::read_to_end(&mut output_end)).expect("text");
    child.join();
    assert!(text.contains("[stack]"), "{text}");
    let needle = format!(" {inode} ");
    let line = text.lines().find(|line| line.contains("-s ") && line.contains(&needle));
    assert_eq!(line, None, "inherited over exec");
}
