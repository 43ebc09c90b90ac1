//! What is said of a container that was not made: with the field that caused it, where that can be told.

use shared::run::{Field, RunSpec, blamed};

use crate::{Error, engine::EngineError};

/// The error of a container that was not made, with the field that caused it where that can be told.
pub(super) fn refused(spec: &RunSpec, error: EngineError) -> Error {
    let place = blamed(spec, &error.to_string());
    let error = match error {
        EngineError::NotFound { .. } if place == Some(Field::Image.into()) => EngineError::NotFound {
            what: "image",
            message: format!("{} is not here; pull it first", spec.image),
        },
        EngineError::NotFound { message, .. } => {
            EngineError::NotFound { what: "thing that it needs", message }
        }
        // Some engines answer a wrong value as their own failure.
        EngineError::Refused { message } if place.is_some() => EngineError::Invalid { message },
        other => other,
    };
    match place {
        Some(place) => Error::EngineField { field: place.to_string(), error },
        None => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use shared::run::parse;

    use super::*;

    #[test]
    fn a_missing_image_says_what_to_do() {
        let spec = parse("docker run nginx:1.99").spec;
        let error = EngineError::NotFound { what: "image", message: "No such image: nginx:1.99".to_owned() };
        let error = refused(&spec, error);
        assert_eq!(error.to_api().field.as_deref(), Some("image"));
        assert!(error.to_string().contains("pull it first"), "{error}");
    }
}
