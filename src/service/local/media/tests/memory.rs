//! No allocation by claim: a child process with little address space decodes files that claim a great deal.

use super::*;

/// Room beyond what the process has when it starts to decode.
const ROOM: u64 = 192 << 20;
/// Not every place is tried.
const STEP: usize = 23;
const IN_CHILD: &str = "TIRO_MEDIA_MEMORY_CHILD";

#[test]
#[cfg(target_os = "linux")]
fn claims_take_no_memory() {
    if std::env::var_os(IN_CHILD).is_some() {
        return decode_what_claims();
    }
    // By its own name, so that the child runs this test and no other.
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([name.as_str(), "--exact", "--test-threads=1"])
        .env(IN_CHILD, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{told}");
}

#[cfg(target_os = "linux")]
fn decode_what_claims() {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = status.split(' ').next().unwrap().parse().unwrap();
    let most = libc::rlimit { rlim_cur: pages * 4096 + ROOM, rlim_max: pages * 4096 + ROOM };
    // SAFETY: a plain call with a struct that lives through it.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &most) }, 0);
    for (_, file) in CONTAINERS {
        // Fields of four bytes anywhere in the headers, which stand at either end.
        let end = file.len() - 4;
        let claims = [[0xff; 4], [0x3f, 0xff, 0xff, 0xff], [0x10, 0xff, 0xff, 0xff]];
        for at in (0..end.min(1300)).chain(end.saturating_sub(1000)..end).step_by(STEP) {
            let mut lying = file.to_vec();
            lying[at..at + 4].copy_from_slice(&claims[at % 3]);
            let input = Box::new(File(Cursor::new(lying)));
            let _ = decode(input, None, &limited(60_000), &mut || true);
        }
    }
}
