//! The addresses of the console's pages, as far as the server has to know them.

/// The first words of the pages' addresses. The server gives the page to any address, since the page is what
/// tells a person that there is nothing there; only these are found.
pub const FIRST_WORDS: [&str; 10] =
    ["", "sign-in", "setup", "users", "teams", "policy", "audit", "account", "commands", "environments"];
