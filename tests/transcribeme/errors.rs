use serde_json::json;
use tiro::ErrorKind;

use crate::fixture::{Fixture, done, fails};

#[test]
fn errors_in_every_case_and_form() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    for casing in ["camel", "pascal", "lower", "upper"] {
        for messages in ["texts", "objects", "single"] {
            fixture.behave(json!({ "error_casing": casing, "error_messages": messages }));
            let error = fails(client.order("none", None));
            assert_eq!((error.kind(), error.http_status()), (ErrorKind::NotFound, Some(404)));
            assert!(error.message().contains("status 404: "), "{casing} {messages}: {error}");
            assert!(error.detail().starts_with(r#"{"messages":[{"#), "{}", error.detail());
        }
    }
    for (messages, detail) in [("html", r#"{"body":"<"#), ("empty", "")] {
        fixture.behave(json!({ "error_messages": messages }));
        let error = fails(client.order("none", None));
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::NotFound, Some(404)));
        assert!(error.detail().starts_with(detail), "{messages}: {}", error.detail());
    }
}

#[test]
fn a_type_is_the_code() {
    let fixture = Fixture::behaving(json!({ "wallet_empty": true }));
    let client = fixture.tm();
    let (_, order) = fixture.ordered(&client);
    let error = fails(client.apply_promo(&order, "NONE", None));
    assert_eq!((error.kind(), error.service_code()), (ErrorKind::Rejected, "PROMO"));
    let call = crate::fixture::options(&[("max_price", "100 USD")]);
    let error = fails(client.place(&order, Some(&call)));
    assert_eq!(error.service_code(), "WALLET");
    assert_eq!(fixture.placed(), [0]);
}

#[test]
fn answers_in_every_case() {
    for casing in ["camel", "pascal", "lower", "upper"] {
        let fixture = Fixture::behaving(json!({ "casing": casing, "dictionary": "wrapped" }));
        let client = fixture.tm();
        let (recording, order) = fixture.ordered(&client);
        let quote = done(client.quote(&order, None));
        assert_eq!(quote.price.unwrap().to_string(), "1.25 USD", "{casing}");
        assert_eq!(quote.recordings[0].id, recording);
        let call = crate::fixture::options(&[("order.type", "verbatim")]);
        let order = done(client.edit_settings(&order, Some(&call)));
        assert_eq!(order.price.unwrap().amount, "2.00");
    }
}

/// What the transport sees to is proven call by call: reads come through 503s, purchases are sent once.
#[test]
fn reads_are_repeated_and_what_makes_something_is_not() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let (recording, order) = fixture.ordered(&client);
    fixture.faults(json!([
        {"operation": "order", "status": 503, "times": 1},
        {"operation": "recording_status", "status": 500, "times": 1},
        {"operation": "types", "cut_before_response": true, "times": 1},
        {"operation": "apply_promo", "status": 503, "times": 1},
    ]));
    done(client.order(&order, None));
    done(client.recording(&recording, None));
    done(client.dictionary("types", None, None));
    done(client.apply_promo(&order, "SANDBOX-HALF", None));
    for (operation, fault) in
        [("create_order", json!({"status": 503})), ("create_order", json!({"cut_before_response": true}))]
    {
        let mut fault = fault;
        fault["operation"] = operation.into();
        fixture.faults(json!([fault]));
        fixture.clear_log();
        fails(client.create_order(&[&recording], None));
        assert_eq!(fixture.requests(operation).len(), 1);
    }
}

#[test]
fn garbage_in_place_of_answers_is_an_error_of_its_own() {
    let fixture = Fixture::start();
    let client = fixture.tm_with(&[("max_retries", "0")]);
    let (recording, order) = fixture.ordered(&client);
    for operation in ["order", "recording_status", "recordings", "types", "transcript"] {
        fixture.faults(json!([{"operation": operation, "html": true, "times": 1}]));
        let error = match operation {
            "order" => fails(client.order(&order, None)),
            "recording_status" => fails(client.recording(&recording, None)),
            "recordings" => fails(client.recordings(0, 10, None)),
            "types" => fails(client.dictionary("types", None, None)),
            _ => fails(client.transcript(&recording, None)),
        };
        let kinds = [ErrorKind::Protocol, ErrorKind::Document];
        assert!(kinds.contains(&error.kind()), "{operation}: {error:?}");
    }
}
