//! One line of comma-separated values, as `--mount`, `--network` and `--gpus` take it.

/// Splits one record; `"` quotes, a doubled one stands for itself. `None` where the quoting is wrong.
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut field = String::new();
            let mut inside = quoted;
            rest = loop {
                let (before, after) = inside.split_once('"')?;
                field.push_str(before);
                match after.strip_prefix('"') {
                    Some(more) => {
                        field.push('"');
                        inside = more;
                    }
                    None => break after,
                }
            };
            fields.push(field);
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None if rest.is_empty() => return Some(fields),
                None => return None,
            }
        } else {
            let (field, more) =
                rest.split_once(',').map_or((rest, None), |(field, more)| (field, Some(more)));
            if field.contains(['"', '\n']) {
                return None;
            }
            fields.push(field.to_owned());
            match more {
                Some(more) => rest = more,
                None => return Some(fields),
            }
        }
    }
}

/// Joins fields to one record, quoted where needed.
pub(super) fn join(fields: &[String]) -> String {
    let quoted: Vec<String> = fields
        .iter()
        .map(|field| {
            if field.contains(['"', ',', '\n', '\r']) || field.starts_with([' ', '\t']) {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.clone()
            }
        })
        .collect();
    quoted.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        assert_eq!(split("a=1,b").unwrap(), ["a=1", "b"]);
        assert_eq!(split("\"device=0,1\",x").unwrap(), ["device=0,1", "x"]);
        assert_eq!(split("\"a\"\"b\"").unwrap(), ["a\"b"]);
        assert_eq!(split(""), Some(vec![String::new()]));
        assert_eq!(split("a\"b"), None);
        assert_eq!(split("\"a"), None);
        for fields in [vec!["a,b", "c\"d", ""], vec!["", ""], vec![" x", "\n"]] {
            let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
            assert_eq!(split(&join(&fields)), Some(fields));
        }
    }
}
