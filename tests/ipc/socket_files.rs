//! The sockets of a directory, against `ls -l DIR | grep ^s`, and who is behind them, against /proc/net/unix.

use crate::add_tests;
use crate::os::process::Child;
use crate::runner::{List, skip};
use rawipc::Errno;
use rawipc::fd::CWD;
use rawipc::socket::{Address, Behind, Datagram, Files, Listener, Options, Seqpacket, Stream};
use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::process::Command;

pub fn tests(list: &mut List) {
    add_tests!(list, "socket_files":
        they_are_as_ls_shows_them, who_is_behind_is_as_the_kernel_says, the_machines_own_are_as_ls_shows_them,
        what_may_not_be_asked_is_told,
    );
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).env("LC_ALL", "C").output();
    match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(e) => skip(&format!("{program}: {e}")),
    }
}

/// As `ls -ln` prints it, but for the runs of spaces.
fn by_ls(dir: &str) -> Vec<String> {
    let text = output("ls", &["-lna", "--time-style=+%s.%N", "--quoting-style=literal", dir]);
    let lines = text.lines().filter(|line| line.starts_with('s'));
    let mut lines: Vec<_> = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    lines.sort();
    lines
}

fn by_us(dir: &str, room: usize) -> Vec<String> {
    let mut records = vec![0; room];
    let mut files = Files::open_at(CWD, &CString::new(dir).expect("no NUL"), &mut records).expect("open");
    let mut lines = Vec::new();
    while let Some(file) = files.next().expect("next") {
        let permissions = String::from_utf8(file.permissions().to_vec()).expect("ASCII");
        lines.push(format!(
            "{permissions} {} {} {} {} {}.{:09} {}",
            file.links,
            file.uid,
            file.gid,
            file.size,
            file.modified,
            file.modified_nanos,
            file.name.to_str().expect("ASCII")
        ));
    }
    lines.sort();
    lines
}

fn at(name: &str) -> Address {
    Address::path(&CString::new(name).expect("no NUL")).expect("short")
}

fn they_are_as_ls_shows_them() {
    let mut listeners = Vec::new();
    for n in 0..40 {
        let options = Options { mode: [0o600, 0o660, 0o777, 0o4][n % 4], ..Options::DEFAULT };
        let name = format!("{n}{}", "n".repeat(n * 2));
        listeners.push(Listener::<Stream>::bind_with(&at(&name), options).expect("bind"));
    }
    drop(UnixDatagram::bind("dead").expect("bind"));
    std::os::unix::fs::symlink("dead", "link").expect("symlink");
    std::fs::write("file", "").expect("write");
    std::fs::create_dir("directory").expect("mkdir");
    rawipc::fifo::create(c"fifo").expect("fifo");
    for room in [280, 1000, 65_536] {
        assert_eq!(by_us(".", room), by_ls("."));
    }
    assert_eq!(by_us(".", 280).len(), 41);
    drop(listeners);
    for file in ["dead", "link", "file", "fifo"] {
        std::fs::remove_file(file).expect("remove");
    }
    std::fs::remove_dir("directory").expect("rmdir");
}

fn the_machines_own_are_as_ls_shows_them() {
    let mut count = 0;
    for dir in ["/run", "/var/run", "/tmp", "/dev"] {
        // Whatever comes and goes meanwhile.
        let same = (0..50).find_map(|_| {
            let ours = by_us(dir, 4096);
            (ours == by_ls(dir)).then_some(ours.len())
        });
        count += same.unwrap_or_else(|| panic!("{dir}: {:?} is not {:?}", by_us(dir, 4096), by_ls(dir)));
    }
    println!("{count} sockets in /run, /var/run, /tmp and /dev, as ls -l shows them");
}

/// The flags of the sockets that this network namespace has bound, by the path that they were bound to.
fn of_the_kernel() -> BTreeMap<String, Behind> {
    let text = std::fs::read_to_string("/proc/net/unix").expect("/proc/net/unix");
    let mut found = BTreeMap::new();
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [_, _, _, flags, kind, _, _, path, ..] = columns[..] else { continue };
        let listens = u32::from_str_radix(flags, 16).is_ok_and(|flags| flags & 0x1_0000 != 0);
        let behind = match (kind, listens) {
            ("0001", true) => Behind::Stream,
            ("0005", true) => Behind::Seqpacket,
            ("0002", _) => Behind::Datagram,
            _ => Behind::Bound,
        };
        // A connection that waits to be accepted stands there under the listener's name, too.
        let told = found.entry(path.to_owned()).or_insert(behind);
        if behind.listens() {
            *told = behind;
        }
    }
    found
}

fn who_is_behind_is_as_the_kernel_says() {
    // What /proc/net/unix tells is told of the whole machine: names that no other test has.
    let own = |name: &str| format!("{}-{name}", std::process::id());
    let stream = Listener::<Stream>::bind(&at(&own("stream"))).expect("bind");
    let seqpacket = Listener::<Seqpacket>::bind(&at(&own("seqpacket"))).expect("bind");
    let full = Options { backlog: 0, ..Options::DEFAULT };
    let full = Listener::<Stream>::bind_with(&at(&own("full")), full).expect("bind");
    let _waits = Stream::try_connect(full.address()).expect("room for one");
    let datagram = Datagram::bind(&at(&own("datagram"))).expect("bind");
    let silent = [(libc::SOCK_STREAM, own("bound")), (libc::SOCK_SEQPACKET, own("bound-too"))];
    let bound = silent.map(|(kind, name)| crate::os::fds::own_raw(bound(kind, &name)));
    drop(UnixListener::bind(own("dead")).expect("bind"));
    let mut records = [0; 4096];
    let mut files = Files::open_at(CWD, c".", &mut records).expect("open");
    let kernel = of_the_kernel();
    let mut seen = 0;
    while let Some(file) = files.next().expect("next") {
        let name = file.name.to_str().expect("ASCII");
        let behind = file.behind().expect("ours to ask");
        assert_eq!(behind, kernel.get(name).copied().unwrap_or(Behind::Nobody), "{name}");
        assert_eq!(behind.listens(), !["bound", "bound-too", "dead"].map(own).contains(&name.to_owned()));
        seen += 1;
    }
    assert_eq!(seen, 7);
    // Nobody has heard of it.
    drop(files);
    assert!(stream.try_accept().is_err() && seqpacket.try_accept().is_err());
    assert!(full.try_accept().is_ok() && full.try_accept().is_err());
    assert!(datagram.try_recv_from(&mut [0; 8]).is_err());
    drop(bound);
    for file in ["bound", "bound-too", "dead"] {
        std::fs::remove_file(own(file)).expect("remove");
    }
}

/// A socket with a name, that does not listen.
fn bound(kind: i32, name: &str) -> i32 {
    // SAFETY: plain numbers.
    let fd = unsafe { libc::socket(libc::AF_UNIX, kind | libc::SOCK_CLOEXEC, 0) };
    // SAFETY: zeros are an address.
    let mut address: libc::sockaddr_un = unsafe { std::mem::zeroed() };
    address.sun_family = libc::AF_UNIX as u16;
    for (to, from) in address.sun_path.iter_mut().zip(name.as_bytes()) {
        *to = *from as libc::c_char;
    }
    // SAFETY: an address of that length.
    let ret = unsafe { libc::bind(fd, (&raw const address).cast(), size_of_val(&address) as u32) };
    crate::os::check(i64::from(ret), "bind");
    fd
}

fn what_may_not_be_asked_is_told() {
    // SAFETY: a call without arguments.
    if unsafe { libc::geteuid() } != 0 {
        skip("only root can become another user");
    }
    let _stream = Listener::<Stream>::bind(&at("private")).expect("bind");
    let dir = std::fs::File::open(".").expect("open");
    Child::spawn(|| {
        // SAFETY: plain numbers.
        unsafe { libc::setuid(54_321) };
        let at =
            CString::new(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&dir))).expect("no NUL");
        let mut records = [0; 280];
        // The test's directory is root's alone.
        let answer = Files::open_at(CWD, &at, &mut records).map(drop);
        assert_eq!(answer.map_err(rawipc::Error::errno), Err(Errno::ACCESS));
    })
    .join();
    std::fs::set_permissions(".", std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("chmod");
    Child::spawn(|| {
        // SAFETY: plain numbers.
        unsafe { libc::setuid(54_321) };
        let mut records = [0; 280];
        let mut files = Files::open_at(CWD, c".", &mut records).expect("open");
        let file = files.next().expect("next").expect("one");
        assert_eq!(file.behind().map_err(rawipc::Error::errno), Err(Errno::ACCESS));
    })
    .join();
}
