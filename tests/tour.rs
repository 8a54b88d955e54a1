//! The example `tour`: what it shows is there and true, whatever becomes of it nothing is left behind, and it
//! says so where something does not hold.

#[allow(dead_code)] // shared with the example, and each uses a part of it
#[path = "../examples/tour/claims.rs"]
mod claims;
#[allow(dead_code)]
#[path = "../examples/tour/look.rs"]
mod look;
#[path = "support/skip.rs"]
mod skip;
#[allow(dead_code)]
#[path = "../examples/tour/terminal.rs"]
mod terminal;

use claims::Claims;
use look::{has_one_writer_each, inode_of, is_descriptor_line, is_file_line, is_one_memory, mapping};
use skip::skip;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::slice::from_ref;
use std::sync::{Mutex, MutexGuard, OnceLock};

/// The program, built the way this test was.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let own = std::env::current_exe().unwrap();
        let profile = own.ancestors().nth(2).unwrap(); // target/PROFILE/deps/tour-…
        // `cargo test --test tour` alone builds no examples, or leaves an old one there.
        if let Some(cargo) = std::env::var_os("CARGO") {
            let mut build = Command::new(cargo);
            build.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--example", "tour"]);
            build.args(profile.ends_with("release").then_some("--release"));
            build.args(cfg!(feature = "std").then_some("--features=std"));
            build.args(cfg!(feature = "libc").then_some("--features=libc"));
            assert!(build.status().unwrap().success());
        }
        profile.join("examples/tour")
    })
}

/// A directory of one test's own, for the tour to make its own in; and the right to run it, one at a time.
struct Temp {
    dir: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

static TURN: Mutex<()> = Mutex::new(());

impl Temp {
    fn new(test: &str) -> Temp {
        // The tour goes into no longer one than it has lines for.
        let dir = Path::new("/tmp").join(format!("{test}-{}", std::process::id()));
        // Numbers of processes come again, and the one before may have been killed.
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir(&dir).unwrap();
        let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Temp { dir, _turn }
    }

    fn tour(&self) -> Command {
        let mut command = Command::new(program());
        command.env("TMPDIR", &self.dir).stdin(Stdio::null());
        command
    }

    #[track_caller]
    fn is_empty(&self) {
        let names: Vec<_> = fs::read_dir(&self.dir).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(names.is_empty(), "left behind: {names:?}");
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Runs a tour to its end. All its processes have ended then: each of them holds the pipe that is read here.
fn run(command: &mut Command) -> (ExitStatus, String) {
    let output = command.output().unwrap();
    (output.status, String::from_utf8(output.stdout).unwrap())
}

#[test]
fn everything_holds_and_is_shown() {
    let temp = Temp::new("whole");
    let (status, text) = run(&mut temp.tour());
    assert!(status.success(), "{status}\n{text}");
    temp.is_empty();
    assert!(text.lines().any(|line| line.starts_with("Everything held: ")), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("   NO ")), "{text}");

    let said = [
        "sees global 42, mapped 42",
        "sees global 1, mapped 42",
        "is answered 42",
        "is answered: error, failed with code 33",
        "is answered: error, unknown method",
    ];
    for words in said {
        assert!(text.lines().any(|line| line.ends_with(words)), "not said: {words}\n{text}");
    }
    readable(&text);
    pipes(&text);
    files(&text, &temp.dir);
    table(&text);
    if text.contains("n/a (ptrace refused)") {
        skip("everything_holds_and_is_shown: ptrace is refused here, no syscalls were counted");
    }
}

/// For a plain terminal: no line above 100 columns, nothing but letters.
fn readable(text: &str) {
    for line in text.lines() {
        assert!(line.len() <= terminal::WIDTH, "{} columns: {line}", line.len());
        assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)), "not for a plain terminal: {line:?}");
    }
}

/// One descriptor that is shown: of which process, and its line.
struct Shown<'t> {
    process: &'t str,
    line: &'t str,
    target: &'t str,
}

fn descriptors(text: &str) -> Vec<Shown<'_>> {
    let mut process = "";
    let mut all = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if let Some((of, "parent" | "child")) = line.split_once("/fd, ") {
            process = of;
        } else if let Some((_, target)) = line.split_once(" -> ") {
            all.push(Shown { process, line, target });
        }
    }
    all
}

/// Each pipe is shown twice, to write in one process and to read in another, under one inode.
fn pipes(text: &str) {
    let mut ends: BTreeMap<&str, Vec<Shown<'_>>> = BTreeMap::new();
    for shown in descriptors(text).into_iter().filter(|d| d.target.starts_with("pipe:")) {
        ends.entry(shown.target).or_default().push(shown);
    }
    assert_eq!(ends.len(), 4, "two pipes of bytes and two of packets: {:?}", ends.keys());
    for (target, mut ends) in ends {
        assert!(inode_of(target, "pipe").is_some(), "{target}");
        ends.sort_by_key(|end| end.line);
        let [write, read] = &ends[..] else { panic!("{} ends of {target}", ends.len()) };
        let number = |line: &str| line.split(' ').rev().nth(2).unwrap().parse().unwrap();
        assert!(is_descriptor_line(write.line, "l-wx------", number(write.line), target), "{}", write.line);
        assert!(is_descriptor_line(read.line, "lr-x------", number(read.line), target), "{}", read.line);
        assert_ne!(write.process, read.process);
    }
}

/// The files of FIFOs and of sockets, as `ls -ls` has them.
fn files(text: &str, temp: &Path) {
    let shown = |kind: char, name: &str| {
        text.lines().map(str::trim_start).any(|line| {
            let path = line.split(' ').next_back().unwrap_or("");
            Path::new(path).starts_with(temp) && path.ends_with(name) && is_file_line(line, kind, 0, 0, path)
        })
    };
    for name in ["to-child", "to-parent"] {
        assert!(shown('p', name), "no line of a p file {name}\n{text}");
    }
    for name in ["server", "client"] {
        assert!(shown('s', name), "no line of an s file {name}\n{text}");
    }
    assert!(!shown('p', "server") && !shown('s', "to-child"));
}

/// A row for each mechanism, with figures in it.
fn table(text: &str) {
    let is_row = |line: &&str| line.ends_with(" us, sleeping") || line.ends_with(" us, polling");
    let rows: Vec<&str> = text.lines().filter(is_row).filter(|line| !line.starts_with(' ')).collect();
    let mechanisms = [
        "pipe, bytes",
        "pipe, packets",
        "FIFO",
        "memory, inherited",
        "memory, memfd",
        "memory, file",
        "ring",
        "ring, met",
        "stream",
        "stream, framed",
        "seqpacket",
        "datagram",
        "seqpacket, abstract",
        "remote call",
    ];
    assert_eq!(rows.len(), mechanisms.len(), "{rows:#?}");
    for (row, mechanism) in rows.iter().zip(mechanisms) {
        let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        let [name, _named, call, whole, syscalls, trip] = cells[..] else { panic!("{row}") };
        assert_eq!(name, mechanism);
        assert!(["local", "RPC"].contains(&call) && ["yes", "no"].contains(&whole), "{row}");
        let counted = syscalls.split_once('+').is_some_and(|(send, recv)| {
            send.parse::<u32>().is_ok() && recv.starts_with(|digit: char| digit.is_ascii_digit())
        });
        assert!(counted || syscalls == "n/a (ptrace refused)", "{row}");
        assert!(trip.split(' ').next().unwrap().parse::<f64>().is_ok_and(|us| us > 0.0), "{row}");
    }
}

/// What two processes print stays in the order in which they talk.
#[test]
fn two_tours_read_the_same() {
    let temp = Temp::new("twice");
    let conversation = |text: &str| {
        let spoken = text.lines().filter(|line| line.contains(" | ") || line.contains(" -> "));
        spoken.map(without_numbers).collect::<Vec<_>>()
    };
    let (_, one) = run(&mut temp.tour());
    let (_, other) = run(&mut temp.tour());
    assert!(conversation(&one).len() > 80);
    assert_eq!(conversation(&one), conversation(&other));
}

/// Process numbers, inodes and hours differ from tour to tour.
fn without_numbers(line: &str) -> String {
    let words = line.split_whitespace().map(|word| word.replace(|c: char| c.is_ascii_digit(), ""));
    words.collect::<Vec<_>>().join(" ")
}

/// Whoever ends it: the one who cleans up is the last to go.
#[test]
fn a_signal_leaves_nothing_behind() {
    let temp = Temp::new("signal");
    for signal in [libc::SIGINT, libc::SIGTERM] {
        let mut child = temp.tour().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        // SAFETY: our own child, not reaped yet.
        unsafe { libc::kill(child.id() as libc::pid_t, signal) };
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap(); // until each of its processes has ended
        let status = child.wait().unwrap();
        assert!(status.code().is_some(), "the one who cleans up was killed: {status}");
        temp.is_empty();
        if !rest.contains("Everything held") {
            assert_eq!(status.code(), Some(1));
        }
    }
}

/// A known-bad twin of the whole: without descriptors hardly anything can hold, and it must say so.
#[test]
fn known_bad_without_descriptors_it_says_what_did_not_hold() {
    let temp = Temp::new("starved");
    let mut tour = temp.tour();
    // SAFETY: one syscall between fork and exec.
    unsafe { tour.pre_exec(allow_few_descriptors) };
    let (status, text) = run(&mut tour);
    assert_eq!(status.code(), Some(1), "{text}");
    assert!(text.contains("EMFILE"), "{text}");
    let listed = text.lines().skip_while(|line| !line.contains(" did not:")).skip(1).count();
    assert!(listed > 5, "{listed} claims are listed\n{text}");
    temp.is_empty();
}

fn allow_few_descriptors() -> std::io::Result<()> {
    let few = libc::rlimit { rlim_cur: 5, rlim_max: 5 };
    // SAFETY: the limit is live.
    match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const few) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

/// Where ptrace is refused the rest of the tour is as it was, and the column says why it is empty.
#[test]
fn refused_ptrace_is_told_in_its_column() {
    let temp = Temp::new("untraced");
    let mut tour = temp.tour();
    // SAFETY: two syscalls between fork and exec.
    unsafe { tour.pre_exec(refuse_ptrace) };
    let (status, text) = run(&mut tour);
    assert!(status.success(), "{text}");
    let cells = text.lines().filter(|line| line.contains("n/a (ptrace refused)")).count();
    assert_eq!(cells, 14, "{text}");
    readable(&text);
}

/// A seccomp filter: EPERM for ptrace, as in a container.
fn refuse_ptrace() -> std::io::Result<()> {
    const LOAD_WORD: u16 = 0x20;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let mut steps = [
        step(LOAD_WORD, 0, 0, 0),
        step(JUMP_IF_EQUAL, 0, 1, libc::SYS_ptrace as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: plain numbers.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: the filter is live for as long as the call takes.
    match unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

// The checkers, each shown what is right, and what is wrong in one place.

#[test]
fn known_bad_descriptor_lines_are_flagged() {
    let right = "l-wx------ 1 user group 64 Nov 22 13:57 4 -> pipe:[2638542]";
    let is = |line: &str| is_descriptor_line(line, "l-wx------", 4, "pipe:[2638542]");
    assert!(is(right));
    assert!(is("l-wx------ 1 user group 64 Nov  2  2024 4 -> pipe:[2638542]"));
    let wrong = [
        right.replace("l-wx", "lr-x"),
        right.replace("2638542", "2638543"),
        right.replace(" 4 ->", " 5 ->"),
        right.replace(" ->", ""),
        right.replace("13:57", "13.57"),
        right.replace(" user", ""),
    ];
    for line in wrong {
        assert!(!is(&line), "{line}");
    }
}

#[test]
fn known_bad_file_lines_are_flagged() {
    let right = "0 prw------- 1 user group 0 Nov 22 13:57 /tmp/fifo";
    let is = |line: &str| is_file_line(line, 'p', 0, 0, "/tmp/fifo");
    assert!(is(right));
    let wrong = [
        right.replace("0 prw", "4 prw"),
        right.replace("prw", "srw"),
        right.replace("prw-------", "prw-rw----"),
        right.replace("group 0", "group 17"),
        right.replace("/tmp/fifo", "/tmp/fif"),
    ];
    for line in wrong {
        assert!(!is(&line), "{line}");
    }
}

#[test]
fn known_bad_mappings_are_flagged() {
    let line = "7f64a4318000-7f64a4319000 rw-s 00000000 00:01 3559                 /memfd:tour (deleted)";
    let one = mapping(line).unwrap();
    assert_eq!((one.mode.as_str(), one.object.1, one.name.as_str()), ("rw-s", 3559, "/memfd:tour (deleted)"));
    let other = |line: String| mapping(&line).unwrap();
    assert!(is_one_memory(&one, &other(line.replace("7f64a4", "7f0000"))));
    assert!(!is_one_memory(&one, &other(line.replace("3559", "3560"))));
    assert!(!is_one_memory(&one, &other(line.replace("00:01", "00:02"))));
    assert!(!is_one_memory(&one, &other(line.replace("rw-s", "rw-p"))));
    assert!(mapping(&line.replace("-7f64a4319000", "-7f64a4318000")).is_none(), "an empty range");

    let reads = other(line.replace("rw-s", "r--s"));
    let own = |l: &look::Mapping, r: &look::Mapping| has_one_writer_each(from_ref(l), from_ref(r));
    assert!(own(&one, &reads) && own(&reads, &one));
    assert!(!own(&one, &one), "two writers");
    assert!(!own(&reads, &reads), "no writer");
    assert!(!own(&one, &other(line.replace("rw-s", "r--s").replace("3559", "3560"))), "not shared");
    assert!(!has_one_writer_each(&[], &[]), "nothing at all");
}

#[test]
fn known_bad_inodes_are_flagged() {
    assert_eq!(inode_of("pipe:[2638542]", "pipe"), Some(2_638_542));
    for wrong in ["socket:[2638542]", "pipe:[]", "pipe:2638542", "pipe:[2638542", "/tmp/pipe:[2638542]"] {
        assert_eq!(inode_of(wrong, "pipe"), None, "{wrong}");
    }
}

#[test]
fn known_bad_claims_are_kept() {
    let mut claims = Claims::default();
    claims.check(true, || unreachable!());
    claims.equal("what was received", "one", "one");
    assert_eq!((claims.held, claims.failed.len()), (2, 0));
    claims.check(false, || "a thing".to_owned());
    claims.equal("what was received", "one", "two");
    assert_eq!(claims.held, 2);
    assert_eq!(claims.failed, ["a thing", "what was received: \"one\", expected \"two\""]);
}
