//! The OpenAPI document, assembled from the list of endpoints.

use serde_json::{Map, Value, json};
use shared::{Endpoint, Needs, endpoint::Operation};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// The document of every endpoint there is.
#[must_use]
pub fn document() -> Value {
    let (paths, mut schemas) = describe_all();
    schemas.sort_by(|a, b| a.0.cmp(&b.0));
    schemas.dedup_by(|a, b| a.0 == b.0);
    let schemas: Map<String, Value> = schemas
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Longshore",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Scripts show an API token. With the cookie of a session, requests that change something need the header `x-longshore` and an `Origin` that is the console's own.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-longshore" },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "lsh_…" },
            },
        },
    })
}

/// Every endpoint by its path, and what they are made of; the same schema as often as it is met.
fn describe_all() -> (Map<String, Value>, Schemas) {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Schemas = Vec::new();
    shared::ApiError::schemas(&mut schemas);
    schemas.push(("ApiError".to_owned(), shared::ApiError::schema()));
    macro_rules! describe {
        ($($endpoint:ty),* $(,)?) => { $( describe_endpoint::<$endpoint>(&mut paths, &mut schemas); )* };
    }
    shared::for_each_endpoint!(describe);
    (paths, schemas)
}

/// What of a type stands in the document.
trait Described {
    fn describe(schemas: &mut Schemas) -> Option<Value>;
}

impl<T: ToSchema + PartialSchema> Described for T {
    fn describe(schemas: &mut Schemas) -> Option<Value> {
        let name = T::name().into_owned();
        T::schemas(schemas);
        let schema = T::schema();
        match &schema {
            // The empty tuple: no body, no reply.
            _ if name == "()" || std::any::type_name::<T>() == "()" => None,
            // Lists, texts and numbers stand where they are used; structs by their name.
            RefOr::T(Schema::Array(_)) => serde_json::to_value(schema).ok(),
            RefOr::T(Schema::Object(object)) if object.properties.is_empty() && name == "String" => {
                serde_json::to_value(schema).ok()
            }
            _ => {
                schemas.push((name.clone(), schema));
                Some(json!({ "$ref": format!("#/components/schemas/{name}") }))
            }
        }
    }
}

fn describe_endpoint<E>(paths: &mut Map<String, Value>, schemas: &mut Schemas)
where
    E: Endpoint,
    E::Query: ToSchema,
    E::Body: ToSchema,
    E::Reply: ToSchema,
{
    let mut parameters: Vec<Value> = E::FIELDS
        .iter()
        .map(|field| json!({ "name": field, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(query_parameters::<E::Query>(schemas));
    let content = |schema: Value| json!({ "application/json": { "schema": schema } });
    let mut replies = Map::new();
    let mut done = json!({ "description": "Done" });
    if let Some(schema) = E::Reply::describe(schemas)
        && let Some(done) = done.as_object_mut()
    {
        let media = media_types(E::NAME).iter();
        let content: Map<_, _> =
            media.map(|kind| ((*kind).to_owned(), json!({ "schema": schema }))).collect();
        done.insert("content".to_owned(), content.into());
    }
    replies.insert("200".to_owned(), done);
    let failed = content(json!({ "$ref": "#/components/schemas/ApiError" }));
    replies.insert("default".to_owned(), json!({ "description": "Not done", "content": failed }));
    let mut operation = json!({
        "operationId": E::NAME,
        "description": <E as Operation>::DOC.trim(),
        "parameters": parameters,
        "responses": replies,
        "x-needs": needs(E::NEEDS),
        "x-confirms": E::CONFIRMS,
        "x-before-factor": E::BEFORE_FACTOR,
        "security": security(E::NEEDS, E::METHOD.mutates(), E::CONFIRMS),
    });
    if let Some(schema) = E::Body::describe(schemas)
        && let Some(operation) = operation.as_object_mut()
    {
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content(schema) }));
    }
    if let Some(path) = paths.entry(E::PATH).or_insert_with(|| json!({})).as_object_mut() {
        path.insert(E::METHOD.as_str().to_ascii_lowercase(), operation);
    }
}

fn security(needs: Needs, mutates: bool, confirms: bool) -> Value {
    match needs {
        Needs::Public => json!([]),
        needs if needs.takes_tokens(mutates, confirms) => json!([{ "session": [] }, { "token": [] }]),
        _ => json!([{ "session": [] }]),
    }
}

fn needs(needs: Needs) -> Value {
    match needs {
        Needs::Public => json!("public"),
        Needs::Session => json!("session"),
        Needs::Account => json!("account"),
        Needs::Permission(permission) | Needs::Within(permission) => {
            serde_json::to_value(permission).unwrap_or_default()
        }
    }
}

/// What a reply is sent as: all but the downloads is JSON.
fn media_types(name: &str) -> &'static [&'static str] {
    match name {
        "DownloadLogs" => &["text/plain; charset=utf-8"],
        "ExportAudit" => &["application/x-ndjson", "text/csv; charset=utf-8"],
        _ => &["application/json"],
    }
}

fn query_parameters<Q: ToSchema>(schemas: &mut Schemas) -> Vec<Value> {
    Q::schemas(schemas);
    let RefOr::T(Schema::Object(object)) = Q::schema() else { return Vec::new() };
    object
        .properties
        .iter()
        .map(|(name, schema)| {
            json!({ "name": name, "in": "query", "required": object.required.contains(name), "schema": schema })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_name_stands_for_two_things() {
        let mut known = BTreeMap::new();
        for (name, schema) in describe_all().1 {
            let schema = serde_json::to_value(schema).unwrap();
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*first, schema, "two types are called {name}");
        }
        assert!(known.contains_key("ApiError"));
    }
}
