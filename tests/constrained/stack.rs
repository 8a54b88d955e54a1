//! The stack that each public function takes, from its code: no function here calls through a pointer or itself,
//! so the deepest path is a maximum over a graph.
//!
//! Panics are left out: where one is left, the program ends there. The kernel has a stack of its own.

use std::collections::BTreeMap;

use crate::program::{Function, Instruction, Program, probes, twins};

/// The bound, in bytes, with the return address.
const LIMIT: u64 = 1024;

/// What cannot be bounded: function and finding.
type Unbounded = Vec<(String, String)>;

/// The deepest path of each probe, and what cannot be bounded.
fn depths(program: &Program) -> (Vec<(u64, String)>, Unbounded) {
    let mut walk =
        Walk { program, panics: program.panics(), known: BTreeMap::new(), path: vec![], unbounded: vec![] };
    let mut depths = Vec::new();
    for (name, at) in &program.names {
        // 8: the return address that the caller pushes.
        depths.push((walk.depth(*at) + 8, name.clone()));
    }
    depths.sort_by(|a, b| b.cmp(a));
    (depths, walk.unbounded)
}

struct Walk<'a> {
    program: &'a Program,
    panics: Vec<u64>,
    known: BTreeMap<u64, u64>,
    path: Vec<u64>,
    unbounded: Unbounded,
}

impl Walk<'_> {
    fn depth(&mut self, of: u64) -> u64 {
        if let Some(depth) = self.known.get(&of) {
            return *depth;
        }
        let f = &self.program.functions[&of];
        if self.path.contains(&of) {
            self.unbounded.push((f.name.clone(), format!("{} calls itself", f.name)));
            return 0;
        }
        self.path.push(of);
        let at = frame(f);
        let mut deepest = at.values().copied().max().unwrap_or(0);
        for i in f.code.iter().filter(|i| indirect(f, i)) {
            self.unbounded.push((f.name.clone(), format!("{} calls through {}", f.name, i.args)));
        }
        let calls: Vec<(u64, bool, u64)> =
            self.program.callees(of).map(|(i, callee)| (i.at, i.op == "call", callee)).collect();
        for (i, call, callee) in calls {
            if !self.panics.contains(&callee) {
                let below = self.depth(callee) + if call { 8 } else { 0 };
                deepest = deepest.max(at.get(&i).copied().unwrap_or(0) + below);
            }
        }
        self.path.pop();
        self.known.insert(of, deepest);
        deepest
    }
}

/// A call through a register or memory; the jump of a jump table is none.
fn indirect(f: &Function, i: &Instruction) -> bool {
    let table =
        || i.args.contains(",8)") || f.code.iter().any(|i| i.op == "movslq" && i.args.contains(",4)"));
    i.args.starts_with('*') && i.target.is_none() && (i.op == "call" || i.op == "jmp" && !table())
}

/// How far below its start each instruction uses the stack.
fn frame(f: &Function) -> BTreeMap<u64, u64> {
    let index: BTreeMap<u64, usize> = f.code.iter().enumerate().map(|(n, i)| (i.at, n)).collect();
    let mut at: BTreeMap<u64, u64> = BTreeMap::new();
    let mut open: Vec<(usize, u64)> = vec![(0, 0)];
    // Where a page-by-page probe of a large frame ends, and the whole of it.
    let mut probed: Option<u64> = None;
    let mut rbp = 0;
    while let Some((mut n, mut depth)) = open.pop() {
        while let Some(i) = f.code.get(n) {
            if at.contains_key(&i.at) {
                break;
            }
            match (i.op.as_str(), i.args.as_str()) {
                ("push", _) => depth += 8,
                ("pop", _) => depth = depth.saturating_sub(8),
                ("leave", _) => depth = 0,
                ("mov", "%rsp,%rbp") => rbp = depth,
                ("mov", "%rbp,%rsp") => depth = rbp,
                ("and", a) if a.ends_with(",%rsp") => {
                    depth += number(a).map_or(0, |align| (align as i64).unsigned_abs());
                }
                ("sub", a) if a.ends_with(",%rsp") => depth += number(a).unwrap_or(u64::from(u32::MAX)),
                ("add", a) if a.ends_with(",%rsp") => depth = depth.saturating_sub(number(a).unwrap_or(0)),
                ("lea", a) if a.ends_with("(%rsp),%r11") && a.starts_with('-') => {
                    probed = number(&a[1..]).map(|n| depth + n);
                }
                ("cmp", "%r11,%rsp") => depth = probed.take().unwrap_or(depth),
                ("lea", a) if a.ends_with("(%rsp),%rsp") => match a.strip_prefix('-') {
                    Some(a) => depth += number(a).unwrap_or(0),
                    None => depth = depth.saturating_sub(number(a).unwrap_or(0)),
                },
                ("lea", a) if a.ends_with("(%rbp),%rsp") => {
                    depth = rbp + a.strip_prefix('-').and_then(number).unwrap_or(0);
                }
                _ => {}
            }
            at.insert(i.at, depth + red_zone(&i.args));
            if let Some(to) = i.target.filter(|_| i.op != "call").and_then(|t| index.get(&t)) {
                open.push((*to, depth));
            }
            let table = i.op == "jmp" && i.args.starts_with('*');
            if table {
                // Its targets are not in the code; what nothing else jumps to is taken for one.
                for (m, _) in f.code.iter().enumerate().skip(n + 1) {
                    open.insert(0, (m, depth));
                }
            }
            if i.op.starts_with("ret") || i.op == "jmp" || i.op == "ud2" {
                break;
            }
            n += 1;
        }
    }
    at
}

/// How far below the stack pointer an instruction reaches: a leaf may, without moving it.
fn red_zone(args: &str) -> u64 {
    let below = args.split_once("(%rsp").and_then(|(before, _)| before.rsplit(',').next()?.strip_prefix('-'));
    below.and_then(number).unwrap_or(0)
}

/// The number that an operand starts with: `$0x28,%rsp`, `0x28(%rsp)`.
fn number(args: &str) -> Option<u64> {
    let digits = args.strip_prefix('$').unwrap_or(args).strip_prefix("0x")?;
    let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
    u64::from_str_radix(&digits[..end], 16).ok()
}

#[test]
fn it_is_bounded() {
    let Some(program) = probes() else { return };
    let (depths, unbounded) = depths(program);
    println!("stack, bytes with the return address:");
    for (depth, name) in &depths {
        println!("{depth:6}  {}", name.trim_start_matches("probe_").replace("__", "::"));
    }
    let mut found = crate::source::except("stack", unbounded);
    let deep = depths.iter().filter(|(depth, _)| *depth > LIMIT);
    found.extend(deep.map(|(depth, name)| format!("{name} takes {depth} bytes of stack")));
    crate::none(&found);
}

#[test]
fn a_large_frame_a_recursion_a_pointer_are_flagged() {
    let Some(program) = twins() else { return };
    let (depths, unbounded) = depths(program);
    let depth = |name: &str| depths.iter().find(|(_, n)| n == name).unwrap().0;
    for name in ["twin_holds_16_kib", "twin_calls_what_holds_16_kib"] {
        assert!((16 * 1024..18 * 1024).contains(&depth(name)), "{name}: {}", depth(name));
    }
    assert!(depth("twin_indexes") < 64, "{}", depth("twin_indexes"));
    let of = |what: &str| unbounded.iter().any(|(_, finding)| finding.contains(what));
    assert!(of("recurse calls itself") && of("twin_calls_through calls through"), "{unbounded:?}");
}
