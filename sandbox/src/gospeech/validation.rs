//! What is wrong with what was sent, gathered property by property.

use serde_json::{Map, Value, json};

use super::Problem;

#[derive(Debug, Default)]
pub(super) struct Validation {
    errors: Map<String, Value>,
    codes: Map<String, Value>,
}

impl Validation {
    pub(super) fn refuse(&mut self, property: &str, message: &str, code: Value) {
        for (lists, item) in [(&mut self.errors, message.into()), (&mut self.codes, code)] {
            let list = lists.entry(property).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                list.push(item);
            }
        }
    }

    /// A text that has to be there.
    pub(super) fn required(&mut self, property: &str, value: &Value) -> String {
        match value.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => {
                let code = json!({ "code": "NotEmpty.Violated", "propertyValue": value });
                self.refuse(property, &format!("{} must be non-empty", shown(property)), code);
                String::new()
            }
        }
    }

    pub(super) fn at_most(&mut self, property: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            let code = json!({ "code": "MaxLength.Violated", "propertyValue": text, "maxLength": most });
            self.refuse(property, &format!("{} must not be longer than {most}", shown(property)), code);
        }
    }

    pub(super) fn done(self) -> Result<(), Problem> {
        match self.errors.is_empty() {
            true => Ok(()),
            false => Err(Problem::validation(self.errors, self.codes)),
        }
    }
}

/// As the vendor's messages name a property.
fn shown(property: &str) -> String {
    let mut letters = property.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
