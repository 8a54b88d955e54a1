use super::*;
use crate::error::Origin;
use crate::scratch::Scratch;
use crate::{fifo, pipe};
use std::collections::BTreeMap;
use std::ffi::{CString, OsStr};
use std::fs::{self, File as StdFile, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::vec::Vec;
use std::{format, vec};

/// Finds one descriptor of this process, reading the table `names` bytes at a time, and compares it with what std
/// says of it.
fn with_entry<T>(fd: RawFd, names: usize, check: impl FnOnce(Entry<'_>) -> T) -> T {
    let (mut names, mut text) = (vec![0; names], [0; LINK_MAX]);
    let own = Process::own().unwrap();
    let mut table = own.descriptors(&mut names).unwrap();
    loop {
        let entry = table.next(&mut text).unwrap().expect("the descriptor is not in the table");
        if entry.fd == fd {
            compare_with_std(&entry);
            return check(entry);
        }
    }
}

fn compare_with_std(Entry { fd, access, file }: &Entry<'_>) {
    let path = format!("/proc/self/fd/{fd}");
    assert_eq!(fs::read_link(&path).unwrap().as_os_str().as_bytes(), file.text);
    let stat = fs::metadata(&path).unwrap();
    assert_eq!((stat.ino(), stat.nlink(), stat.size()), (file.inode, file.links.into(), file.size));
    assert_eq!(stat.dev(), libc::makedev(file.device.major, file.device.minor));
    assert_eq!(stat.mode() & 0o7777, file.permissions.into());
    let bits = fs::symlink_metadata(&path).unwrap().mode();
    assert_eq!((access.reads(), access.writes()), (bits & 0o400 != 0, bits & 0o200 != 0));
}

/// The number, whether or not rustix's descriptors are std's.
fn raw(fd: &impl AsFd) -> RawFd {
    rustix::fd::AsRawFd::as_raw_fd(&fd.as_fd())
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

#[test]
fn a_pipe_has_one_inode_and_two_directions() {
    let (read_end, write_end) = pipe::pair().unwrap();
    let (r, w) = (raw(&read_end), raw(&write_end));
    for names in [32, 40, 256] {
        let inode = with_entry(r, names, |e| {
            assert_eq!((e.access, e.file.kind), (Access::Read, Kind::Fifo));
            assert_eq!(e.file.target, Target::Pipe(e.file.inode));
            e.file.inode
        });
        assert_eq!(with_entry(w, names, |e| (e.access, e.file.inode)), (Access::Write, inode));
    }
}

#[test]
fn sockets_devices_and_anonymous_inodes() {
    let (socket, _peer) = UnixStream::pair().unwrap();
    with_entry(socket.as_raw_fd(), 256, |e| {
        assert_eq!((e.access, e.file.kind), (Access::Both, Kind::Socket));
        assert_eq!(e.file.target, Target::Socket(e.file.inode));
    });
    let null = StdFile::open("/dev/null").unwrap();
    with_entry(null.as_raw_fd(), 256, |e| {
        assert_eq!((e.file.kind, e.file.target), (Kind::Character, Target::Path(b"/dev/null")));
        assert_eq!(e.file.special, Device { major: 1, minor: 3 });
    });
    // SAFETY: makes a descriptor.
    let event = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) };
    // SAFETY: it is nobody else's.
    let event = unsafe { Fd::from_raw(event) }.unwrap();
    with_entry(event.as_raw(), 256, |e| {
        assert_eq!((e.file.kind, e.file.target), (Kind::Unknown, Target::AnonInode(b"[eventfd]")));
    });
    let path_only = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open("/").unwrap();
    with_entry(path_only.as_raw_fd(), 256, |e| {
        assert_eq!((e.access, e.access.as_str()), (Access::Path, "l---------"));
        assert_eq!((e.file.kind, e.file.target), (Kind::Directory, Target::Path(b"/")));
    });
    let namespace = StdFile::open("/proc/self/ns/net").unwrap();
    with_entry(namespace.as_raw_fd(), 256, |e| {
        assert_eq!(e.file.target, Target::Other(format!("net:[{}]", e.file.inode).as_bytes()));
    });
}

#[test]
fn memory_is_told_from_a_file() {
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let memory = Fd::from(rustix::fs::memfd_create(c"a b (deleted)", flags).unwrap());
    with_entry(memory.as_raw(), 256, |e| {
        assert_eq!((e.file.kind, e.file.target), (Kind::Regular, Target::Memfd(b"a b (deleted)")));
    });
}

#[test]
fn a_deleted_file_is_told_from_one_that_is_called_so() {
    let place = Scratch::new();
    let [path, other_name, called_so] = ["u", "v", "u (deleted)"].map(|name| place.path().join(name));
    let is = |f: &StdFile| {
        with_entry(f.as_raw_fd(), 256, |e| match e.file.target {
            Target::Path(p) => (true, Vec::from(p)),
            Target::Deleted(p) => (false, Vec::from(p)),
            other => panic!("{other:?}"),
        })
    };
    let called = StdFile::create(&called_so).unwrap();
    assert_eq!(is(&called), (true, bytes(&called_so).into()));
    let file = StdFile::create(&path).unwrap();
    fs::hard_link(&path, &other_name).unwrap();
    assert_eq!(is(&file), (true, bytes(&path).into()));
    // One of its two names is gone, and another file is called what the kernel writes for it.
    fs::remove_file(&path).unwrap();
    assert_eq!(is(&file), (false, bytes(&path).into()));
    fs::remove_file(&other_name).unwrap();
    assert_eq!(is(&file), (false, bytes(&path).into()));
    assert_eq!(is(&called), (true, bytes(&called_so).into()));
    fs::remove_file(&called_so).unwrap();
    assert_eq!(is(&called), (false, bytes(&called_so).into()));
}

#[test]
fn a_fifo_whose_name_imitates_a_pipe() {
    let place = Scratch::new();
    let path = place.path().join("pipe:[1]");
    let c_path = CString::new(bytes(&path)).unwrap();
    fifo::create(&c_path).unwrap();
    let read_end = fifo::open_read(&c_path).unwrap();
    with_entry(raw(&read_end), 256, |e| {
        assert_eq!((e.access, e.file.kind), (Access::Read, Kind::Fifo));
        assert_eq!(e.file.target, Target::Path(bytes(&path)));
    });
}

#[test]
fn a_text_that_fills_the_buffer_is_refused_and_stays() {
    let (read_end, _write_end) = pipe::pair().unwrap();
    let fd = raw(&read_end);
    let exact = with_entry(fd, 256, |e| e.file.text.len());
    let own = Process::own().unwrap();
    for (room, fits) in [(1, false), (exact, false), (exact + 1, true)] {
        let (mut names, mut text) = ([0; 64], [0; LINK_MAX]);
        let mut table = own.descriptors(&mut names).unwrap();
        loop {
            assert_eq!(table.next(&mut []).unwrap_err().needed(), Some(LINK_MAX));
            let (seen, fitted) = match table.next(text.get_mut(..room).unwrap()) {
                Ok(entry) => (entry.unwrap().fd, true),
                Err(e) => {
                    assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(LINK_MAX)));
                    (table.next(&mut text).unwrap().unwrap().fd, false)
                }
            };
            if seen == fd {
                assert_eq!(fitted, fits);
                break;
            }
        }
    }
}

#[test]
fn a_path_beyond_what_the_kernel_prints_hides_nothing_else() {
    let place = Scratch::new();
    let name = CString::new(vec![b'd'; 250]).unwrap();
    let c_path = CString::new(bytes(place.path())).unwrap();
    let mut dir = open_in(CWD, &c_path, OFlags::PATH).unwrap();
    for _ in 0..17 {
        rustix::fs::mkdirat(&dir, name.as_c_str(), Mode::RWXU).unwrap();
        dir = open_in(dir.as_fd(), &name, OFlags::PATH).unwrap();
    }
    let (mut names, mut text) = ([0; 256], [0; LINK_MAX]);
    let mut table = Process::own().unwrap().descriptors(&mut names).unwrap();
    loop {
        let entry = table.next(&mut text).unwrap().expect("the deep directory is not in the table");
        if entry.fd == dir.as_raw() {
            assert_eq!((entry.file.target, entry.file.text), (Target::TooLong, &b""[..]));
            assert_eq!(entry.file.kind, Kind::Directory);
            break;
        }
    }
}

#[test]
fn the_table_is_the_one_that_std_reads() {
    let (_r, _w) = pipe::pair().unwrap();
    let own = Process::own().unwrap();
    let std_table = || -> BTreeMap<RawFd, Option<PathBuf>> {
        let names = fs::read_dir("/proc/self/fd").unwrap().map(|e| e.unwrap().file_name());
        let numbers = names.map(|n| n.to_str().unwrap().parse().unwrap());
        numbers.map(|n| (n, fs::read_link(format!("/proc/self/fd/{n}")).ok())).collect()
    };
    // Other tests open and close meanwhile: what std sees before and after must be in ours, once and in order.
    let before = std_table();
    let (mut names, mut text) = ([0; 40], [0; LINK_MAX]);
    let mut table = own.descriptors(&mut names).unwrap();
    let mut ours = Vec::new();
    while let Some(entry) = table.next(&mut text).unwrap() {
        ours.push((entry.fd, PathBuf::from(OsStr::from_bytes(entry.file.text))));
    }
    assert!(ours.is_sorted_by(|a, b| a.0 < b.0));
    let after = std_table();
    let lasting = before.iter().filter(|(fd, path)| path.is_some() && after.get(fd) == Some(path));
    for (fd, _) in lasting {
        assert!(ours.iter().any(|(ours, _)| ours == fd), "{fd}");
    }
}

#[test]
fn fdinfo_tells_flags_and_offset() {
    let own = Process::own().unwrap();
    let (read_end, _write_end) = pipe::pair().unwrap();
    let info = own.fdinfo(raw(&read_end)).unwrap();
    assert!(info.close_on_exec() && info.non_blocking());

    let place = Scratch::new();
    let path = place.path().join("offset");
    fs::write(&path, "four score").unwrap();
    let mut file = StdFile::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    std::io::Read::read_exact(&mut file, &mut [0; 4]).unwrap();
    let info = own.fdinfo(file.as_raw_fd()).unwrap();
    assert_eq!((info.offset, info.close_on_exec(), info.non_blocking()), (4, true, false));
    // SAFETY: a flag of this test's own descriptor.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFD, 0) };
    assert!(!own.fdinfo(file.as_raw_fd()).unwrap().close_on_exec());

    // No descriptor hides by an offset that no file has.
    let memory = StdFile::open("/proc/self/mem").unwrap();
    // SAFETY: moves the offset of this test's own descriptor.
    unsafe { libc::lseek64(memory.as_raw_fd(), i64::MIN, libc::SEEK_SET) };
    assert_eq!(own.fdinfo(memory.as_raw_fd()).unwrap().offset, i64::MIN);

    let e = own.fdinfo(i32::MAX).unwrap_err();
    assert_eq!((e.errno(), e.origin()), (Errno::BADF, Origin::Kernel));
    let e = own.fdinfo(-1).unwrap_err();
    assert_eq!((e.errno(), e.origin()), (Errno::BADF, Origin::Argument));
}

#[test]
fn links_beside_the_descriptors() {
    let own = Process::open(std::process::id() as i32).unwrap();
    let mut text = [0; LINK_MAX];
    for (link, name) in [(Link::Cwd, "cwd"), (Link::Exe, "exe"), (Link::Root, "root")] {
        let path = fs::read_link(format!("/proc/self/{name}")).unwrap();
        let file = own.link(link, &mut text).unwrap();
        assert_eq!(file.target, Target::Path(bytes(&path)));
        assert_eq!(file.inode, fs::metadata(&path).unwrap().ino());
    }
    let e = own.link(Link::Exe, &mut [0; 2]).unwrap_err();
    assert_eq!((e.errno(), e.needed(), e.origin()), (Errno::MSGSIZE, Some(LINK_MAX), Origin::Kernel));
    let e = own.link(Link::Exe, &mut []).unwrap_err();
    assert_eq!((e.errno(), e.origin()), (Errno::MSGSIZE, Origin::Argument));
}

#[test]
fn bad_arguments_make_no_call() {
    for pid in [0, -1, i32::MIN] {
        let e = Process::open(pid).unwrap_err();
        assert_eq!((e.errno(), e.origin()), (Errno::INVAL, Origin::Argument));
    }
    assert_eq!(Process::open(i32::MAX).unwrap_err().errno(), Errno::SRCH);
    let e = Process::own().unwrap().descriptors(&mut [0; 31]).unwrap_err();
    assert_eq!((e.errno(), e.origin(), e.needed()), (Errno::MSGSIZE, Origin::Argument, Some(32)));
}

#[test]
fn a_kernel_thread_has_an_empty_table() {
    if !fs::read_to_string("/proc/2/stat").is_ok_and(|stat| stat.starts_with("2 (kthreadd)")) {
        return; // a pid namespace without kernel threads
    }
    let mut names = [0; 256];
    match Process::open(2).unwrap().descriptors(&mut names) {
        Ok(mut table) => assert_eq!(table.next(&mut [0; LINK_MAX]).unwrap(), None),
        Err(e) => assert_eq!(e.errno(), Errno::ACCESS),
    }
}

#[test]
fn texts_decode_to_what_they_are() {
    let decode = |text: &'static [u8], links, named: bool| Target::decode(text, links, || named);
    assert_eq!(decode(b"pipe:[2638542]", 1, false), Target::Pipe(2638542));
    assert_eq!(decode(b"pipe:[]", 1, false), Target::Other(b"pipe:[]"));
    assert_eq!(decode(b"socket:[7]x", 1, false), Target::Other(b"socket:[7]x"));
    assert_eq!(decode(b"anon_inode:inotify", 1, false), Target::AnonInode(b"inotify"));
    assert_eq!(decode(b"/memfd:n (deleted)", 0, false), Target::Memfd(b"n"));
    assert_eq!(decode(b"/memfd:n", 1, false), Target::Path(b"/memfd:n"));
    assert_eq!(decode(b"/a (deleted)", 0, true), Target::Deleted(b"/a"));
    assert_eq!(decode(b"/a (deleted)", 1, true), Target::Path(b"/a (deleted)"));
    assert_eq!(decode(b"(unreachable)/a", 1, true), Target::Other(b"(unreachable)/a"));
    assert_eq!(decode(b"", 1, true), Target::Other(b""));
}
