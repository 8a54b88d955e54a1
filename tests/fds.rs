//! The example `fds` against what std reads in /proc, and against lsof.

#[path = "support/scratch.rs"]
mod scratch;
#[path = "support/skip.rs"]
mod skip;

use rawipc::fd::{AsFd, AsRawFd, Fd};
use rawipc::{ByteWrite, Wait, fifo, pipe};
use scratch::Scratch;
use skip::skip;
use std::collections::BTreeMap;
use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// The program, built the way this test was.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let own = std::env::current_exe().unwrap();
        let profile = own.ancestors().nth(2).unwrap(); // target/PROFILE/deps/fds-…
        // `cargo test --test fds` alone builds no examples, or leaves an old one there.
        if let Some(cargo) = std::env::var_os("CARGO") {
            let mut build = Command::new(cargo);
            build.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--example", "fds"]);
            if profile.ends_with("release") {
                build.arg("--release");
            }
            assert!(build.status().unwrap().success());
        }
        profile.join("examples/fds")
    })
}

fn run(pid: &str) -> Output {
    Command::new(program()).arg(pid).output().unwrap()
}

/// A `cat` that holds what it was given, killed in the end.
struct Holder {
    child: Child,
    _files: Scratch,
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the test keeps while the child holds the rest.
struct Ours {
    pipe: pipe::WriteEnd,
    socket: UnixStream,
    fifo: pipe::WriteEnd,
}

// Above every number that the tests of this program use, each in a thread.
const FIFO: i32 = 340;
const SOCKET: i32 = 341;
const MEMORY: i32 = 342;
const DELETED: i32 = 343;
const CALLED_DELETED: i32 = 344;
const EVENTS: i32 = 345;
const PATH_ONLY: i32 = 346;

fn holder() -> (Holder, Ours) {
    let files = Scratch::new();
    let path = |name: &str| files.path().join(name);
    let (pipe_read, pipe_write) = pipe::pair().unwrap();
    let (socket, peer) = UnixStream::pair().unwrap();
    let fifo_path = path("fifo");
    let c_path = CString::new(fifo_path.as_os_str().as_bytes()).unwrap();
    fifo::create(&c_path).unwrap();
    let fifo_read = fifo::open_read(&c_path).unwrap();
    let fifo_write = fifo::open_write(&c_path, Wait::FOREVER).unwrap();
    // SAFETY: makes a descriptor.
    let memory = unsafe { libc::memfd_create(c"a name".as_ptr(), libc::MFD_CLOEXEC) };
    // SAFETY: makes a descriptor.
    let events = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) };
    // SAFETY: makes a descriptor.
    let path_only = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_PATH | libc::O_CLOEXEC) };
    // SAFETY: each just made, and nobody else's.
    let [memory, events, path_only] =
        [memory, events, path_only].map(|fd| unsafe { Fd::from_raw(fd) }.unwrap());
    fs::write(path("gone"), "seven b").unwrap();
    let deleted = File::open(path("gone")).unwrap();
    fs::remove_file(path("gone")).unwrap();
    let called = path("gone (deleted)");
    let called_deleted = File::create(&called).unwrap();

    let given = [
        (pipe_read.as_fd().as_raw_fd(), 0),
        (fifo_read.as_fd().as_raw_fd(), FIFO),
        (peer.as_raw_fd_here(), SOCKET),
        (memory.as_raw(), MEMORY),
        (deleted.as_raw_fd_here(), DELETED),
        (called_deleted.as_raw_fd_here(), CALLED_DELETED),
        (events.as_raw(), EVENTS),
        (path_only.as_raw(), PATH_ONLY),
    ];
    let mut cat = Command::new("cat");
    cat.stdout(Stdio::piped()).stderr(Stdio::null());
    let hand_over = move || {
        for &(from, to) in &given {
            // SAFETY: plain numbers; the child is about to exec.
            if unsafe { libc::dup2(from, to) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        // cat does not know how to wait for a non-blocking standard input.
        // SAFETY: a plain number.
        unsafe { libc::fcntl(0, libc::F_SETFL, 0) };
        Ok(())
    };
    // SAFETY: only dup2 and fcntl between fork and exec.
    unsafe { cat.pre_exec(hand_over) };
    let mut holder = Holder { child: cat.spawn().unwrap(), _files: files };
    // It has mapped all that it needs once it answers.
    let (mut pipe_write, mut answer) = (pipe_write, [0]);
    pipe_write.write_all(b"x", Wait::FOREVER).unwrap();
    holder.child.stdout.as_mut().unwrap().read_exact(&mut answer).unwrap();
    (holder, Ours { pipe: pipe_write, socket, fifo: fifo_write })
}

/// std's descriptors have the method under the same name as the crate's trait.
trait RawHere {
    fn as_raw_fd_here(&self) -> i32;
}

impl<T: std::os::fd::AsRawFd> RawHere for T {
    fn as_raw_fd_here(&self) -> i32 {
        self.as_raw_fd()
    }
}

/// One line of the output, cut at its columns.
#[derive(Debug)]
struct Row {
    command: String,
    pid: String,
    user: String,
    fd: String,
    mode: String,
    kind: String,
    device: String,
    size: String,
    node: String,
    name: String,
}

fn rows(pid: u32) -> Vec<Row> {
    let output = run(&pid.to_string());
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let head = lines.next().unwrap();
    let heads: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(heads, ["COMMAND", "PID", "USER", "FD", "MODE", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME"]);
    let name_at = head.find("NAME").unwrap();
    lines
        .map(|line| {
            let mut cells = line[..name_at].split_whitespace().map(String::from);
            let mut next = || cells.next().unwrap();
            Row {
                command: next(),
                pid: next(),
                user: next(),
                fd: next(),
                mode: next(),
                kind: next(),
                device: next(),
                size: next(),
                node: next(),
                name: line[name_at..].into(),
            }
        })
        .collect()
}

fn row<'r>(rows: &'r [Row], fd: &str) -> &'r Row {
    rows.iter().find(|row| row.fd == fd).unwrap_or_else(|| panic!("no row {fd} in {rows:#?}"))
}

fn ls_mode(link: &Path) -> String {
    let mode = fs::symlink_metadata(link).unwrap().mode();
    let letter = |bit: u32, c| if mode & bit != 0 { c } else { '-' };
    let bits: String = (0..9).rev().map(|at| letter(1 << at, ['x', 'w', 'r'][at % 3])).collect();
    format!("l{bits}")
}

fn device(dev: u64) -> String {
    format!("{},{}", libc::major(dev), libc::minor(dev))
}

#[test]
fn every_row_says_what_std_reads() {
    let (holder, ours) = holder();
    let pid = holder.child.id();
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let rows = rows(pid);
    let mut seen = 0;
    for entry in fs::read_dir(proc.join("fd")).unwrap() {
        let link = entry.unwrap().path();
        let number = link.file_name().unwrap().to_str().unwrap();
        let is_it = |row: &&Row| row.fd.trim_end_matches(['r', 'w', 'u']) == number;
        let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("no row {number}"));
        assert_eq!(row.mode, ls_mode(&link));
        let stat = fs::metadata(&link).unwrap();
        assert_eq!(row.node, stat.ino().to_string());
        let special = stat.mode() & libc::S_IFMT == libc::S_IFCHR;
        assert_eq!(row.device, device(if special { stat.rdev() } else { stat.dev() }), "{row:?}");
        let text = fs::read_link(&link).unwrap();
        let name = row.name.split(" -> ").next().unwrap();
        let name = name.split(" type=").next().unwrap();
        assert_eq!(OsStr::new(name.trim_matches('"')), text);
        seen += 1;
    }
    assert!(seen >= 10);
    for (fd, name) in [("cwd", "cwd"), ("rtd", "root"), ("txt", "exe")] {
        let row = row(&rows, fd);
        assert_eq!(OsStr::new(&row.name), fs::read_link(proc.join(name)).unwrap());
        assert_eq!(row.node, fs::metadata(proc.join(name)).unwrap().ino().to_string());
        assert_eq!((&row.command[..], &row.pid), ("cat", &pid.to_string()));
    }
    let libc = rows.iter().find(|row| row.fd == "mem" && row.name.contains("libc"));
    assert_eq!(libc.unwrap().node, fs::metadata(&libc.unwrap().name).unwrap().ino().to_string());
    drop(ours);
}

#[test]
fn each_kind_has_its_letter_type_and_size() {
    let (holder, _ours) = holder();
    let rows = rows(holder.child.id());
    let cells = |fd: &str| {
        let row = row(&rows, fd);
        (row.mode.clone(), row.kind.clone(), row.size.clone())
    };
    let expect = |mode: &str, kind: &str, size: &str| (mode.into(), kind.into(), size.into());
    assert_eq!(cells("0r"), expect("lr-x------", "FIFO", "0t0"));
    assert_eq!(cells("2w"), expect("l-wx------", "CHR", "0t0"));
    assert_eq!(cells(&format!("{FIFO}r")), expect("lr-x------", "FIFO", "0t0"));
    assert_eq!(cells(&format!("{SOCKET}u")), expect("lrwx------", "unix", "0t0"));
    assert_eq!(cells(&format!("{MEMORY}u")), expect("lrwx------", "REG", "0"));
    assert_eq!(cells(&format!("{DELETED}r")), expect("lr-x------", "REG", "7"));
    assert_eq!(cells(&format!("{EVENTS}u")).1, "a_inode");
    assert_eq!(cells(&format!("{PATH_ONLY}")), expect("l---------", "CHR", "0t0"));
    assert_eq!(row(&rows, &format!("{MEMORY}u")).name, "/memfd:a name (deleted)");
    assert!(row(&rows, &format!("{DELETED}r")).name.ends_with("/gone (deleted)"));
    assert!(row(&rows, &format!("{CALLED_DELETED}w")).name.ends_with("/gone (deleted)\""));
}

#[test]
fn the_other_end_is_found_and_missed_when_it_is_gone() {
    let (holder, ours) = holder();
    let me = std::process::id();
    let command = fs::read_to_string(format!("/proc/{me}/comm")).unwrap().trim_end().to_string();
    let end = |number: i32, letter: &str| format!(" {me},{command},{number}{letter}");
    let held = [
        ("0r".to_string(), end(ours.pipe.as_fd().as_raw_fd(), "w")),
        (format!("{FIFO}r"), end(ours.fifo.as_fd().as_raw_fd(), "w")),
        (format!("{SOCKET}u"), end(ours.socket.as_raw_fd_here(), "u")),
    ];
    let before = rows(holder.child.id());
    for (fd, end) in &held {
        let (_, ends) = row(&before, fd).name.split_once(" ->").unwrap();
        assert!(format!("{ends} ").contains(&format!("{end} ")), "{end} not in {ends}");
    }
    assert!(row(&before, &format!("{SOCKET}u")).name.contains(" type=STREAM (CONNECTED) ->"));
    let Ours { pipe: _still_there, socket, fifo } = ours;
    drop((socket, fifo));
    let after = rows(holder.child.id());
    for ((fd, end), is_held) in held.iter().zip([true, false, false]) {
        assert_eq!(row(&after, fd).name.contains(end.as_str()), is_held, "{fd}");
    }
}

/// The fields of one file, each by the letter that `lsof -F` gives it.
type Fields = BTreeMap<char, String>;

/// What lsof says of a process, and of each of its files: one line a field, and `f` begins a file.
fn lsof(pid: u32) -> Option<(Fields, Vec<Fields>)> {
    let output =
        Command::new("lsof").args(["-w", "-F", "cLfatDrsin", "-p", &pid.to_string()]).output().ok()?;
    let (mut process, mut files) = (Fields::new(), Vec::<Fields>::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (letter, value) = (line.chars().next().unwrap(), line[1..].to_string());
        if letter == 'f' {
            files.push(Fields::new());
        }
        files.last_mut().unwrap_or(&mut process).insert(letter, value);
    }
    Some((process, files))
}

#[test]
fn fds_against_lsof() {
    let (holder, _ours) = holder();
    let pid = holder.child.id();
    let Some((process, files)) = lsof(pid) else {
        skip("fds_against_lsof: lsof is not installed");
        return;
    };
    let rows = rows(pid);
    assert_eq!(files.len(), rows.len());
    for file in &files {
        let field = |letter| file.get(&letter).map(String::as_str);
        let (fd, letter) = (field('f').unwrap(), field('a').unwrap_or("").trim());
        let is_it = |row: &&Row| match fd {
            "mem" | "DEL" => row.fd == fd && Some(row.node.as_str()) == field('i'),
            // lsof knows no O_PATH and calls it open for both.
            _ => row.fd == format!("{fd}{letter}") || fd == PATH_ONLY.to_string() && row.fd == fd,
        };
        let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("no row {fd}{letter} {file:?}"));
        assert_eq!([&row.command, &row.user], [&process[&'c'], &process[&'L']]);
        assert_eq!(Some(row.kind.as_str()), field('t'), "{row:?}");
        assert_eq!(Some(row.node.as_str()), field('i'), "{row:?}");
        // Of a device node, the device that it stands for; of a socket, lsof has an address in the kernel.
        if let Some(hex) = if row.kind == "CHR" { field('r') } else { field('D') } {
            let number = u64::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap();
            assert_eq!(row.device, device(number), "{row:?} {file:?}");
        }
        assert!(field('s').is_none_or(|size| size == row.size), "{row:?} {file:?}");
        if row.name.starts_with('/') {
            assert_eq!(row.name.split(" -> ").next(), field('n'));
        }
    }
    let sizes = files.iter().filter(|file| file.contains_key(&'s')).count();
    assert!(sizes >= 6, "{files:#?}");
}

#[test]
fn its_own_table_without_a_pid() {
    let output = Command::new(program()).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().nth(1).unwrap().starts_with("fds "), "{text}");
}

/// Exit status 1, nothing on standard output, one line on standard error that says `what`.
fn assert_refused(output: Output, what: &str) {
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len(), line.lines().count()), (Some(1), 0, 1), "{line}");
    assert!(line.starts_with("fds: ") && line.contains(what), "{line}");
}

#[test]
fn what_is_no_pid_is_refused() {
    for bad in ["", "abc", "0", "-1", "1x", "1 2", "4294967297", "99999999999999999999"] {
        assert_refused(run(bad), "not the number of a process");
    }
    assert_refused(Command::new(program()).args(["1", "2"]).output().unwrap(), "one PID");
}

#[test]
fn a_process_that_is_gone_is_one_line() {
    assert_refused(run("2147483647"), "no process 2147483647");
    let mut child = Command::new("true").spawn().unwrap();
    let pid = child.id();
    let mut info = std::mem::MaybeUninit::uninit();
    // SAFETY: waits until it has ended, leaves it a zombie, and writes one siginfo.
    let waited = unsafe { libc::waitid(libc::P_PID, pid, info.as_mut_ptr(), libc::WEXITED | libc::WNOWAIT) };
    assert_eq!(waited, 0);
    assert_refused(run(&pid.to_string()), &format!("process {pid} is gone"));
    child.wait().unwrap();
}

#[test]
fn a_process_of_another_user_is_one_line() {
    // SAFETY: no arguments.
    let root = unsafe { libc::geteuid() } == 0;
    let mut fds = Command::new(program());
    if root {
        fds.arg(std::process::id().to_string()).uid(65534).gid(65534);
    } else {
        fds.arg("1");
    }
    match fds.output() {
        Ok(output) => assert_refused(output, "not ours to read"),
        Err(e) => skip(&format!("a_process_of_another_user: another user cannot run the program here: {e}")),
    }
}

#[test]
fn a_reader_that_leaves_is_no_panic() {
    let (out, reader) = UnixStream::pair().unwrap();
    drop(reader);
    let output = Command::new(program()).stdout(OwnedFd::from(out)).stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
}
