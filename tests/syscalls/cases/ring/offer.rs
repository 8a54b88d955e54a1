//! What one stranger offers another, made by hand: as it should be, and as it should not.

use rawipc::fd::{AsFd, AsRawFd, BorrowedFd, Fd};
use rawipc::memory::{Map, Memfd};
use rawipc::socket::{FdRefs, Refs, Stream};

/// The largest page of the architecture, in front of the records.
pub const GRAIN: usize = if cfg!(target_arch = "aarch64") { 65536 } else { 4096 };

pub const PRODUCES: u8 = 1;
pub const CONSUMES: u8 = 2;

/// A greeting, and the descriptors that go with it, in their order.
pub struct Offer {
    pub bytes: [u8; 16],
    pub fds: Vec<Fd>,
    /// The memory that it may write to.
    pub maps: Vec<Map>,
    /// Its own ends of the lines that it offers.
    pub lines: Vec<Fd>,
}

/// The eventfd that would be a bell.
pub fn bell() -> Fd {
    // SAFETY: no memory.
    let raw = unsafe { libc::eventfd(100, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK | libc::EFD_SEMAPHORE) };
    // SAFETY: just made, and nobody else's.
    unsafe { Fd::from_raw(raw) }.expect("an eventfd")
}

/// An epoll with nothing in it.
pub fn epoll() -> Fd {
    // SAFETY: no memory.
    let raw = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
    // SAFETY: just made, and nobody else's.
    unsafe { Fd::from_raw(raw) }.expect("an epoll")
}

/// Memory as it should be.
pub fn sealed(len: usize) -> (Fd, Map) {
    let memfd = Memfd::create(c"theirs", len).expect("memory");
    let map = memfd.map().expect("a mapping");
    memfd.seal_writes().expect("a seal");
    (memfd.into_fd(), map)
}

/// Memory of this length that has these seals and no more, and bytes behind it if it is `filled`.
pub fn memory(len: usize, seals: i32, filled: bool) -> Fd {
    // SAFETY: a string that ends.
    let raw = unsafe { libc::memfd_create(c"theirs".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    // SAFETY: just made, and nobody else's.
    let fd = unsafe { Fd::from_raw(raw) }.expect("a memfd");
    let len = len as libc::off_t;
    // SAFETY: no memory.
    let made = unsafe {
        match filled {
            true => libc::fallocate(raw, 0, 0, len),
            false => libc::ftruncate(raw, len),
        }
    };
    // SAFETY: no memory.
    let added = unsafe { libc::fcntl(raw, libc::F_ADD_SEALS, seals) };
    assert_eq!((made, added), (0, 0));
    fd
}

/// Memory of this length with nothing in it, and as much behind its end as should be in front of it.
pub fn behind(len: usize) -> Fd {
    let fd = memory(len, 0, false);
    let (raw, len) = (fd.as_raw(), len as libc::off_t);
    // SAFETY: no memory.
    let made = unsafe { libc::fallocate(raw, libc::FALLOC_FL_KEEP_SIZE, len, len) };
    // SAFETY: no memory.
    let added = unsafe { libc::fcntl(raw, libc::F_ADD_SEALS, ALL_SEALS) };
    assert_eq!((made, added), (0, 0));
    fd
}

/// The same file, not for writing.
pub fn read_only(fd: Fd) -> Fd {
    let path = format!("/proc/self/fd/{}\0", fd.as_raw());
    // SAFETY: a string that ends.
    let raw = unsafe { libc::open(path.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC) };
    // SAFETY: just made, and nobody else's.
    unsafe { Fd::from_raw(raw) }.expect("open")
}

pub const ALL_SEALS: i32 =
    libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_FUTURE_WRITE | libc::F_SEAL_SEAL;

impl Offer {
    /// As it should be, of a side that does this with rings of `capacity` bytes.
    pub fn sound(role: u8, capacity: usize) -> Offer {
        let mut offer = Offer { bytes: [0; 16], fds: vec![], maps: vec![], lines: vec![] };
        let produces = role & PRODUCES != 0;
        offer.bytes[..8].copy_from_slice(b"rawring\x02");
        offer.bytes[8] = role;
        offer.bytes[9] = 1;
        offer.bytes[10] = GRAIN.trailing_zeros() as u8;
        offer.bytes[11] = if produces { capacity.trailing_zeros() as u8 } else { 0 };
        if produces {
            offer.push(sealed(GRAIN + capacity));
            let (line, far) = Stream::pair().expect("a line");
            offer.fds.push(bell());
            offer.fds.push(far.into_fd());
            offer.lines.push(line.into_fd());
        }
        if role & CONSUMES != 0 {
            offer.push(sealed(GRAIN));
            offer.fds.push(bell());
        }
        offer
    }

    fn push(&mut self, (fd, map): (Fd, Map)) {
        self.fds.push(fd);
        self.maps.push(map);
    }

    /// As it should be, but for this descriptor.
    pub fn with(mut self, at: usize, fd: Fd) -> Offer {
        self.fds[at] = fd;
        self
    }

    /// As it should be, but for this byte.
    pub fn saying(mut self, at: usize, byte: u8) -> Offer {
        self.bytes[at] = byte;
        self
    }

    /// Says it. Allocates nothing.
    pub fn put(&self, socket: &Stream) {
        let mut fds = FdRefs::<8>::new();
        for fd in &self.fds {
            fds.push(fd.as_fd()).expect("room");
        }
        let fds: &Refs<'_> = &fds;
        let n = socket.try_write_with_fds(&self.bytes, fds).expect("room");
        assert_eq!(n, self.bytes.len());
    }
}

/// Another descriptor of the same.
#[allow(dead_code)]
pub fn copy(fd: BorrowedFd<'_>) -> Fd {
    // SAFETY: no memory.
    let raw = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 0) };
    // SAFETY: just made, and nobody else's.
    unsafe { Fd::from_raw(raw) }.expect("a copy")
}
