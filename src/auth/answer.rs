//! The answer of a token endpoint that gave out tokens.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::tokens::{Expiry, Tokens};
use crate::error::{Error, ErrorKind, Result};
use crate::random;

/// Seconds that a token is taken to live where the server does not say.
const USUAL_LIFETIME: f64 = 3600.0;
/// Ten years: a server that says more means for ever.
const MOST_LIFETIME: f64 = 315_360_000.0;

/// When an answer arrived: by the server's clock, where it told it, and by this machine's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) server_ms: Option<i64>,
    pub(super) local_ms: i64,
}

/// Reads the tokens of an answer. `keep` names further members that the service wants to know.
pub(super) fn read(body: &[u8], arrival: Arrival, asked_scope: &str, keep: &[&str]) -> Result<Tokens> {
    let refused = |what: &str| Error::new(ErrorKind::Protocol, format!("the token endpoint's answer {what}"));
    // Nothing of it goes into the error: it may hold tokens.
    let members: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| refused("is no JSON object"))?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let secret = |name: &str| text(name).map(SecretString::from);
    let access = secret("access_token").ok_or_else(|| refused("holds no access token"))?;
    if text("access_token").is_some_and(|token| token.bytes().any(|byte| !byte.is_ascii_graphic())) {
        return Err(refused("holds an access token that no header can carry"));
    }
    if text("token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(refused("is a token of another type than Bearer"));
    }
    let lifetime_ms = (lifetime(members.get("expires_in")) * 1000.0) as i64;
    // Names that no standard fixes come in whatever case a server likes.
    let in_any_case = |name: &str| {
        let (_, value) = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        value.as_str().filter(|text| !text.is_empty())
    };
    let told = |name: &&str| Some(((*name).to_owned(), in_any_case(name)?.to_owned()));
    Ok(Tokens {
        id: random::text::<9>()?,
        access,
        refresh: secret("refresh_token"),
        id_token: secret("id_token"),
        scope: text("scope").unwrap_or(asked_scope).to_owned(),
        asked_scope: asked_scope.to_owned(),
        expiry: Some(Expiry::of_answer(lifetime_ms, arrival.server_ms, arrival.local_ms)),
        extra: keep.iter().filter_map(told).collect::<BTreeMap<_, _>>(),
    })
}

fn lifetime(value: Option<&Value>) -> f64 {
    let seconds = match value {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| seconds.is_finite()).unwrap_or(USUAL_LIFETIME).clamp(0.0, MOST_LIFETIME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn answer(body: &str) -> Result<Tokens> {
        read(body.as_bytes(), Arrival { server_ms: None, local_ms: 0 }, "asked", &["userId"])
    }

    #[test]
    fn the_documented_answer_is_read() {
        let tokens = answer(
            r#"{"access_token":"a","expires_in":3600,"token_type":"Bearer","refresh_token":"r","scope":"email openid"}"#,
        )
        .unwrap();
        assert_eq!(tokens.access.expose_secret(), "a");
        assert_eq!(tokens.refresh.unwrap().expose_secret(), "r");
        assert_eq!((tokens.scope.as_str(), tokens.asked_scope.as_str()), ("email openid", "asked"));
        assert_eq!(tokens.expiry.unwrap().lifetime_ms, 3_600_000);
    }

    #[test]
    fn what_the_service_wants_to_know_is_kept_and_nothing_else() {
        let tokens =
            answer(r#"{"access_token":"a","UserId":"u-1","firstName":"Ann",".issued":"x"}"#).unwrap();
        assert_eq!(tokens.extra.into_iter().collect::<Vec<_>>(), [("userId".to_owned(), "u-1".to_owned())]);
        assert_eq!(tokens.scope, "asked");
    }

    #[test]
    fn a_lifetime_comes_in_many_forms() {
        for (value, ms) in [
            ("35999", 35_999_000),
            ("\"35999\"", 35_999_000),
            ("\" 60 \"", 60_000),
            ("1.5", 1_500),
            ("null", 3_600_000),
            ("\"soon\"", 3_600_000),
            ("\"NaN\"", 3_600_000),
            ("-5", 0),
            ("1e300", 315_360_000_000),
            ("[]", 3_600_000),
        ] {
            let tokens = answer(&format!(r#"{{"access_token":"a","expires_in":{value}}}"#)).unwrap();
            assert_eq!(tokens.expiry.unwrap().lifetime_ms, ms, "{value}");
        }
    }

    #[test]
    fn an_answer_without_a_usable_token_is_an_error_that_repeats_none_of_it() {
        for body in [
            "",
            "hidden",
            "[]",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":7,"refresh_token":"hidden"}"#,
            r#"{"access_token":"hidden","token_type":"mac"}"#,
            "{\"access_token\":\"hidden\\r\\nX-Evil: 1\"}",
            r#"{"access_token":"hiddén"}"#,
        ] {
            let error = answer(body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{body}");
            assert!(!format!("{error} {error:?}").contains("hidd"), "{body}");
        }
    }
}
