use reqwest::Method;
use serde_json::{Value, json};

use super::support::Customer;
use crate::support::text;

/// The settings of an order's only recording, with one of them changed, as an edit wants them.
fn edited(order: &Value, name: &str, value: Value) -> Value {
    let mut settings = order["recordings"][0]["settings"].clone();
    settings[name] = value;
    json!([{ "id": order["recordings"][0]["id"], "settings": settings }])
}

#[tokio::test]
async fn an_order_is_made_changed_and_placed_and_the_work_begins() {
    let customer = Customer::new().await;
    let recording = customer.upload("talk.wav", b"sound").await;
    let order = customer.order(&recording).await;
    let id = text(&order["id"]);
    assert_eq!((&order["total"], &order["currency"]), (&json!(1.25), &json!("USD")), "a minute of Standard");
    assert_eq!((&order["status"], &order["paid"]), (&json!(0), &json!(null)));
    let verbatim = edited(&order, "type", json!(3));
    let order = customer.post_json(&format!("orders/{id}/recordings/edit"), &verbatim).await;
    assert_eq!(order["grandTotal"], 2.0);
    let half = json!({ "code": "SANDBOX-HALF" });
    let order = customer.post_json(&format!("orders/{id}/promocode"), &half).await;
    assert_eq!((&order["discount"], &order["total"]), (&json!(1.0), &json!(1.0)));
    let text_of_order = customer.get(&format!("orders/{id}")).await.text().await.unwrap();
    assert!(text_of_order.contains(r#""total":1.00"#), "with all its digits: {text_of_order}");
    let placed = customer.place(&id).await;
    assert_eq!((placed.status().as_u16(), placed.text().await.unwrap()), (200, String::new()));
    customer.wait_for(&recording, 3).await;
    let order = customer.get_json(&format!("orders/{id}")).await;
    assert_eq!((&order["status"], &order["billingType"]), (&json!(1), &json!([0])));
    assert!(order["paid"].is_i64());
    for (path, body) in
        [("recordings/edit", verbatim), ("promocode", half), ("currency", json!({ "id": "EUR" }))]
    {
        assert_eq!(customer.post(&format!("orders/{id}/{path}"), &body).await.status(), 400, "{path}");
    }
    let kept = &customer.orders_kept().await[0];
    assert_eq!((&kept["placed"], &kept["price"]["amount"]), (&json!(1), &json!("1.00")));
}

#[tokio::test]
async fn what_is_placed_twice_is_bought_twice_and_counted() {
    let customer = Customer::new().await;
    let recording = customer.upload("talk.wav", b"sound").await;
    let id = text(&customer.order(&recording).await["id"]);
    let again = text(&customer.order(&recording).await["id"]);
    for _ in 0..2 {
        assert_eq!(customer.place(&id).await.status(), 200);
    }
    let placed: Vec<_> = customer.orders_kept().await.iter().map(|order| order["placed"].clone()).collect();
    assert_eq!(placed, [2, 0]);
    let list = customer.get_json("recordings").await;
    assert_eq!(
        (&list["total"], &list["data"][0]["order"]),
        (&json!(1), &json!(id)),
        "the one that was placed"
    );
    assert_eq!(customer.request(Method::DELETE, &format!("orders/{id}")).send().await.unwrap().status(), 400);
    let removed = customer.request(Method::DELETE, &format!("orders/{again}")).send().await.unwrap();
    assert_eq!(removed.status(), 200);
    assert_eq!(customer.get(&format!("orders/{again}")).await.status(), 404);
}

#[tokio::test]
async fn a_price_can_change_until_it_is_paid() {
    let customer = Customer::new().await;
    let recording = customer.upload("talk.wav", b"sound").await;
    let id = text(&customer.order(&recording).await["id"]);
    let total = async || customer.get_json(&format!("orders/{id}")).await["grandTotal"].clone();
    customer.behave(json!({ "prices": { "2": "3.10" } })).await;
    assert_eq!(total().await, 3.1);
    let price = format!("/transcribeme/orders/{id}/price");
    customer.fixture.tell(Method::POST, &price, &json!({ "total": "7.25", "refund": "0.25" })).await;
    assert_eq!(total().await, 7.0);
    let order = customer.get_json(&format!("orders/{id}")).await;
    assert_eq!((&order["subTotal"], &order["adjustment"]), (&json!(3.1), &json!(4.15)));
    customer.place(&id).await;
    customer.behave(json!({ "prices": { "2": "9.99" } })).await;
    assert_eq!(total().await, 7.0);
    let wrong = json!({ "transcribeme": { "prices": { "2": "cheap" } } });
    let answer = customer.fixture.control(Method::PATCH, "/behaviour").json(&wrong).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn what_cannot_be_bought_is_refused_by_its_type() {
    let customer = Customer::new().await;
    let begun = customer.begin("talk.wav").await;
    let unfinished = customer.post("orders", &json!({ "recordings": [begun.recording] })).await;
    assert_eq!(unfinished.status(), 400);
    let recording = customer.upload("talk.wav", b"sound").await;
    let order = customer.order(&recording).await;
    let path = |verb: &str| format!("orders/{}/{verb}", order["id"].as_str().unwrap());
    let wrong = customer.post(&path("promocode"), &json!({ "code": "NONE" })).await;
    assert_eq!(wrong.status(), 400);
    assert_eq!(wrong.json::<Value>().await.unwrap()["Messages"][0]["Type"], "PROMO");
    let free = customer.post_json(&path("promocode"), &json!({ "code": "SANDBOX-FREE" })).await;
    assert_eq!((&free["total"], &free["promoCode"]["isBillable"]), (&json!(0.0), &json!(false)));
    let object = customer.post(&path("place"), &json!({ "billingType": 0 })).await;
    assert_eq!(object.status(), 400, "an array is wanted");
    for (name, value) in [("type", json!(17)), ("accent", json!("es-ES")), ("speakers", Value::Null)] {
        let edit = customer.post(&path("recordings/edit"), &edited(&order, name, value)).await;
        assert_eq!(edit.status(), 400, "{name}");
    }
    customer.behave(json!({ "wallet_empty": true })).await;
    let poor = customer.place(order["id"].as_str().unwrap()).await;
    assert_eq!(poor.json::<Value>().await.unwrap()["Messages"][0]["Type"], "WALLET");
    assert_eq!(customer.orders_kept().await[0]["placed"], 0);
}

#[tokio::test]
async fn without_the_fields_of_the_vendors_client_only_what_is_documented_is_there() {
    let customer = Customer::with(|behaviour| behaviour.orders_in_list = false).await;
    let recording = customer.upload("talk.wav", b"sound").await;
    let order = customer.order(&recording).await;
    assert_eq!((order.get("status"), order.get("paid")), (None, None));
    assert_eq!(customer.get("recordings").await.status(), 404);
    let path = format!("orders/{}", text(&order["id"]));
    assert_eq!(customer.request(Method::DELETE, &path).send().await.unwrap().status(), 404);
    assert_eq!(customer.get(&path).await.status(), 200);
}
