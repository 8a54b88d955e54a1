//! The names of sockets: a path, a name in the abstract namespace, or none.
//!
//! A path is what the file system guards with its permissions. An abstract name is guarded by nothing: any process in
//! the same network namespace, of any user, can connect to it, and bind it before we do. A path is one name, an
//! abstract name one for each type of socket.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use rawipc::socket::Address;
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::ssize_t;

/// The most bytes that a path, without its NUL, or an abstract name can have.
pub const RAWIPC_ADDRESS_NAME_MAX: usize = 107;

const _: () = assert!(RAWIPC_ADDRESS_NAME_MAX == Address::NAME_MAX);

/// The name of a socket: a plain value, which may be copied. Two are the same name where all their bytes are.
///
/// A struct sockaddr_un and its length, as bind(2) and connect(2) take it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_address {
    /// AF_UNIX.
    pub family: u16,
    /// The path, or a NUL and the abstract name; zero from where it ends.
    pub name: [u8; 109],
    /// Of family and name, as the kernel counts; 2: unnamed, the address of a socket that was never bound.
    pub len: u8,
}

crate::layout!(rawipc_address: 112, family 0, name 2, len 111);
const _: () = assert!(size_of::<Address>() == size_of::<rawipc_address>());
const _: () = assert!(align_of::<Address>() == align_of::<rawipc_address>());

const BIND: Args = Args(Call::BIND);
const AF_UNIX: u16 = 1;

/// Makes the address of a name in the file system.
///
/// @param address  gets it
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the path is empty. ENAMETOOLONG: it is longer than RAWIPC_ADDRESS_NAME_MAX bytes.
/// @rust socket::Address::path
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_address_path(
    address: *mut rawipc_address,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { BIND.output(address.cast()) }?;
        // SAFETY: the caller's path.
        let path = unsafe { BIND.text(path) }?;
        to.set(Address::path(path)?);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes the address of a name in the abstract namespace, of exactly these bytes, which may be any, NUL among them.
///
/// Many programs pad their abstract names with NULs to 107 bytes: that is another name than without.
///
/// @param address  gets it
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the name is empty. ENAMETOOLONG: it is longer than RAWIPC_ADDRESS_NAME_MAX bytes.
/// @rust socket::Address::abstract_name
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_address_abstract_name(
    address: *mut rawipc_address,
    name: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { BIND.output(address.cast()) }?;
        // SAFETY: the caller's name.
        let name = unsafe { BIND.bytes(name, len) }?;
        to.set(Address::abstract_name(name)?);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// The path of an address.
///
/// @return text that lies in the address; NULL where it is no path, or no address
/// @rust socket::Address::as_path
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_address_as_path(address: *const rawipc_address) -> *const c_char {
    // SAFETY: the caller's address.
    let address = unsafe { BIND.address(address) };
    address.ok().and_then(Address::as_path).map_or(ptr::null(), |path| path.as_ptr())
}

/// The abstract name of an address.
///
/// @param name  gets a pointer to its bytes, which lie in the address
/// @return how many they are, or -errno
/// @par Errors
/// EINVAL: it is no abstract name.
/// @rust socket::Address::as_abstract
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_address_as_abstract(
    address: *const rawipc_address,
    name: *mut *const c_void,
    error: *mut rawipc_error,
) -> ssize_t {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { BIND.output(name) }?;
        // SAFETY: the caller's address.
        let address = unsafe { BIND.address(address) }?;
        let name = address.as_abstract().ok_or_else(|| BIND.refused(Errno::INVAL))?;
        to.set(name.as_ptr().cast());
        Ok(name.len())
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// Whether an address is that of a socket without a name.
///
/// @return 1 or 0, or -errno
/// @rust socket::Address::is_unnamed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_address_is_unnamed(
    address: *const rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's address.
    let told = unsafe { BIND.address(address) }.map(|address| usize::from(address.is_unnamed()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

impl Args {
    /// # Safety
    /// `address` is NULL, or an address that nobody writes to meanwhile.
    #[inline(never)]
    pub(crate) unsafe fn address<'a>(self, address: *const rawipc_address) -> Result<&'a Address> {
        // SAFETY: by the caller; it consists of integers.
        let given = unsafe { self.input(address) }?;
        if given.family != AF_UNIX || !(2..=111).contains(&given.len) {
            return Err(self.refused(Errno::INVAL));
        }
        // SAFETY: an `Address` consists of the same integers, and believes none of them.
        Ok(unsafe { &*ptr::from_ref(given).cast() })
    }
}
