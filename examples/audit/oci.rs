//! Seccomp profiles as the OCI's runtime specification has them (config-linux.md, "Seccomp"), which Docker, Podman,
//! runc and crun take.

use rawipc::Call;
use rawipc::seccomp::{Check, List};

use crate::publish::string;

/// Every role there is: the lists made from the tables, and what any program makes besides.
pub fn roles() -> impl Iterator<Item = (&'static str, List)> {
    List::ALL.iter().copied().chain([("EXIT", List::EXIT)])
}

/// The roles by name, for who did not know them.
pub fn known() -> String {
    let names: Vec<String> = roles().map(|(name, _)| format!("  {}", spelled(name))).collect();
    format!("roles:\n{}", names.join("\n"))
}

fn spelled(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// One profile of all these roles together; `None` of none.
///
/// # Errors
/// The role that there is not.
pub fn profile(names: &[String], kill: bool) -> Result<Option<String>, &str> {
    let mut list = List::EMPTY;
    for name in names {
        let role = roles().find(|(role, _)| spelled(role) == spelled(name));
        list = list.and(role.ok_or(name.as_str())?.1);
    }
    Ok((!names.is_empty()).then(|| of(list, kill)))
}

/// A list as a profile.
pub fn of(list: List, kill: bool) -> String {
    let default = match kill {
        true => "\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\"",
        false => "\"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"defaultErrnoRet\": 1",
    };
    let (checked, free): (Vec<Call>, Vec<Call>) = list.calls().partition(|call| list.check(*call).is_some());
    let mut entries = Vec::new();
    if !free.is_empty() {
        let names: Vec<String> = free.iter().flat_map(|call| names(*call)).map(|n| string(&n)).collect();
        entries.push(entry(&names.join(", "), ""));
    }
    for call in checked {
        let Some(check) = list.check(call) else { continue };
        let names = names(call).map(|n| string(&n)).collect::<Vec<_>>().join(", ");
        // Entries of one call are alternatives, conditions within an entry are not.
        entries.extend(check.values().iter().map(|value| entry(&names, &condition(&check, *value))));
    }
    format!(
        "{{\n  {default},\n  \"architectures\": [{}],\n  \"syscalls\": [\n{}\n  ]\n}}",
        string(ARCHITECTURE),
        entries.join(",\n")
    )
}

fn entry(names: &str, args: &str) -> String {
    format!("    {{\"names\": [{names}], \"action\": \"SCMP_ACT_ALLOW\"{args}}}")
}

/// The runtime's `value` is the mask, and its `valueTwo` what must be left under it.
fn condition(Check { arg, mask, .. }: &Check, value: u32) -> String {
    format!(
        ",\n     \"args\": [{{\"index\": {arg}, \"value\": {mask}, \"valueTwo\": {value}, \
         \"op\": \"SCMP_CMP_MASKED_EQ\"}}]"
    )
}

/// A C library may ask for `fstat` by another name.
fn names(call: Call) -> impl Iterator<Item = String> {
    let other = (cfg!(feature = "libc") && call == Call::FSTAT).then_some("newfstatat");
    [call.name()].into_iter().chain(other).map(String::from)
}

const ARCHITECTURE: &str = if cfg!(target_arch = "x86_64") {
    "SCMP_ARCH_X86_64"
} else if cfg!(target_arch = "aarch64") {
    "SCMP_ARCH_AARCH64"
} else {
    "SCMP_ARCH_RISCV64"
};
