//! stdin, stdout, stderr and the controlling terminal.
