//! A file by path: whoever may open it shares it, and whoever may write to it can cut it off.

use super::bytes;
use crate::add_tests;
use crate::conformance::mechanism::{assert_same, fresh_path, message};
use crate::os::process::{self, Child, End, Gate, nap};
use crate::os::signals;
use crate::runner::List;
use rawipc::Errno;
use rawipc::memory::File;
use std::ffi::{CStr, CString};
use std::time::Duration;

const LEN: usize = 20_000;

pub fn tests(list: &mut List) {
    add_tests!(list, "memory::file":
        both_see_what_both_write, one_of_many_creates_it, what_a_killed_process_left, a_name_removed_lives_on,
        a_peer_that_truncates_raises_sigbus, one_truncated_to_nothing_is_refused,
    );
}

fn std_path(path: &CString) -> &str {
    path.to_str().expect("ASCII")
}

fn both_see_what_both_write() {
    let path = fresh_path();
    let file = File::create(&path, LEN).expect("create");
    let map = file.map().expect("map");
    let (written, answered) = (Gate::new(), Gate::new());
    // A path is all that the child uses.
    let child = Child::spawn(|| {
        written.wait();
        let map = File::open(&path).expect("open").map().expect("map");
        assert_eq!(map.len(), LEN);
        assert_same(&bytes(&map, 0, LEN), &message(0, LEN));
        map.write(1, &message(1, LEN - 1)).expect("inside");
        answered.open();
    });
    map.write(0, &message(0, LEN)).expect("inside");
    written.open();
    answered.wait();
    assert_same(&bytes(&map, 1, LEN - 1), &message(1, LEN - 1));
    child.join();
    // And it is the file: a stranger reads it there.
    assert_same(&std::fs::read(std_path(&path)).expect("read")[1..], &message(1, LEN - 1));
    File::remove(&path).expect("remove");
}

fn one_of_many_creates_it() {
    const MANY: usize = 6;
    for _ in 0..10 {
        let path = fresh_path();
        let start = Gate::new();
        let children: Vec<_> = (0..MANY)
            .map(|_| {
                Child::spawn(|| {
                    start.wait();
                    match File::create(&path, LEN) {
                        Ok(_) => process::exit(1),
                        Err(e) => assert_eq!(e.errno(), Errno::EXIST),
                    }
                })
            })
            .collect();
        (0..MANY).for_each(|_| start.open());
        let ends: Vec<_> = children.into_iter().map(Child::wait).collect();
        assert_eq!(ends.iter().filter(|end| **end == End::Exit(1)).count(), 1, "{ends:?}");
        assert_eq!(ends.iter().filter(|end| **end == End::Exit(0)).count(), MANY - 1, "{ends:?}");
        File::remove(&path).expect("remove");
    }
}

/// It stays, whole; its successor opens it, or removes it and has its own.
fn what_a_killed_process_left() {
    let path = fresh_path();
    let written = Gate::new();
    let child = Child::spawn(|| {
        let map = File::create(&path, LEN).expect("create").map().expect("map");
        map.write(0, &message(3, LEN)).expect("inside");
        written.open();
        nap(Duration::from_secs(60));
    });
    written.wait();
    child.kill();
    assert_eq!(File::create(&path, 4096).expect_err("it is there").errno(), Errno::EXIST);
    let map = File::open(&path).expect("open").map().expect("map");
    assert_same(&bytes(&map, 0, LEN), &message(3, LEN));
    File::remove(&path).expect("remove");
    let new = File::create(&path, 4096).expect("create").map().expect("map");
    assert_eq!(bytes(&new, 0, 4096), vec![0; 4096]);
    File::remove(&path).expect("remove");
}

fn a_name_removed_lives_on() {
    let path = fresh_path();
    let file = File::create(&path, LEN).expect("create");
    let (mapped, removed, written) = (Gate::new(), Gate::new(), Gate::new());
    let child = Child::spawn(|| {
        let map = File::open(&path).expect("open").map().expect("map");
        mapped.open();
        removed.wait();
        assert_eq!(File::open(&path).expect_err("removed").errno(), Errno::NOENT);
        map.write(0, b"without a name").expect("inside");
        written.open();
    });
    mapped.wait();
    File::remove(&path).expect("remove");
    removed.open();
    written.wait();
    assert_eq!(bytes(&file.map().expect("map"), 0, 14), b"without a name");
    child.join();
}

fn truncate(path: &CStr, len: libc::off_t) {
    // SAFETY: a path that ends with a NUL.
    let ret = unsafe { libc::truncate(path.as_ptr(), len) };
    crate::os::check(ret, "truncate");
}

/// What its documentation warns of, and why a memfd is the stronger one: nothing keeps a file's size.
fn a_peer_that_truncates_raises_sigbus() {
    let path = fresh_path();
    let file = File::create(&path, LEN).expect("create");
    let map = file.map().expect("map");
    map.write(0, &message(0, LEN)).expect("inside");
    Child::spawn(|| truncate(&path, 4096)).join();
    // What is left is there, and the length that was asked for is still what offsets are held against.
    assert_same(&bytes(&map, 0, 4096), &message(0, LEN)[..4096]);
    assert_eq!(map.write(LEN, b"x").expect_err("outside").errno(), Errno::RANGE);
    for write in [false, true] {
        let reader = Child::spawn(|| {
            signals::set_default(libc::SIGBUS);
            if write { map.write(8192, b"x").expect("inside") } else { drop(bytes(&map, 8192, 1)) }
        });
        assert_eq!(reader.wait(), End::Signal(libc::SIGBUS));
    }
    File::remove(&path).expect("remove");
}

fn one_truncated_to_nothing_is_refused() {
    let path = fresh_path();
    drop(File::create(&path, LEN).expect("create"));
    Child::spawn(|| truncate(&path, 0)).join();
    assert_eq!(File::open(&path).expect_err("empty").errno(), Errno::NODATA);
    File::remove(&path).expect("remove");
}
