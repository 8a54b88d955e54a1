//! UNIX socket addresses: encoded and decoded by our own checked code, since a peer chooses its own.

use crate::error::{Call, Errno, Error, Result};
use crate::sys::socket::ADDRESS_BYTES;
use core::ffi::CStr;
use core::fmt::{self, Write};
use core::slice;
use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};

/// The name of a UNIX socket: a path, a name in the abstract namespace, or none.
///
/// A path is what the file system guards with its permissions. An abstract name is guarded by nothing: any
/// process in the same network namespace, of any user, can connect to it, and bind it before we do. A path is one
/// name, an abstract name one for each type of socket.
///
/// # Examples
/// ```
/// use rawipc::{Errno, socket::Address};
///
/// let address = Address::path(c"/run/example.sock")?;
/// assert_eq!(address.as_path(), Some(c"/run/example.sock"));
/// assert_eq!(Address::abstract_name(b"a\0b")?.to_string(), "@a\\0b");
/// let long = std::ffi::CString::new(vec![b'x'; 108]).unwrap();
/// assert_eq!(Address::path(&long).unwrap_err().errno(), Errno::NAMETOOLONG);
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Address {
    family: u16,
    /// Zero from where the name ends. One byte more than `sun_path`, for the NUL that the kernel adds to 108.
    name: [u8; NAME_BYTES],
    /// Of family and name, as the kernel counts.
    len: u8,
}

/// Where a thread finds its own descriptors.
pub(super) const OWN_FDS: &[u8] = b"/proc/thread-self/fd/";

const AF_UNIX: u16 = linux_raw_sys::net::AF_UNIX as u16;
const FAMILY_BYTES: usize = size_of::<u16>();
const NAME_BYTES: usize = ADDRESS_BYTES - FAMILY_BYTES;

impl Address {
    /// The most bytes that a path, without its NUL, or an abstract name can have.
    pub const NAME_MAX: usize = 107;

    pub(super) const UNNAMED: Address =
        Address { family: AF_UNIX, name: [0; NAME_BYTES], len: FAMILY_BYTES as u8 };

    /// A name in the file system.
    ///
    /// # Errors
    /// `EINVAL`: the path is empty. `ENAMETOOLONG`: it is longer than [`NAME_MAX`](Self::NAME_MAX) bytes.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    pub fn path(path: &CStr) -> Result<Address> {
        let bytes = path.to_bytes();
        Self::check(bytes)?;
        // Its NUL is counted.
        Ok(Self::UNNAMED.filled(bytes, FAMILY_BYTES.saturating_add(bytes.len()).saturating_add(1)))
    }

    /// A name in the abstract namespace, of exactly these bytes, which may be any, NUL among them.
    ///
    /// Many programs pad their abstract names with NULs to 107 bytes: that is another name than without.
    ///
    /// # Errors
    /// `EINVAL`: the name is empty. `ENAMETOOLONG`: it is longer than [`NAME_MAX`](Self::NAME_MAX) bytes.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    pub fn abstract_name(name: &[u8]) -> Result<Address> {
        Self::check(name)?;
        let mut address = Self::UNNAMED;
        // The NUL in front of it is counted, and none behind it.
        for (to, from) in address.name.iter_mut().skip(1).zip(name) {
            *to = *from;
        }
        address.len = FAMILY_BYTES.saturating_add(1).saturating_add(name.len()) as u8;
        Ok(address)
    }

    fn check(name: &[u8]) -> Result<()> {
        match name.len() {
            0 => Err(Error::argument(Call::BIND, Errno::INVAL)),
            1..=Self::NAME_MAX => Ok(()),
            _ => Err(Error::argument(Call::BIND, Errno::NAMETOOLONG)),
        }
    }

    fn filled(mut self, name: &[u8], len: usize) -> Self {
        for (to, from) in self.name.iter_mut().zip(name) {
            *to = *from;
        }
        self.len = len.min(ADDRESS_BYTES) as u8;
        self
    }

    /// The path with `suffix` behind it; unnamed where there is no path, or no room.
    #[inline(never)] // an address is a good part of the stack that a bind takes: none of them twice
    pub(super) fn beside(&self, suffix: &[u8]) -> Address {
        let path = self.as_path().map_or(&b""[..], CStr::to_bytes);
        let mut beside = Self::UNNAMED;
        if !path.is_empty() {
            beside.put(path);
            beside.put(suffix);
            beside.end();
        }
        beside
    }

    /// What a descriptor of this thread is open on, or a name in the directory that it is; unnamed where there is no
    /// room.
    ///
    /// Of this thread and not of the process: that of a process whose first thread has ended shows nothing.
    #[inline(never)]
    pub(super) fn through(fd: u32, name: &[u8]) -> Address {
        let mut address = Self::UNNAMED;
        address.put(OWN_FDS);
        for place in (0..=fd.checked_ilog10().unwrap_or(0)).rev() {
            let digit = fd.checked_div(10_u32.saturating_pow(place)).unwrap_or(0) % 10;
            address.put(&[b'0'.wrapping_add(digit as u8)]);
        }
        if !name.is_empty() {
            address.put(b"/");
            address.put(name);
        }
        address.end();
        address
    }

    fn put(&mut self, bytes: &[u8]) {
        let filled = (self.len as usize).saturating_sub(FAMILY_BYTES);
        for (to, from) in self.name.iter_mut().skip(filled).zip(bytes) {
            *to = *from;
        }
        self.len = (self.len as usize).saturating_add(bytes.len()).min(u8::MAX as usize) as u8;
    }

    /// Counts the NUL behind a path, or is nothing where that was too long.
    fn end(&mut self) {
        self.len = self.len.saturating_add(1);
        if self.len as usize > FAMILY_BYTES.saturating_add(Self::NAME_MAX).saturating_add(1) {
            self.name = [0; NAME_BYTES];
            self.len = FAMILY_BYTES as u8;
        }
    }

    /// What the kernel wrote into `raw`, and the length that it told, neither of them believed.
    // Not in line: what it is made of would lie on the stack of those who wait.
    #[inline(never)]
    pub(super) fn told(raw: &[u8; ADDRESS_BYTES], len: usize) -> Address {
        let [low, high, name @ ..] = raw;
        let bytes = len.saturating_sub(FAMILY_BYTES);
        match name.get(..bytes.min(NAME_BYTES)) {
            Some(name) if !name.is_empty() && u16::from_ne_bytes([*low, *high]) == AF_UNIX => {
                Self::UNNAMED.filled(name, len)
            }
            // A socket without a name tells its family only, or nothing at all.
            _ => Self::UNNAMED,
        }
    }

    /// The path, where it is one.
    pub fn as_path(&self) -> Option<&CStr> {
        match self.name {
            [0, ..] => None,
            _ => CStr::from_bytes_until_nul(&self.name).ok(),
        }
    }

    /// The bytes of the abstract name, where it is one.
    pub fn as_abstract(&self) -> Option<&[u8]> {
        match &self.name {
            [0, name @ ..] if !self.is_unnamed() => {
                name.get(..(self.len as usize).saturating_sub(FAMILY_BYTES).saturating_sub(1))
            }
            _ => None,
        }
    }

    /// Whether there is no name: the address of a socket that was never bound.
    pub const fn is_unnamed(&self) -> bool {
        self.len as usize <= FAMILY_BYTES
    }

    /// As the kernel takes it: a `struct sockaddr_un`, up to the end of the name.
    pub(super) fn bytes(&self) -> &[u8] {
        let len = (self.len as usize).min(ADDRESS_BYTES.saturating_sub(1));
        // SAFETY: `family` and `name` lie one behind the other from the beginning on, and are that long and longer.
        unsafe { slice::from_raw_parts((&raw const *self).cast::<u8>(), len) }
    }

    /// Refuses the unnamed address, which `bind` would take as a wish for a name of the kernel's choice.
    pub(super) fn must_name(&self, call: Call) -> Result<()> {
        if self.is_unnamed() { Err(Error::argument(call, Errno::INVAL)) } else { Ok(()) }
    }
}

// SAFETY: `family` and `name`, laid out as `struct sockaddr_un`, are readable for `len` bytes, and it is at most
// `ADDRESS_BYTES`; the kernel takes one byte less, so a NUL at the very end is left out.
unsafe impl SocketAddrArg for Address {
    unsafe fn with_sockaddr<R>(&self, f: impl FnOnce(*const SocketAddrOpaque, SocketAddrLen) -> R) -> R {
        let bytes = self.bytes();
        f(bytes.as_ptr().cast(), bytes.len() as SocketAddrLen)
    }
}

/// As /proc/net/unix writes it: the path, or the abstract name behind an `@`. What does not print is escaped.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.as_path() {
            return print(path.to_bytes(), f);
        }
        match self.as_abstract() {
            Some(name) => {
                f.write_char('@')?;
                print(name, f)
            }
            None => f.write_str("(unnamed)"),
        }
    }
}

pub(super) fn print(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\0' => f.write_str("\\0")?,
                c if c.is_control() => write!(f, "{}", c.escape_default())?,
                c => f.write_char(c)?,
            }
        }
        write!(f, "{}", chunk.invalid().escape_ascii())?;
    }
    Ok(())
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

const _: () = {
    assert!(core::mem::offset_of!(Address, name) == FAMILY_BYTES);
    assert!(size_of::<Address>() == 112);
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;
    use std::string::ToString;
    use std::vec;

    fn told(name: &[u8], len: usize) -> Address {
        let mut raw = [0; ADDRESS_BYTES];
        raw[..2].copy_from_slice(&AF_UNIX.to_ne_bytes());
        raw[2..2 + name.len()].copy_from_slice(name);
        Address::told(&raw, len)
    }

    #[test]
    fn lengths_at_and_past_each_limit() {
        for n in [1, 106, 107] {
            let path = CString::new(vec![b'p'; n]).unwrap();
            assert_eq!(Address::path(&path).unwrap().as_path(), Some(&*path));
            let name = vec![0; n];
            assert_eq!(Address::abstract_name(&name).unwrap().as_abstract(), Some(&*name));
        }
        let e = Address::path(&CString::new(vec![b'p'; 108]).unwrap()).unwrap_err();
        assert_eq!(e, Error::argument(Call::BIND, Errno::NAMETOOLONG));
        assert_eq!(Address::abstract_name(&[1; 108]).unwrap_err().errno(), Errno::NAMETOOLONG);
        assert_eq!(Address::path(c"").unwrap_err().errno(), Errno::INVAL);
        assert_eq!(Address::abstract_name(b"").unwrap_err().errno(), Errno::INVAL);
    }

    #[test]
    fn a_name_beside_needs_room() {
        let path = |n: usize| Address::path(&CString::new(vec![b'p'; n]).unwrap()).unwrap();
        let beside = path(103).beside(b".new");
        assert!(beside.as_path().unwrap().to_bytes().ends_with(b"pp.new"));
        assert_eq!(beside, Address::path(beside.as_path().unwrap()).unwrap());
        assert!(path(104).beside(b".new").is_unnamed());
        assert_eq!(path(104).beside(b".new"), Address::UNNAMED);
        assert!(Address::abstract_name(b"a").unwrap().beside(b".new").is_unnamed());
        for (fd, name) in [(0, "/proc/thread-self/fd/0"), (10, "/proc/thread-self/fd/10")] {
            assert_eq!(Address::through(fd, b"").to_string(), name);
        }
        assert_eq!(Address::through(u32::MAX, &[b'n'; 75]).len as usize, FAMILY_BYTES + 108);
        assert_eq!(Address::through(u32::MAX, &[b'n'; 76]), Address::UNNAMED);
    }

    #[test]
    fn what_the_kernel_tells_reads_back() {
        assert_eq!(told(b"/x\0", 5), Address::path(c"/x").unwrap());
        assert_eq!(told(b"\0a\0b", 6), Address::abstract_name(b"a\0b").unwrap());
        assert_eq!(told(b"\0", 3).as_abstract(), Some(&[][..]));
        for len in [0, 1, 2] {
            assert!(told(b"stale", len).is_unnamed());
        }
        let long = told(&[b'p'; 108], 111);
        assert_eq!(long.as_path().unwrap().count_bytes(), 108);
        // SAFETY: the closure reads nothing.
        assert_eq!(unsafe { long.with_sockaddr(|_, len| len) }, 110);
        // Lengths that no kernel tells.
        assert_eq!(told(&[b'p'; 109], usize::MAX).as_path(), None);
        assert_eq!(told(&[0; 109], usize::MAX).as_abstract().unwrap().len(), 108);
        assert!(Address::told(&[7; ADDRESS_BYTES], 20).is_unnamed());
    }

    #[test]
    fn they_print_as_proc_net_unix_has_them() {
        assert_eq!(Address::path(c"/run/\xc3\xa9\n\xff").unwrap().to_string(), "/run/é\\n\\xff");
        assert_eq!(Address::abstract_name(b"n\0").unwrap().to_string(), "@n\\0");
        assert_eq!(told(b"", 2).to_string(), "(unnamed)");
    }
}
