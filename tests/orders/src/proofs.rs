//! What is asked of the models: each process explores one, and ends where loom finds something wrong.

use crate::ring::models::{ALL, Model};
use crate::{atomic, sites};
use std::process::{Command, exit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How a process ends whose model is wrong, and one that never came to what is weakened.
const WRONG: i32 = 3;
const NOT_MET: i32 = 4;

/// The kernel's barrier that is none.
pub const NO_BARRIER: &str = "no_barrier";

/// Explores one model here, `weakened` being an ordering that it has to do without.
pub fn one(name: &str, weakened: Option<&str>) {
    let model = ALL.iter().find(|model| model.name == name).expect("a model");
    if let Some((file, line)) = weakened.and_then(|site| site.split_once(':')) {
        atomic::weaken(file, line.parse().expect("a line"));
    }
    // Loom unwinds over what it has stopped in the middle, so it is left as it stands.
    std::panic::set_hook(Box::new(|why| {
        let why = why.payload();
        let why = why.downcast_ref::<String>().map(String::as_str).or(why.downcast_ref::<&str>().copied());
        let why = why.unwrap_or("a panic");
        println!("{}", why.lines().next().unwrap_or_default());
        exit(WRONG)
    }));
    let executions = explore(model);
    if weakened.is_some_and(|site| site != NO_BARRIER) && !atomic::was_met() {
        exit(NOT_MET);
    }
    println!("{executions}");
}

fn explore(model: &'static Model) -> usize {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = model.preemptions;
    builder.max_branches = 10_000;
    let executions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&executions);
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        (model.run)();
    });
    executions.load(Ordering::Relaxed)
}

/// What a process said that explored `model`.
enum Said {
    Held(usize),
    Wrong(String),
    NotMet,
}

fn explored(model: &Model, weakened: Option<&str>) -> Said {
    let mut command = Command::new(std::env::current_exe().expect("our own path"));
    let output = command.arg(model.name).args(weakened).output().expect("a process of our own");
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.code() {
        Some(0) => Said::Held(text.parse().expect("a number of executions")),
        Some(WRONG) => Said::Wrong(text),
        Some(NOT_MET) => Said::NotMet,
        _ => panic!("{}: {}: {}", model.name, output.status, String::from_utf8_lossy(&output.stderr)),
    }
}

/// Each model as it ships, and then with each ordering weakened; fails where something holds that should not.
pub fn all() {
    let mut failed = false;
    for model in &ALL {
        let Model { name, what, least, .. } = model;
        match explored(model, None) {
            Said::Held(n) if n >= *least => println!("{name}: {what}: {n} executions"),
            Said::Held(n) => failed |= said(&format!("{name}: FAILED: {n} executions, not {least}")),
            Said::Wrong(why) => failed |= said(&format!("{name}: FAILED: {why}")),
            Said::NotMet => {}
        }
    }
    for site in sites::all() {
        let at = format!("{}:{}", site.file, site.line);
        if site.text.starts_with("compiler_fence") {
            println!("{site}: in no model, since loom keeps the program's order");
            continue;
        }
        match caught(&at) {
            Some(by) => println!("{site} weakened: {by}"),
            None => failed |= said(&format!("{site} weakened: NOT caught")),
        }
    }
    match caught(NO_BARRIER) {
        Some(by) => println!("a membarrier that does nothing: {by}"),
        None => failed |= said("a membarrier that does nothing: NOT caught"),
    }
    exit(failed.into())
}

/// The first model that goes wrong with this weakened.
fn caught(weakened: &str) -> Option<String> {
    ALL.iter().find_map(|model| match explored(model, Some(weakened)) {
        Said::Wrong(why) => Some(format!("caught by {}: {why}", model.name)),
        Said::Held(_) | Said::NotMet => None,
    })
}

fn said(what: &str) -> bool {
    println!("{what}");
    true
}
