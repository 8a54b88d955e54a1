//! The profiles for container runtimes, against the lists that they are made of.

use std::collections::BTreeSet;

use rawipc::Call;
use rawipc::seccomp::List;
use serde_json::Value;

use crate::published::strings;
use crate::{example, none, ran};

fn profile(roles: &[&str]) -> Value {
    let (status, out, said) = ran(example("audit").arg("--profile").args(roles));
    assert_eq!(status, 0, "{said}");
    serde_json::from_str(&out).expect("valid JSON")
}

/// Where the profile is not exactly the list.
fn wrong(name: &str, profile: &Value, list: List) -> Vec<String> {
    let mut found = Vec::new();
    let entries = profile["syscalls"].as_array().unwrap();
    let names = |entry: &Value| strings(&entry["names"]);
    let has: BTreeSet<String> = entries.iter().flat_map(names).collect();
    let with_stand_ins = |call: Call| {
        let other = (cfg!(feature = "libc") && call == Call::FSTAT).then_some("newfstatat");
        [Some(call.name()), other].into_iter().flatten().map(String::from)
    };
    let must_have: BTreeSet<String> = list.calls().flat_map(with_stand_ins).collect();
    if has != must_have {
        found.push(format!("{name}: {has:?} instead of {must_have:?}"));
    }
    for call in list.calls() {
        let of_call: Vec<&Value> =
            entries.iter().filter(|e| names(e).iter().any(|n| n == call.name())).collect();
        let values = |e: &&Value| -> (u64, u64, u64, String) {
            let arg = &e["args"][0];
            let number = |key: &str| arg[key].as_u64().unwrap();
            (number("index"), number("value"), number("valueTwo"), arg["op"].to_string())
        };
        let right = match list.check(call) {
            None => of_call.len() == 1 && of_call[0].get("args").is_none(),
            Some(check) => {
                let op = "\"SCMP_CMP_MASKED_EQ\"".to_owned();
                let one = |v: &u32| (check.arg.into(), check.mask.into(), u64::from(*v), op.clone());
                of_call.iter().all(|e| e["args"].as_array().is_some_and(|a| a.len() == 1))
                    && of_call.iter().map(values).eq(check.values().iter().map(one))
            }
        };
        if !right || of_call.iter().any(|e| e["action"] != "SCMP_ACT_ALLOW") {
            found.push(format!("{name}: {} as {of_call:?}", call.name()));
        }
    }
    if profile["architectures"].as_array().is_none_or(|a| a.len() != 1) {
        found.push(format!("{name}: for {}", profile["architectures"]));
    }
    found
}

#[test]
fn each_role_has_exactly_its_calls() {
    let mut found = Vec::new();
    for (name, list) in List::ALL.iter().copied().chain([("EXIT", List::EXIT)]) {
        let profile = profile(&[&name.to_lowercase().replace('_', "-")]);
        found.extend(wrong(name, &profile, list));
        if profile["defaultAction"] != "SCMP_ACT_ERRNO" || profile["defaultErrnoRet"] != libc::EPERM {
            found.push(format!("{name}: what is not listed is not refused"));
        }
    }
    none(&found);
}

#[test]
fn several_roles_are_one_profile_and_may_kill() {
    let both = profile(&["--kill", "PIPE_READER", "memory-user"]);
    none(&wrong("both", &both, List::PIPE_READER.and(List::MEMORY_USER)));
    assert_eq!(both["defaultAction"], "SCMP_ACT_KILL_PROCESS");
}

#[test]
fn a_wrong_profile_is_flagged() {
    let more = profile(&["socket"]);
    let flagged = |list: List| !wrong("twin", &more, list).is_empty();
    assert!(!flagged(List::SOCKET));
    assert!(flagged(List::SOCKET.with(Call::MPROTECT)));
    assert!(flagged(List::SOCKET.without(Call::BIND)));
    let pipe = profile(&["pipe"]);
    let fewer = List::PIPE.without_fcntl(rawipc::seccomp::Fcntl::GetFl);
    assert!(!wrong("twin", &pipe, fewer).is_empty());
}

#[test]
fn an_unknown_role_is_told_the_known_ones() {
    for args in [&["--profile", "pipe-smoker"][..], &["pipe-smoker"], &["--profile"]] {
        let (status, out, said) = ran(example("audit").args(args));
        assert!(status == 1 && out.is_empty() && said.contains("  pipe-reader\n"), "{said}");
    }
}
