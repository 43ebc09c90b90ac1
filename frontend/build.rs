//! Turns `locales/<language>/<section>.json` into checked keys: a key that one language lacks, or that the
//! code misspells, does not compile. Each area of the product has its own file.
//!
//! The published build helper is not used: it compiles ICU's whole data generator.

use std::{env, error::Error, fs, path::Path};

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    // Texts with places in them are strings as well, for attributes.
    let options = ParseOptions::new().interpolate_display(true);
    let sections = sections(Path::new("locales/en"))?;
    let config = Config::new("en")?.add_locale("fr")?.add_namespaces(sections)?.parse_options(options);
    let locales = parse_locales(None, config)?;
    for warning in locales.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }
    let mut failed = false;
    for error in locales.diag.errors().iter() {
        println!("cargo::error={error}");
        failed = true;
    }
    if failed {
        return Err("the texts do not agree".into());
    }
    let code = gen_code(&locales, None, false, None, false)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("i18n.rs"), code.to_string())?;
    Ok(())
}

/// The names of the files, without their ending.
fn sections(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
