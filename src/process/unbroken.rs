//! Work that no signal of the terminal cuts in two.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

/// Does `work` while SIGINT, SIGTERM, SIGHUP and SIGQUIT wait: a file that is
/// being written is whole, or was never begun, when one of them ends the process.
pub fn unbroken<T>(work: impl FnOnce() -> T) -> T {
    let waiting: SigSet = [
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
        Signal::SIGQUIT,
    ]
    .into_iter()
    .collect();
    let before = waiting.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let done = work();
    if let Ok(before) = before {
        // What came in between arrives here.
        let _ = before.thread_set_mask();
    }
    done
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// The signals that wait, as the kernel's mask of this thread.
    fn waiting() -> u64 {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
        u64::from_str_radix(mask.unwrap().trim(), 16).unwrap()
    }

    #[test]
    fn signals_of_the_terminal_wait_until_the_work_is_done() {
        let before = waiting();
        // 1 HUP, 2 INT, 3 QUIT, 15 TERM; bit 0 is signal 1.
        assert_eq!(unbroken(waiting), before | 0b0100_0000_0000_0111);
        assert_eq!(waiting(), before);
    }
}
