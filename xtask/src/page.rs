//! Filling `frontend/index.html`: which tags name the bundles, and how WASM learns their hashed names.
//!
//! Every address begins with `{{base}}`, which the server fills in: it alone knows under which path it is
//! reached. (A `<base>` element would be shorter, but the content policy forbids it: `base-uri 'none'`.)
//! No tag holds code or style: the policy forbids both inline.

use std::fmt::Write as _;

use crate::{
    bundle::Bundles,
    error::{Error, Result},
};

/// Where the tags go. `{{base}}` stays for the server.
const HEAD: &str = "{{assets}}";
const BASE: &str = "{{base}}";

/// The page with its tags.
pub(crate) fn fill(template: &str, bundles: &Bundles) -> Result<String> {
    for placeholder in [HEAD, BASE] {
        if template.matches(placeholder).count() != 1 {
            return Err(Error::Build(format!("frontend/index.html must hold {placeholder} exactly once")));
        }
    }
    Ok(template.replace(HEAD, &tags(bundles)?))
}

fn tags(bundles: &Bundles) -> Result<String> {
    let Bundles { style, boot, wasm, fonts, on_demand, reload, .. } = bundles;
    let table = serde_json::to_string(on_demand).map_err(|error| Error::Build(error.to_string()))?;
    // The end of a script element must not appear in it, whatever somebody names a file.
    let table = table.replace('<', "\\u003c");
    let mut tags = format!(
        "<link rel=\"stylesheet\" href=\"{BASE}{style}\">\n\
         <link rel=\"modulepreload\" href=\"{BASE}{boot}\">\n\
         <link rel=\"preload\" href=\"{BASE}{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n"
    );
    for font in fonts {
        // Writing to a String cannot fail.
        let _ = writeln!(
            tags,
            "<link rel=\"preload\" href=\"{BASE}{font}\" as=\"font\" type=\"font/woff2\" crossorigin>"
        );
    }
    let _ = writeln!(tags, "<script type=\"application/json\" id=\"assets\">{table}</script>");
    for module in [Some(boot), reload.as_ref()].into_iter().flatten() {
        let _ = writeln!(tags, "<script type=\"module\" src=\"{BASE}{module}\"></script>");
    }
    Ok(tags.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundles() -> Bundles {
        Bundles {
            style: "assets/index-A.css".to_owned(),
            boot: "assets/boot-B.js".to_owned(),
            wasm: "assets/longshore-C.wasm".to_owned(),
            fonts: vec!["assets/inter-D.woff2".to_owned()],
            on_demand: [("terminal".to_owned(), "assets/terminal-E.js".to_owned())].into(),
            reload: None,
            files: Vec::new(),
        }
    }

    #[test]
    fn the_page_names_all_bundles_under_the_base() {
        let page = fill("<meta content=\"{{base}}\">{{assets}}", &bundles()).unwrap();
        assert!(page.starts_with("<meta content=\"{{base}}\">"));
        assert!(page.contains(
            "<script type=\"application/json\" id=\"assets\">{\"terminal\":\"assets/terminal-E.js\"}<"
        ));
        assert!(page.contains("<script type=\"module\" src=\"{{base}}assets/boot-B.js\"></script>"));
        assert!(!page.contains("=\"/") && !page.contains("=\"assets/"));
    }

    #[test]
    fn a_template_without_its_placeholders_is_refused() {
        assert!(fill("{{assets}}", &bundles()).unwrap_err().to_string().contains("{{base}}"));
        assert!(fill("{{base}}", &bundles()).unwrap_err().to_string().contains("{{assets}}"));
    }
}
