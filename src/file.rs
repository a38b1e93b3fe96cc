//! Files and directories: the only room that names `std::fs`.
