//! Mapped memory: inherited, behind a descriptor, and behind a path.

use crate::claims::Claims;
use crate::figures::{Waits, measure};
use crate::look::{Mapping, is_file_line, is_one_memory};
use crate::process::{Child, fork};
use crate::shared::{Shared, connect};
use crate::table::{Call, Row, Whole};
use crate::talk::{hear, say, whole};
use crate::{Outcome, Tour, show, terminal};
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::memory::{File, Map, Memfd};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A page: room for a word that both change, and for a message each way.
const LEN: usize = 4096;

/// A global of this program. Every process has its own.
static GLOBAL: AtomicU32 = AtomicU32::new(1);

pub fn inherited(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Mapped memory, inherited",
        "mmap(2), MAP_SHARED",
        "A page made before the fork and marked shared: both processes have the same memory, at the same address, \
         and no name for it. What one stores the other loads; neither asks the kernel. All else is copied at the \
         fork: a global variable that the child changes is not the parent's.",
    );
    let map = Rc::new(Map::anonymous(LEN)?);
    let (mine, theirs) = connect(&map, &map);
    mine.word()?.store(1, Ordering::Relaxed);
    let at = mine.address();

    tour.voice.says("stores 1 in a global variable, and 1 in a mapped word");
    let (mut mine, child) = fork(mine, theirs, |here, mut side| {
        hear(here.voice, &mut here.claims, &mut side, "Make both of them 42.")?;
        GLOBAL.store(42, Ordering::Relaxed);
        side.word()?.store(42, Ordering::Relaxed);
        let seen = (GLOBAL.load(Ordering::Relaxed), side.word()?.load(Ordering::Relaxed));
        here.voice.says(&format!("sees global {}, mapped {}", seen.0, seen.1));
        here.claims.equal("the child's global and mapped word", &seen, &(42, 42));
        say(here.voice, &mut side, "Both of them are 42.")?;
        hear(here.voice, &mut here.claims, &mut side, "Not where I am.")
    })?;
    say(tour.voice, &mut mine, "Make both of them 42.")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "Both of them are 42.")?;
    let seen = (GLOBAL.load(Ordering::Relaxed), mine.word()?.load(Ordering::Relaxed));
    tour.voice.says(&format!("sees global {}, mapped {}", seen.0, seen.1));

    terminal::gap();
    let parents = mapped_at(at, "parent", std::process::id())?;
    let childs = mapped_at(at, "child", child.pid)?;
    terminal::gap();
    say(tour.voice, &mut mine, "Not where I am.")?;
    child.finish(&mut tour.claims)?;

    tour.claims
        .show(seen.0 == 1, "the global that the child made 42 is still 1 in the parent: each has its own");
    tour.claims.show(seen.1 == 42, "the mapped word that the child made 42 is 42 in the parent");
    one_memory(&mut tour.claims, &parents, &childs);
    let claim = "at the same address in both, having been there at the fork";
    tour.claims.show(parents.range == childs.range, claim);
    cost(tour, "memory, inherited", "inheritance", || {
        let map = Rc::new(Map::anonymous(LEN)?);
        Ok(connect(&map, &map))
    })
}

pub fn memfd(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Mapped memory, by descriptor",
        "memfd_create(2)",
        "Memory behind a descriptor. Whoever has the descriptor can map it, and nobody else can find it: the name \
         is for people to read. Its size is sealed, so that no one can pull it from under the other.",
    );
    let fd = Memfd::create(c"tour", LEN)?.into_fd();
    let copy = fd.try_clone()?;
    let (fd, mut child) = fork(fd, copy, |here, fd| {
        let memfd = Memfd::attach(fd)?; // which looks for the seals
        let mut side = connect_second(memfd.map()?);
        here.holds(&[i64::from(memfd.as_fd().as_raw_fd()), side.address()])?;
        hear(here.voice, &mut here.claims, &mut side, "Have you mapped it?")?;
        say(here.voice, &mut side, "By myself, after the fork.")?;
        hear(here.voice, &mut here.claims, &mut side, "Then it is ours.")
    })?;
    let memfd = Memfd::attach(fd)?;
    let mut side = connect_first(memfd.map()?);
    say(tour.voice, &mut side, "Have you mapped it?")?;
    hear(tour.voice, &mut tour.claims, &mut side, "By myself, after the fork.")?;

    let (number, childs_at) = number_and_address(&mut child)?;
    terminal::gap();
    let (parents, childs) = tour.descriptors(&[memfd.as_fd().as_raw_fd()], child.pid, &[number])?;
    let parents_map = mapped_at(side.address(), "parent", std::process::id())?;
    let childs_map = mapped_at(childs_at, "child", child.pid)?;
    terminal::gap();
    say(tour.voice, &mut side, "Then it is ours.")?;
    child.finish(&mut tour.claims)?;

    let target = "/memfd:tour (deleted)";
    let same = parents[0].object == childs[0].object;
    let lines = parents[0].is("lrwx------", target) && childs[0].is("lrwx------", target);
    tour.claims.show(same && lines, "both descriptors are of one memfd, whose file has no name (deleted)");
    tour.claims
        .check(parents_map.object.1 == parents[0].object.1, || "what is mapped is the memfd".to_owned());
    one_memory(&mut tour.claims, &parents_map, &childs_map);
    cost(tour, "memory, memfd", "a descriptor", || {
        let memfd = Memfd::create(c"tour", LEN)?;
        Ok(connect(&Rc::new(memfd.map()?), &Rc::new(memfd.map()?)))
    })
}

pub fn file(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Mapped memory, by path",
        "mmap(2), open(2)",
        "A regular file that both open by its path and map. Unlike the files of FIFOs and sockets it holds what is \
         said: its blocks are the memory, and the bytes are there when both processes are gone.",
    );
    let (path, name) = tour.scratch.name("page")?;
    let created = File::create(&name, LEN)?;
    let ((), mut child) = fork((), (), |here, ()| {
        let file = File::open(&name)?;
        let mut side = connect_second(file.map()?);
        here.holds(&[i64::from(file.as_fd().as_raw_fd()), side.address()])?;
        hear(here.voice, &mut here.claims, &mut side, "Can you read this?")?;
        say(here.voice, &mut side, "In the file, as you can.")?;
        hear(here.voice, &mut here.claims, &mut side, "So could cat.")
    })?;
    let mut side = connect_first(created.map()?);
    say(tour.voice, &mut side, "Can you read this?")?;
    hear(tour.voice, &mut tour.claims, &mut side, "In the file, as you can.")?;

    terminal::gap();
    let lines = show::files(&[&path])?;
    let (number, childs_at) = number_and_address(&mut child)?;
    let (parents, childs) = tour.descriptors(&[created.as_fd().as_raw_fd()], child.pid, &[number])?;
    let parents_map = mapped_at(side.address(), "parent", std::process::id())?;
    let childs_map = mapped_at(childs_at, "child", child.pid)?;
    let bytes = std::fs::read(&path)?;
    terminal::gap();
    say(tour.voice, &mut side, "So could cat.")?;
    child.finish(&mut tour.claims)?;
    File::remove(&name)?;

    let shown = path.display().to_string();
    let blocks = lines[0].split(' ').next().and_then(|b| b.parse().ok()).unwrap_or(0);
    let regular = blocks > 0 && is_file_line(&lines[0], '-', blocks, LEN as u64, &shown);
    tour.claims.show(regular, "a regular file of 4096 bytes, for its owner alone, and with blocks");
    let inside = ["Can you read this?", "In the file, as you can."].map(str::as_bytes);
    let said = inside.iter().all(|text| bytes.windows(text.len()).any(|part| part == *text));
    tour.claims.show(said, "what was said can be read from the file");
    let same = parents[0].object == childs[0].object;
    let ends = parents[0].is("lrwx------", &shown) && childs[0].is("lrwx------", &shown);
    tour.claims.show(same && ends, "both descriptors are of that file");
    one_memory(&mut tour.claims, &parents_map, &childs_map);
    let name = tour.scratch.name("measured")?.1;
    cost(tour, "memory, file", "a path (-)", || {
        let file = File::create(&name, LEN)?;
        let maps = file.map().and_then(|one| Ok((one, File::open(&name)?.map()?)));
        File::remove(&name)?;
        let (one, other) = maps?;
        Ok(connect(&Rc::new(one), &Rc::new(other)))
    })
}

fn connect_first(map: Map) -> Shared {
    let map = Rc::new(map);
    connect(&map, &map).0
}

fn connect_second(map: Map) -> Shared {
    let map = Rc::new(map);
    connect(&map, &map).1
}

/// What the child holds: a descriptor, and where it has it mapped.
fn number_and_address(child: &mut Child) -> Outcome<(i32, i64)> {
    match child.holds::<i64>()?[..] {
        [number, address] => Ok((number as i32, address)),
        _ => Err("the child did not say what it holds".into()),
    }
}

/// The mapping that lies at an address.
fn mapped_at(address: i64, who: &str, pid: u32) -> Outcome<Mapping> {
    let found = show::mappings(who, pid, |m| m.range.contains(&(address as u64)))?;
    found.into_iter().next().ok_or_else(|| format!("the {who} has no mapping at {address:#x}").into())
}

fn one_memory(claims: &mut Claims, parents: &Mapping, childs: &Mapping) {
    let claim = "one inode on one device in both: the same memory, which both may write (rw-s)";
    claims.show(is_one_memory(parents, childs), claim);
}

/// What a message costs, and what becomes of two.
fn cost(
    tour: &mut Tour,
    mechanism: &'static str,
    named: &'static str,
    make: impl Fn() -> Outcome<(Shared, Shared)>,
) -> Outcome {
    let (mut one, mut other) = make()?;
    let whole = whole(&mut one, &mut other)?;
    let claim = "a second message took the place of the first: keeping them apart is the ring's business";
    tour.claims.show(whole == Whole::Overwritten, claim);
    let figures = measure(Waits::Polling, make)?;
    tour.row(Row { mechanism, named, call: Call::Local, each: 0, whole, figures });
    Ok(())
}
