//! Linux's calls for it, which have no safe binding in the standard library; the structures are those of the kernel's
//! headers `landlock.h`, `filter.h` and `seccomp.h`.
#![expect(unsafe_code, reason = "system calls on memory of this module")]

use std::fs::OpenOptions;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::folder;

const WRITE_FILE: u64 = 1 << 1;
const MAKE_REG: u64 = 1 << 8;
const TRUNCATE: u64 = 1 << 14;
/// From removing a directory to making a symbolic link, bits 4 to 12.
const MAKE_AND_REMOVE: u64 = 0x1ff0;
const REFER: u64 = 1 << 13;
const IOCTL_DEV: u64 = 1 << 15;
/// Binding and connecting.
const TCP: u64 = 0b11;
/// Abstract sockets and signals of others.
const SCOPES: u64 = 0b11;

#[repr(C)]
struct Ruleset {
    fs: u64,
    net: u64,
    scoped: u64,
}

#[repr(C, packed)]
struct Beneath {
    allowed: u64,
    parent: i32,
}

const CREATE_VERSION: libc::c_uint = 1;
const RULE_PATH_BENEATH: libc::c_uint = 1;

pub(super) fn keep_memory() {
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: none of the three calls keeps the pointer, which is to a structure that outlives them; an ignored signal runs
    // no handler.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
        libc::setrlimit(libc::RLIMIT_CORE, &raw const none);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// The version of Landlock that the kernel has.
pub(super) fn landlock_version() -> Option<u32> {
    // SAFETY: with this flag the kernel takes no pointer and only answers.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<Ruleset>(),
            0_usize,
            CREATE_VERSION,
        )
    };
    u32::try_from(version).ok().filter(|version| *version > 0)
}

/// Whether Landlock and filters of system calls are there.
pub(super) fn available() -> (bool, bool) {
    // SAFETY: the call takes numbers only.
    let mode = unsafe { libc::prctl(libc::PR_GET_SECCOMP, 0, 0, 0, 0) };
    (landlock_version().is_some(), mode >= 0 && ARCH.is_some())
}

/// Confines this thread and its children; says of both means whether they hold.
pub(super) fn confine<'p>(logs: impl Iterator<Item = &'p Path>) -> (bool, bool) {
    // SAFETY: the call takes numbers only.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return (false, false);
    }
    (forbid_writing(logs).is_some(), forbid_calls().is_some())
}

fn forbid_writing<'p>(logs: impl Iterator<Item = &'p Path>) -> Option<()> {
    let version = landlock_version()?;
    let since = |first: u32, bits: u64| if version >= first { bits } else { 0 };
    let fs =
        WRITE_FILE | MAKE_AND_REMOVE | since(2, REFER) | since(3, TRUNCATE) | since(5, IOCTL_DEV);
    let ruleset = Ruleset {
        fs,
        net: since(4, TCP),
        scoped: since(6, SCOPES),
    };
    let size = match version {
        0..=3 => 8,
        4..=5 => 16,
        _ => size_of::<Ruleset>(),
    };
    // SAFETY: `ruleset` is a structure of at least `size` bytes that outlives the call.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            &raw const ruleset,
            size,
            0,
        )
    };
    let fd = i32::try_from(fd).ok().filter(|fd| *fd >= 0)?;
    // SAFETY: the descriptor was just made and belongs to nobody else.
    let fd = unsafe { <std::os::fd::OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(fd) };
    for log in logs {
        allow(&fd, folder(log), WRITE_FILE | MAKE_REG | since(3, TRUNCATE));
        // It may be a link to elsewhere.
        if let Ok(file) = log.canonicalize() {
            allow(&fd, &file, WRITE_FILE | since(3, TRUNCATE));
        }
    }
    // Where git's children send what nobody wants.
    allow(&fd, Path::new("/dev/null"), WRITE_FILE);
    // SAFETY: the call takes a descriptor that is open, and a number.
    let done = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, fd.as_raw_fd(), 0) };
    (done == 0).then_some(())
}

/// Allows rights on a path; one that is not there gets none.
fn allow(ruleset: &std::os::fd::OwnedFd, path: &Path, allowed: u64) {
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_PATH)
        .open(path);
    let Ok(opened) = opened else { return };
    let beneath = Beneath {
        allowed,
        parent: opened.as_raw_fd(),
    };
    // SAFETY: `beneath` is the structure of this kind of rule, and both descriptors stay open during the call.
    let added = unsafe {
        libc::syscall(
            libc::SYS_landlock_add_rule,
            ruleset.as_raw_fd(),
            RULE_PATH_BENEATH,
            &raw const beneath,
            0,
        )
    };
    // What was not allowed is forbidden: the log says then that it cannot be written.
    debug_assert!(
        added == 0 || added == -1,
        "the kernel answers with one of both"
    );
}

/// As the kernel names this machine's calls.
const ARCH: Option<u32> = if cfg!(target_arch = "x86_64") {
    Some(0xc000_003e)
} else if cfg!(target_arch = "aarch64") {
    Some(0xc000_00b7)
} else {
    None
};

/// Connections, other processes' memory, and what has been a way into the kernel.
const FORBIDDEN: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_open_by_handle_at,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
];

/// Loads a word of the call; compares it; ends with a result: the instructions of a filter.
const LOAD: u16 = 0x20;
const EQUAL: u16 = 0x15;
const AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;
const ALLOW: u32 = 0x7fff_0000;
const ERROR: u32 = 0x0005_0000;

fn forbid_calls() -> Option<()> {
    let arch = ARCH?;
    let op = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let refuse = op(RETURN, 0, 0, ERROR | libc::EPERM.unsigned_abs());
    // Calls of another architecture, or by another table of this one, are none that git makes.
    let mut filter = vec![
        op(LOAD, 0, 0, 4),
        op(EQUAL, 1, 0, arch),
        refuse,
        op(LOAD, 0, 0, 0),
    ];
    filter.extend([op(AT_LEAST, 0, 1, 0x4000_0000), refuse]);
    for &call in FORBIDDEN {
        filter.extend([op(EQUAL, 0, 1, u32::try_from(call).ok()?), refuse]);
    }
    filter.push(op(RETURN, 0, 0, ALLOW));
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).ok()?,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the program's pointer and length are those of `filter`, which outlives the call; the kernel copies it.
    let done = unsafe {
        libc::prctl(
            libc::PR_SET_SECCOMP,
            libc::SECCOMP_MODE_FILTER,
            &raw const program,
            0,
            0,
        )
    };
    (done == 0).then_some(())
}

#[cfg(test)]
pub(super) mod tests {
    /// Whether the memory of a parent, and the tracing of it, are out of reach.
    pub(crate) fn is_refused_other_processes() -> bool {
        // SAFETY: a process may ask to be traced by its parent; where that is refused, nothing happens.
        let traced = unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) };
        traced == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
    }

    pub(crate) fn is_dumpable() -> bool {
        // SAFETY: the call takes numbers only.
        unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 }
    }
}
