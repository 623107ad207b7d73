//! Faults: what is done to the next requests of a kind, as a test asked for it. Here are the rules; `observe` does what
//! they say.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::paths::{OWN_OPERATIONS, endpoints};

/// What is done to which requests. Without a condition: to all.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// tiro's word for an operation.
    operation: Option<String>,
    method: Option<String>,
    /// A path; `*` at its end stands for anything.
    path: Option<String>,
    /// So many matching requests are let through before.
    skip: u64,
    /// So many are hit; 0: all that come.
    times: u64,

    /// The answer, in place of the real one.
    status: Option<u16>,
    /// Headers of that answer, or in place of those of the real one.
    headers: BTreeMap<String, String>,
    /// A text as it is, anything else as JSON.
    body: Option<Value>,
    /// An answer that leads to that URL (307, unless there is a status).
    redirect: Option<String>,
    /// A body that is no JSON, under the name of JSON (200, unless there is a status).
    garbage: bool,
    /// A page of HTML (200, unless there is a status).
    html: bool,
    /// Whether the request is handled nonetheless, before its answer is replaced.
    pub(crate) handled: bool,
    /// Whether the answer comes at once, while the request's body is still on its way.
    pub(crate) early: bool,

    /// So long it takes until the request is looked at.
    pub(crate) delay_ms: u64,
    /// The connection is cut after so many bytes of the request's body.
    pub(crate) cut_request_after: Option<u64>,
    /// The request is handled and the connection cut without an answer.
    pub(crate) cut_before_response: bool,
    /// The connection is cut after so many bytes of the response's body.
    pub(crate) cut_response_after: Option<u64>,
    /// The response's body goes byte by byte, so far apart.
    pub(crate) drip_ms: Option<u64>,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            operation: None,
            method: None,
            path: None,
            skip: 0,
            times: 1,
            status: None,
            headers: BTreeMap::new(),
            body: None,
            redirect: None,
            garbage: false,
            html: false,
            handled: false,
            early: false,
            delay_ms: 0,
            cut_request_after: None,
            cut_before_response: false,
            cut_response_after: None,
            drip_ms: None,
        }
    }
}

const GARBAGE: &str = "{\"items\":[{\"id\":\"\u{fffd}\", <<<not json";
const PAGE: &str =
    "<!doctype html><html><head><title>Bad gateway</title></head><body>Try again later</body></html>";

impl Fault {
    fn check(&self) -> Result<(), String> {
        let replacements = [self.redirect.is_some(), self.garbage, self.html, self.body.is_some()];
        if replacements.into_iter().filter(|given| *given).count() > 1 {
            return Err("one of body, redirect, garbage and html".into());
        }
        if self.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err("a status is from 200 to 599".into());
        }
        for (name, value) in &self.headers {
            if name.parse::<HeaderName>().is_err() || HeaderValue::from_str(value).is_err() {
                return Err(format!("{name:?} is no header"));
            }
        }
        let known = |name: &str| endpoints().any(|row| row.operation == name);
        match self.operation.as_deref() {
            Some(name) if !known(name) && !OWN_OPERATIONS.contains(&name) => {
                Err(format!("there is no operation {name:?}"))
            }
            _ => Ok(()),
        }
    }

    fn matches(&self, operation: &str, method: &str, path: &str) -> bool {
        let same_path = |wanted: &str| match wanted.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == wanted,
        };
        self.operation.as_deref().is_none_or(|wanted| wanted == operation)
            && self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_deref().is_none_or(same_path)
    }

    /// The answer in place of the real one, if there is one.
    pub(crate) fn answer(&self) -> Option<Response<Body>> {
        let (default, media_type, body) = match &self.body {
            _ if self.redirect.is_some() => (307, "", String::new()),
            _ if self.garbage => (200, "application/json", GARBAGE.to_owned()),
            _ if self.html => (200, "text/html; charset=utf-8", PAGE.to_owned()),
            Some(Value::String(text)) => (200, "text/plain; charset=utf-8", text.clone()),
            Some(json) => (200, "application/json", json.to_string()),
            None => (self.status?, "", String::new()),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(self.status.unwrap_or(default)).ok()?;
        let headers = response.headers_mut();
        if !media_type.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(location) = self.redirect.as_deref().and_then(|url| HeaderValue::from_str(url).ok()) {
            headers.insert(header::LOCATION, location);
        }
        Some(response)
    }

    pub(crate) fn set_headers(&self, response: &mut Response<Body>) {
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
    }
}

/// A rule as it stands.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Rule {
    number: u64,
    /// How many requests matched so far, and how many of them were hit.
    seen: u64,
    hit: u64,
    fault: Fault,
}

/// The rules in the order in which they came: the first that applies is the one.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Mutex<Rules>,
}

#[derive(Debug, Default)]
struct Rules {
    list: Vec<Rule>,
    next: u64,
}

impl Faults {
    /// Adds rules, all or none; their numbers.
    pub(crate) fn add(&self, faults: Vec<Fault>) -> Result<Vec<u64>, String> {
        faults.iter().try_for_each(Fault::check)?;
        let mut rules = self.lock();
        let mut numbers = Vec::new();
        for fault in faults {
            rules.next += 1;
            let number = rules.next;
            rules.list.push(Rule { number, seen: 0, hit: 0, fault });
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// What is to be done to a request, and the rule's number.
    pub(crate) fn take(&self, operation: &str, method: &str, path: &str) -> Option<(u64, Fault)> {
        let mut rules = self.lock();
        for rule in &mut rules.list {
            let spent = rule.fault.times > 0 && rule.hit == rule.fault.times;
            if spent || !rule.fault.matches(operation, method, path) {
                continue;
            }
            rule.seen += 1;
            if rule.seen > rule.fault.skip {
                rule.hit += 1;
                return Some((rule.number, rule.fault.clone()));
            }
        }
        None
    }

    pub(crate) fn list(&self) -> Vec<Rule> {
        self.lock().list.clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().list.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Fault {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_rule_lets_some_through_hits_some_and_is_spent() {
        let faults = Faults::default();
        faults.add(vec![fault(r#"{"operation":"upload","skip":1,"times":2,"status":503}"#)]).unwrap();
        let mut take = |operation| faults.take(operation, "POST", "/api/records").is_some();
        assert_eq!(
            ["delete", "upload", "upload", "upload", "upload"].map(&mut take),
            [false, false, true, true, false]
        );
    }

    #[test]
    fn a_path_may_end_in_anything() {
        let rule = fault(r#"{"method":"get","path":"/api/records/*","garbage":true}"#);
        assert!(rule.matches("", "GET", "/api/records/1/transcript"));
        assert!(!rule.matches("", "GET", "/api/users") && !rule.matches("", "POST", "/api/records/1"));
    }

    #[test]
    fn what_makes_no_sense_is_refused_as_a_whole() {
        let faults = Faults::default();
        for bad in [
            r#"{"status":99}"#,
            r#"{"html":true,"garbage":true}"#,
            r#"{"operation":"uplaod"}"#,
            r#"{"headers":{"a b":"c"}}"#,
        ] {
            assert!(faults.add(vec![Fault::default(), fault(bad)]).is_err(), "{bad}");
        }
        assert!(faults.list().is_empty());
    }
}
