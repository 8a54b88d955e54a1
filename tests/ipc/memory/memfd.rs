//! A memfd that the other process has by inheritance: forked, or exec'd.

use super::bytes;
use crate::add_tests;
use crate::conformance::mechanism::{assert_same, message};
use crate::exec::read_to_end;
use crate::os::fds;
use crate::os::process::{self, Child, End, Gate};
use crate::runner::List;
use rawipc::fd::{AsFd, Stdio};
use rawipc::memory::Memfd;
use rawipc::{Errno, pipe};
use rustix::fd::AsRawFd as _;

const LEN: usize = 10_000;

pub fn tests(list: &mut List) {
    add_tests!(list, "memory::memfd":
        inherited_over_fork, read_by_a_program, written_by_a_program, not_there_unless_inherited,
    );
}

/// Each process maps it on its own, wherever it likes; the two are the same memory.
fn inherited_over_fork() {
    let memfd = Memfd::create(c"rawipc-inherited", LEN).expect("create");
    let (written, answered) = (Gate::new(), Gate::new());
    let child = Child::spawn(|| {
        let map = memfd.map().expect("map");
        written.wait();
        assert_same(&bytes(&map, 0, LEN), &message(0, LEN));
        map.write(0, &message(1, LEN)).expect("inside");
        answered.open();
    });
    let map = memfd.map().expect("map");
    let view = memfd.map_read_only().expect("map_read_only");
    map.write(0, &message(0, LEN)).expect("inside");
    written.open();
    answered.wait();
    let mut buf = vec![0; LEN];
    view.read(0, &mut buf).expect("inside");
    assert_same(&buf, &message(1, LEN));
    child.join();
}

/// A script with the memfd at `{}`, inherited; what it writes to its standard output, and how it ended.
fn script(memfd: Memfd, text: &str, inherited: bool) -> (Vec<u8>, End) {
    let (mut output_end, their_output) = pipe::pair().expect("pair");
    let text = text.replace("{}", &memfd.as_fd().as_raw_fd().to_string());
    let mut theirs = Some((memfd, their_output));
    let child = Child::spawn(|| {
        let (memfd, output) = theirs.take().expect("unused");
        let fd = memfd.into_fd();
        if inherited {
            fd.inherit().expect("inherit");
        }
        output.into_fd().hand_over_as(Stdio::Out).expect("hand_over_as");
        process::exec(&["sh", "-c", &text]);
    });
    if let Some((memfd, _)) = theirs.take() {
        let flags = fds::table(std::process::id())[&memfd.as_fd().as_raw_fd()].flags;
        assert_ne!(flags & libc::O_CLOEXEC, 0, "ours stays close-on-exec whatever the child does to its own");
    }
    let output = read_to_end(&mut output_end);
    (output, child.wait())
}

fn read_by_a_program() {
    for how in ["cat <&{}", "cat /proc/self/fd/{}", "dd if=/dev/fd/{} bs=1000 status=none"] {
        let memfd = Memfd::create(c"rawipc-read", LEN).expect("create");
        memfd.map().expect("map").write(0, &message(2, LEN)).expect("inside");
        memfd.seal_writes().expect("seal_writes");
        let (output, end) = script(memfd, how, true);
        assert_eq!(end, End::Exit(0), "{how}");
        assert_same(&output, &message(2, LEN));
    }
}

fn written_by_a_program() {
    let memfd = Memfd::create(c"rawipc-written", LEN).expect("create");
    let map = memfd.map().expect("map");
    let (_, end) = script(memfd, "printf 'by printf' >&{}", true);
    assert_eq!((end, bytes(&map, 0, 10)), (End::Exit(0), b"by printf\0".to_vec()));

    let memfd = Memfd::create(c"rawipc-sealed", LEN).expect("create");
    let map = memfd.map().expect("map");
    memfd.seal_writes().expect("seal_writes");
    assert_eq!(memfd.map().expect_err("sealed").errno(), Errno::PERM);
    let (_, end) = script(memfd, "printf 'by printf' >&{}", true);
    assert_ne!(end, End::Exit(0), "a program wrote to what is sealed");
    assert_eq!(bytes(&map, 0, 10), [0; 10]);
}

fn not_there_unless_inherited() {
    let memfd = Memfd::create(c"rawipc-not-inherited", LEN).expect("create");
    let (output, end) = script(memfd, "cat <&{}", false);
    assert_eq!(output, b"");
    assert_ne!(end, End::Exit(0), "a descriptor that nobody handed over was there");
}
