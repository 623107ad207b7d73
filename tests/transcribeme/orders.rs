use serde_json::json;
use tiro::{ErrorKind, RecordingStatus};

use crate::fixture::{Fixture, done, fails, options};

#[test]
fn an_order_from_its_making_to_its_transcript() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let (recording, order) = fixture.ordered(&client);
    assert_eq!(done(client.recording(&recording, None)).status, RecordingStatus::NeedsAction);
    let quote = done(client.quote(&order, None));
    assert_eq!(quote.price.as_ref().unwrap().to_string(), "1.25 USD");
    let call = options(&[
        ("language", "english"),
        ("order.accent", "british"),
        ("order.type", "verbatim"),
        ("order.turnaround", "24h"),
        ("order.speakers", "1"),
        ("order.noisy_audio", "yes"),
    ]);
    let edited = done(client.edit_settings(&order, Some(&call)));
    let settings: serde_json::Value = serde_json::from_str(&edited.raw).unwrap();
    let settings = &settings["recordings"][0]["settings"];
    assert_eq!((&settings["language"], &settings["accent"]), (&json!("en"), &json!("en-GB")));
    assert_eq!((&settings["type"], &settings["turnaround"]), (&json!(3), &json!(24)));
    assert_eq!((&settings["speakers"], &settings["isNoisyAudio"]), (&json!(1), &json!(true)));
    let promoted = done(client.apply_promo(&order, " SANDBOX-HALF ", None));
    assert_eq!(promoted.price.as_ref().unwrap().amount, "1.00");

    let error = fails(client.place(&order, None));
    assert_eq!(error.kind(), ErrorKind::ConfirmRequired);
    let detail: serde_json::Value = serde_json::from_str(error.detail()).unwrap();
    assert_eq!(detail, json!({ "order_id": order, "amount": "1.00", "currency": "USD" }));
    let low = options(&[("max_price", "0.99 USD")]);
    assert_eq!(fails(client.place(&order, Some(&low))).kind(), ErrorKind::ConfirmRequired);
    assert_eq!(fixture.placed(), [0]);

    let confirmed = options(&[("confirmed_price", "1 USD")]);
    let placed = done(client.place(&order, Some(&confirmed)));
    assert!(placed.paid_at_ms.is_some());
    let ready = done(client.wait(&recording, None));
    assert_eq!((ready.status, ready.raw_status.as_str()), (RecordingStatus::Ready, "3"));
    assert!(!done(client.transcript(&recording, None)).text().is_empty());
    assert_eq!(fixture.placed(), [1]);
}

#[test]
fn a_quote_that_has_changed_is_no_purchase() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let (_, order) = fixture.ordered(&client);
    fixture.control("POST", &format!("/transcribeme/orders/{order}/price"), Some(json!({ "total": "7.25" })));
    let call = options(&[("confirmed_price", "1.25 USD"), ("max_price", "100 USD")]);
    let error = fails(client.place(&order, Some(&call)));
    assert_eq!(error.kind(), ErrorKind::QuoteChanged);
    let detail: serde_json::Value = serde_json::from_str(error.detail()).unwrap();
    assert_eq!((&detail["confirmed"], &detail["now"]), (&json!("1.25 USD"), &json!("7.25 USD")));
    assert_eq!(fixture.placed(), [0]);
}

#[test]
fn the_grand_total_is_what_the_refund_leaves_where_nobody_says_it() {
    let fixture = Fixture::behaving(json!({ "grand_total": false }));
    let client = fixture.tm();
    let (_, order) = fixture.ordered(&client);
    let price = json!({ "total": "7.25", "refund": "0.25" });
    fixture.control("POST", &format!("/transcribeme/orders/{order}/price"), Some(price));
    assert_eq!(done(client.quote(&order, None)).price.unwrap().amount, "7.00");
}

#[test]
fn a_purchase_whose_answer_is_lost_is_looked_up_and_never_sent_again() {
    for (documented_only, cut) in [(false, true), (false, false), (true, true)] {
        let fixture = Fixture::behaving(json!({ "orders_in_list": !documented_only }));
        let client = fixture.tm();
        let (_, order) = fixture.ordered(&client);
        let fault = match cut {
            // Done, and the answer cut off.
            true => json!({"operation": "place_order", "cut_before_response": true}),
            // Not done.
            false => json!({"operation": "place_order", "status": 502}),
        };
        fixture.faults(json!([fault]));
        fixture.clear_log();
        let call = options(&[("max_price", "10 USD")]);
        let outcome = client.place(&order, Some(&call)).unwrap().wait(None).unwrap();
        match (documented_only, cut, outcome) {
            (false, true, outcome) => assert!(outcome.unwrap().paid_at_ms.is_some()),
            (false, false, outcome) => assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Service),
            // The status of the recording may tell already; else nobody can.
            (true, _, Ok(_)) => {}
            (true, _, Err(error)) => assert_eq!(error.kind(), ErrorKind::NeedsAction, "{error:?}"),
        }
        assert_eq!(fixture.requests("place_order").len(), 1);
        assert_eq!(fixture.placed(), [u64::from(cut)]);
    }
}

#[test]
fn new_orders_are_answered_in_three_forms() {
    for form in ["order", "created", "text"] {
        let fixture = Fixture::behaving(json!({ "order_answer": form }));
        let client = fixture.tm();
        let recording = done(client.upload(&crate::fixture::sound(10, "a.wav"), None));
        let order = done(client.create_order(&[&recording.id], None));
        assert_eq!(order.recording_ids, std::slice::from_ref(&recording.id), "{form}");
        assert_eq!(done(client.order(&order.id, None)).id, order.id);
    }
}

#[test]
fn an_order_that_is_not_placed_can_be_removed_where_the_wire_has_it() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let (_, order) = fixture.ordered(&client);
    done(client.delete_order(&order, None));
    assert_eq!(fails(client.order(&order, None)).kind(), ErrorKind::NotFound);
}

#[test]
fn names_are_looked_up_and_lists_are_asked_for_once() {
    let fixture = Fixture::behaving(json!({ "ids_as_text": true }));
    let client = fixture.tm();
    let (_, order) = fixture.ordered(&client);
    fixture.clear_log();
    for _ in 0..3 {
        done(client.edit_settings(&order, Some(&options(&[("order.type", "First draft")]))));
    }
    assert_eq!(fixture.requests("types").len(), 1);
    let error = fails(client.edit_settings(&order, Some(&options(&[("order.type", "verbatm")]))));
    assert_eq!(error.kind(), ErrorKind::Option);
    assert!(error.hint().contains("Verbatim (3)"), "{error:?}");
    // An id is taken as it is.
    fixture.clear_log();
    done(client.edit_settings(&order, Some(&options(&[("order.type", "0")]))));
    assert_eq!(fixture.requests("types").len() + fixture.requests("edit_order").len(), 1);
    // Nothing to change is nothing to send.
    done(client.edit_settings(&order, None));
    assert_eq!(fixture.requests("edit_order").len(), 1);
}

#[test]
fn every_list_can_be_read() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    for name in [
        "types",
        "speakers",
        "outputs",
        "turnarounds",
        "languages",
        "domains",
        "recording_statuses",
        "currencies",
    ] {
        let dictionary = done(client.dictionary(name, None, None));
        assert!(dictionary.name == name && !dictionary.entries.is_empty());
    }
    let accents = done(client.dictionary("accents", Some("de"), None));
    assert_eq!(accents.entries[0].id, "de-DE");
    assert_eq!(fails(client.dictionary("accents", None, None)).kind(), ErrorKind::Argument);
    assert_eq!(fails(client.dictionary("colours", None, None)).kind(), ErrorKind::Argument);
}

#[test]
fn the_account_that_is_charged() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let address = json!({
        "firstName": "A", "lastName": "B", "email": "a@example.com", "address1": "Street 1", "address2": null,
        "country": {"id": "US", "name": "United States"}, "state": {"id": "CA", "name": "California"},
        "city": "Oakland", "zip": "94601",
    });
    done(client.set_billing_address(&address.to_string(), None));
    let kept: serde_json::Value = done(client.billing_address(None)).json().unwrap();
    assert_eq!(kept["city"], "Oakland");
    let token = done(client.billing_client_token(None));
    assert!(!token.text().unwrap().is_empty() && !token.text().unwrap().contains('{'));
    done(client.save_billing_card(&"fake-valid-nonce".into(), None));
    assert!(done(client.billing_card(None)).text().unwrap().contains("last4"));
    assert_eq!(client.set_billing_address("[]", None).unwrap_err().kind(), ErrorKind::Argument);
}

#[test]
fn services_without_orders_say_so() {
    let client = tiro::Client::new(&options(&[("service", "scripted")])).unwrap();
    assert_eq!(client.place("x", None).unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(client.billing_card(None).unwrap_err().kind(), ErrorKind::Unsupported);
}
