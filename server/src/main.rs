//! The binary: hands over to the command line.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    longshore::cli::main()
}
