//! Mapped memory.

use std::ffi::CString;

use rawipc::Errno;
use rawipc::fd::Fd;
use rawipc::memory::{File, Map, Memfd};
use rustix::fs::{MemfdFlags, SealFlags};

use super::fifo::{as_another, std_path};
use super::pipe::drop_of;
use crate::scenario::{Outcome, Scenarios, Stage};

pub fn cases(s: &mut Scenarios) {
    maps(s);
    memfds(s);
    received(s);
    files(s);
}

const SIZE: usize = 4096;

fn maps(s: &mut Scenarios) {
    s.case("memory::Map::anonymous", "ok", |t| t.ok(|| Map::anonymous(SIZE).map(std::mem::forget)));
    s.case("memory::Map::anonymous", "refused", |t| t.err(Errno::INVAL, || Map::anonymous(0)));
    s.case("memory::Map", "drop", |t| drop_of(t, Map::anonymous(SIZE)?));
    s.case("memory::ReadOnlyMap", "drop", |t| drop_of(t, made()?.map_read_only()?));
    type On = fn(&Map, usize) -> rawipc::Result<()>;
    let calls: [(&str, On); 4] = [
        ("memory::Map::read", |m, at| m.read(at, &mut [0; 8])),
        ("memory::Map::write", |m, at| m.write(at, &[1; 8])),
        ("memory::Map::atomic_u32", |m, at| m.atomic_u32(at).map(drop)),
        ("memory::Map::atomic_u64", |m, at| m.atomic_u64(at).map(drop)),
    ];
    for (function, call) in calls {
        s.case(function, "ok", move |t| t.ok_with(Map::anonymous(SIZE)?, |m| call(m, 8)));
        s.case(function, "refused", move |t| {
            let map = Map::anonymous(SIZE)?;
            t.err(Errno::RANGE, || call(&map, SIZE))
        });
    }
    s.case("memory::ReadOnlyMap::read", "ok", |t| {
        t.ok_with(made()?.map_read_only()?, |m| m.read(8, &mut [0; 8]))
    });
    s.case("memory::ReadOnlyMap::read", "refused", |t| {
        let map = made()?.map_read_only()?;
        t.err(Errno::RANGE, || map.read(SIZE, &mut [0]))
    });
    s.case("memory::ReadOnlyMap::load_u32", "ok", |t| t.ok_with(made()?.map_read_only()?, |m| m.load_u32(8)));
    s.case("memory::ReadOnlyMap::load_u32", "refused", |t| {
        let map = made()?.map_read_only()?;
        t.err(Errno::INVAL, || map.load_u32(2))
    });
}

fn made() -> rawipc::Result<Memfd> {
    Memfd::create(c"case", SIZE)
}

fn memfds(s: &mut Scenarios) {
    let create = "memory::Memfd::create";
    for (prefix, old) in [("", false), ("before 6.3, ", true)] {
        let case = |rest: &str| format!("{prefix}{rest}");
        // The kernel of before refuses the newest flag.
        let kernel = move |t: &Stage| {
            if old {
                t.refuse("memfd_create", 1, Errno::INVAL);
            }
        };
        s.case(create, &case("ok"), move |t| {
            kernel(t);
            t.ok(|| made().map(std::mem::forget))
        });
        s.case(create, &case("a signal comes"), move |t| {
            kernel(t);
            t.refuse("fallocate", 1, Errno::INTR);
            t.refuse("fallocate", 2, Errno::INTR);
            t.ok(|| made().map(std::mem::forget))
        });
        s.case(create, &case("no descriptor left"), move |t| {
            kernel(t);
            t.refuse("memfd_create", 1 + u64::from(old), Errno::MFILE);
            t.err(Errno::MFILE, made)
        });
        s.case(create, &case("no room"), move |t| {
            kernel(t);
            t.refuse("fallocate", 1, Errno::NOSPC);
            t.err(Errno::NOSPC, made)
        });
        s.case(create, &case("sealing fails"), move |t| {
            kernel(t);
            t.refuse("fcntl", 1, Errno::PERM);
            t.err(Errno::PERM, made)
        });
    }
    s.case(create, "refused", |t| t.err(Errno::INVAL, || Memfd::create(c"case", 0)));
    s.case("memory::Memfd", "drop", |t| drop_of(t, made()?));
    s.case("memory::Memfd::map", "ok", |t| t.ok_with(made()?, |m| m.map().map(std::mem::forget)));
    s.case("memory::Memfd::map", "writing was sealed", |t| {
        let memfd = made()?;
        memfd.seal_writes()?;
        t.err(Errno::PERM, || memfd.map())
    });
    s.case("memory::Memfd::map_read_only", "ok", |t| {
        t.ok_with(made()?, |m| m.map_read_only().map(std::mem::forget))
    });
    s.case("memory::Memfd::seal_writes", "ok", |t| t.ok_with(made()?, |m| m.seal_writes()));
    s.case("memory::Memfd::seal_writes", "sealed already", |t| {
        let memfd = made()?;
        memfd.seal_writes()?;
        t.err(Errno::PERM, || memfd.seal_writes())
    });
}

fn received(s: &mut Scenarios) {
    let attach = "memory::Memfd::attach";
    s.case(attach, "ok", |t| {
        let fd = made()?.into_fd();
        t.ok(|| Memfd::attach(fd).map(std::mem::forget))
    });
    s.case(attach, "not a memfd", |t| {
        let fd = rawipc::pipe::pair()?.0.into_fd();
        t.err(Errno::INVAL, || Memfd::attach(fd))
    });
    s.case(attach, "not sealed", |t| {
        let fd = plain(SealFlags::empty());
        t.err(Errno::PERM, || Memfd::attach(fd))
    });
    s.case(attach, "empty", |t| {
        let fd = plain(SealFlags::SHRINK);
        t.err(Errno::NODATA, || Memfd::attach(fd))
    });
    s.case(attach, "huge pages", |t| {
        let fd = made()?.into_fd();
        // Says nothing at all about its file system: not the one that memfds are on.
        t.answer("fstatfs", 1, 0);
        t.err(Errno::PERM, || Memfd::attach(fd))
    });
}

/// An empty memfd of somebody's.
fn plain(seals: SealFlags) -> Fd {
    let flags = MemfdFlags::CLOEXEC.union(MemfdFlags::ALLOW_SEALING);
    let fd = rustix::fs::memfd_create(c"plain", flags).expect("a memfd");
    rustix::fs::fcntl_add_seals(&fd, seals).expect("sealed");
    Fd::from(fd)
}

fn file_at(t: &Stage) -> Outcome<CString> {
    let path = t.path("file");
    drop(File::create(&path, SIZE)?);
    Ok(path)
}

fn files(s: &mut Scenarios) {
    let create = "memory::File::create";
    s.case(create, "ok", |t| t.ok_with(t.path("file"), |p| File::create(p, SIZE).map(std::mem::forget)));
    s.case(create, "a signal comes", |t| {
        t.refuse("fallocate", 1, Errno::INTR);
        t.ok_with(t.path("file"), |p| File::create(p, SIZE).map(std::mem::forget))
    });
    s.case(create, "there already", |t| {
        let path = file_at(t)?;
        t.err(Errno::EXIST, || File::create(&path, SIZE))
    });
    s.case(create, "a bad path", |t| {
        let path = t.path("no/where");
        t.err(Errno::NOENT, || File::create(&path, SIZE))
    });
    s.case(create, "no room", |t| {
        let path = t.path("file");
        t.refuse("fallocate", 1, Errno::NOSPC);
        t.err(Errno::NOSPC, || File::create(&path, SIZE))
    });
    s.case(create, "refused", |t| t.err(Errno::NOENT, || File::create(c"", SIZE)));
    let open = "memory::File::open";
    s.case(open, "ok", |t| t.ok_with(file_at(t)?, |p| File::open(p).map(std::mem::forget)));
    s.case(open, "another kind", |t| {
        let path = t.path("fifo");
        rawipc::fifo::create(&path)?;
        t.err(Errno::PROTOTYPE, || File::open(&path))
    });
    s.case(open, "another owner", |t| {
        let path = file_at(t)?;
        as_another(t);
        t.err(Errno::PERM, || File::open(&path))
    });
    s.case(open, "empty", |t| {
        let path = t.path("empty");
        std::fs::write(std_path(&path), "")?;
        t.err(Errno::NODATA, || File::open(&path))
    });
    s.case(open, "a bad path", |t| {
        let path = t.path("nothing");
        t.err(Errno::NOENT, || File::open(&path))
    });
    s.case(open, "refused", |t| t.err(Errno::NOENT, || File::open(c"")));
    s.case("memory::File::remove", "ok", |t| t.ok_with(file_at(t)?, |p| File::remove(p)));
    s.case("memory::File::remove", "nothing there", |t| {
        let path = t.path("nothing");
        t.err(Errno::NOENT, || File::remove(&path))
    });
    s.case("memory::File::remove", "refused", |t| t.err(Errno::NOENT, || File::remove(c"")));
    s.case("memory::File", "drop", |t| {
        let path = file_at(t)?;
        drop_of(t, File::open(&path)?)
    });
    s.case("memory::File::map", "ok", |t| {
        t.ok_with(File::open(&file_at(t)?)?, |f| f.map().map(std::mem::forget))
    });
    s.case("memory::File::map_read_only", "ok", |t| {
        t.ok_with(File::open(&file_at(t)?)?, |f| f.map_read_only().map(std::mem::forget))
    });
}
