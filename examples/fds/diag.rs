//! What NETLINK_SOCK_DIAG tells of sockets: name, type, state, and the inode of the peer.

use crate::escape::escape;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// The UNIX, TCP and UDP sockets of our network namespace, by inode.
#[derive(Default)]
pub struct Sockets {
    known: HashMap<u64, Socket>,
    /// Of a UNIX socket, whom it is connected to.
    peer: Vec<(u64, u64)>,
    /// Protocol, our address and theirs, of what is connected over IP.
    connected: HashMap<(u8, SocketAddr, SocketAddr), u64>,
}

pub struct Socket {
    /// As lsof names it in the column TYPE.
    pub family: &'static str,
    pub description: String,
    ends: Option<(u8, SocketAddr, SocketAddr)>,
}

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const UDIAG_SHOW_NAME: u32 = 1;
const UDIAG_SHOW_PEER: u32 = 4;
const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
const LISTEN: u8 = 10;

impl Sockets {
    /// Asks the kernel. What it refuses to tell, or cannot, is not known.
    pub fn read() -> Sockets {
        let mut sockets = Sockets::default();
        let mut request = vec![libc::AF_UNIX as u8, 0, 0, 0];
        for word in [u32::MAX, 0, UDIAG_SHOW_NAME | UDIAG_SHOW_PEER, u32::MAX, u32::MAX] {
            request.extend(word.to_ne_bytes());
        }
        let _ = dump(&request, |reply| sockets.unix(reply));
        for family in [libc::AF_INET, libc::AF_INET6] {
            for protocol in [libc::IPPROTO_TCP, libc::IPPROTO_UDP] {
                let mut request = vec![family as u8, protocol as u8, 0, 0];
                request.extend(u32::MAX.to_ne_bytes());
                request.resize(56, 0); // any address
                let _ = dump(&request, |reply| sockets.ip(protocol as u8, reply));
            }
        }
        sockets
    }

    pub fn get(&self, inode: u64) -> Option<&Socket> {
        self.known.get(&inode)
    }

    /// The inodes at the other end: whom it is connected to, and who is connected to it.
    pub fn peers(&self, inode: u64) -> Vec<u64> {
        let ends = self.known.get(&inode).and_then(|socket| socket.ends);
        let over_ip = ends.and_then(|(protocol, ours, theirs)| self.connected.get(&(protocol, theirs, ours)));
        let mut peers: Vec<u64> = over_ip.copied().into_iter().collect();
        for &(from, to) in &self.peer {
            peers.extend((from == inode).then_some(to));
            peers.extend((to == inode).then_some(from));
        }
        peers
    }

    /// `struct unix_diag_msg`: family, type, state, padding, inode, cookie; then attributes.
    fn unix(&mut self, reply: &[u8]) -> Option<()> {
        let &[_, kind, state, ..] = reply else { return None };
        let inode = u64::from(u32_at(reply, 4)?);
        let mut name = String::new();
        let mut attributes = reply.get(16..)?;
        while let (Some(len), Some(which)) = (u16_at(attributes, 0), u16_at(attributes, 2)) {
            let value = attributes.get(4..usize::from(len))?;
            match which {
                UNIX_DIAG_NAME => name = unix_name(value) + " ",
                UNIX_DIAG_PEER => self.peer.push((inode, u64::from(u32_at(value, 0)?))),
                _ => {}
            }
            attributes = attributes.get(usize::from(len).next_multiple_of(4)..).unwrap_or(&[]);
        }
        let kind = match i32::from(kind) {
            libc::SOCK_STREAM => "STREAM",
            libc::SOCK_DGRAM => "DGRAM",
            libc::SOCK_SEQPACKET => "SEQPACKET",
            _ => "?",
        };
        let state = match state {
            1 => "CONNECTED",
            LISTEN => "LISTEN",
            _ => "UNCONNECTED",
        };
        let description = format!("{name}type={kind} ({state})");
        self.known.insert(inode, Socket { family: "unix", description, ends: None });
        Some(())
    }

    /// `struct inet_diag_msg`: family, state, timer, retransmissions, two ports, two addresses, …, the inode.
    fn ip(&mut self, protocol: u8, reply: &[u8]) -> Option<()> {
        let &[family, state, ..] = reply else { return None };
        let is_v4 = i32::from(family) == libc::AF_INET;
        let address = |port: usize, host: usize| {
            let port = u16::from_be_bytes(*reply.get(port..)?.first_chunk()?);
            let host = match is_v4 {
                true => IpAddr::from(Ipv4Addr::from(*reply.get(host..)?.first_chunk::<4>()?)),
                false => IpAddr::from(Ipv6Addr::from(*reply.get(host..)?.first_chunk::<16>()?)),
            };
            Some(SocketAddr::new(host.to_canonical(), port))
        };
        let (ours, theirs) = (address(4, 8)?, address(6, 24)?);
        let inode = u64::from(u32_at(reply, 68)?);
        let protocol_name = if i32::from(protocol) == libc::IPPROTO_TCP { "TCP" } else { "UDP" };
        let mut description = format!("{protocol_name} {ours}");
        let ends = (theirs.port() != 0).then_some((protocol, ours, theirs));
        if let Some(ends) = ends {
            description.push_str(&format!("->{theirs}"));
            self.connected.insert(ends, inode);
        }
        if i32::from(protocol) == libc::IPPROTO_TCP {
            description.push_str(&format!(" ({})", tcp_state(state)));
        }
        let family = if is_v4 { "IPv4" } else { "IPv6" };
        self.known.insert(inode, Socket { family, description, ends });
        Some(())
    }
}

fn tcp_state(state: u8) -> &'static str {
    match state {
        1 => "ESTABLISHED",
        2 => "SYN_SENT",
        3 | 12 => "SYN_RECV",
        4 => "FIN_WAIT1",
        5 => "FIN_WAIT2",
        6 => "TIME_WAIT",
        7 => "CLOSE",
        8 => "CLOSE_WAIT",
        9 => "LAST_ACK",
        LISTEN => "LISTEN",
        11 => "CLOSING",
        _ => "?",
    }
}

/// An abstract name begins with a NUL, printed as `@`; a path ends with one.
fn unix_name(bytes: &[u8]) -> String {
    match bytes.split_first() {
        Some((0, name)) => format!("@{}", escape(name)),
        _ => escape(bytes.strip_suffix(b"\0").unwrap_or(bytes)),
    }
}

/// Sends one request to dump, and hands each message of the answer to `each`.
fn dump(request: &[u8], mut each: impl FnMut(&[u8]) -> Option<()>) -> io::Result<()> {
    // SAFETY: makes a descriptor.
    let raw = unsafe {
        libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_SOCK_DIAG)
    };
    if raw < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just made, and nobody else's.
    let socket = unsafe { OwnedFd::from_raw_fd(raw) };

    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    let mut message = (request.len() as u32 + 16).to_ne_bytes().to_vec();
    message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]); // sequence number and port: one request a socket
    message.extend(request);
    // SAFETY: reads as many bytes as the vector has.
    if unsafe { libc::send(socket.as_raw_fd(), message.as_ptr().cast(), message.len(), 0) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let mut buf = vec![0_u8; 1 << 16];
    loop {
        // SAFETY: writes at most as many bytes as the vector has.
        let n = unsafe { libc::recv(socket.as_raw_fd(), buf.as_mut_ptr().cast(), buf.len(), 0) };
        let mut rest = match usize::try_from(n) {
            Ok(n) if n > 0 => buf.get(..n).unwrap_or(&[]),
            _ => return Err(io::Error::last_os_error()),
        };
        while let (Some(len), Some(kind)) = (u32_at(rest, 0), u16_at(rest, 4)) {
            let Some(body) = rest.get(16..len as usize) else { break };
            match i32::from(kind) {
                libc::NLMSG_DONE => return Ok(()),
                libc::NLMSG_ERROR => return Err(io::ErrorKind::Unsupported.into()),
                // A socket that is of no use to us is skipped.
                _ => drop(each(body)),
            }
            rest = rest.get((len as usize).next_multiple_of(4)..).unwrap_or(&[]);
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_ne_bytes(*b))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|b| u16::from_ne_bytes(*b))
}
