//! Orders (spec: 4.2): what is bought, and for how much. Amounts are the digits that the service wrote.

use bytes::Bytes;
use serde_json::json;

use super::TranscribeMe;
use super::platform::done;
use super::reading::{Members, elements, id_in, not_understood, scalar, utf8};
use super::recordings::{InOrder, Listed, Who};
use super::status::status_of;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Url};
use crate::order::{self, Dictionary, Order, Price, RecordingPrice};
use crate::recording::RecordingStatus;
use crate::service::orders::{OrderOf, Orders};
use crate::service::{Call, ServiceFuture};

impl TranscribeMe {
    fn order_url(&self, option: &str, id: &str) -> Result<Url> {
        self.platform.url(option, &[("orderId", id)])
    }

    pub(super) async fn post(
        &self,
        call: &Call,
        operation: &str,
        url: Url,
        body: impl Into<Bytes>,
        repeat: Repeat,
    ) -> Result<Bytes> {
        let body = body.into();
        let make = || {
            let request = Request::new(Method::POST, url.clone()).repeat(repeat);
            Ok(request.body(Body::Json(body.clone())))
        };
        self.platform.ask(&call.options, operation, make).await
    }

    async fn make_order(&self, call: &Call, recording_ids: &[String]) -> Result<Order> {
        let url = self.platform.url("transcribeme.path.orders", &[])?;
        let body = json!({ "id": "", "recordings": recording_ids }).to_string();
        let answer = self.post(call, "create_order", url, body, Repeat::Unsent).await?;
        let text = utf8(&answer, "the new order")?;
        let id = id_in(text, &["id", "orderId"]).ok_or_else(|| {
            not_understood("the new order has no id").with_hint("it may be made: look before making another")
        })?;
        let mut order = order_in(text, &id)?;
        if order.recording_ids.is_empty() {
            order.recording_ids = recording_ids.to_vec();
        }
        Ok(order)
    }

    /// The vendor's own description of an order.
    pub(super) async fn raw_order(&self, call: &Call, id: &str) -> Result<String> {
        let url = self.order_url("transcribeme.path.order", id)?;
        let body = self.platform.ask(&call.options, "order", || Ok(Request::get(url.clone()))).await?;
        Ok(utf8(&body, "the order")?.to_owned())
    }

    pub(super) async fn read_order(&self, call: &Call, id: &str) -> Result<Order> {
        let raw = self.raw_order(call, id).await?;
        if Members::of(&raw).is_none() {
            return Err(not_understood("the order is not an object"));
        }
        order_in(&raw, id)
    }

    /// The order after a change: of the answer, where that is one.
    pub(super) async fn after_change(&self, call: &Call, id: &str, answer: &[u8]) -> Result<Order> {
        let text = std::str::from_utf8(answer).unwrap_or_default();
        let is_order = Members::of(text)
            .is_some_and(|members| members.get("recordings").is_some() && has_price(&members));
        if is_order { order_in(text, id) } else { self.read_order(call, id).await }
    }

    async fn promote(&self, call: &Call, id: &str, code: &str) -> Result<Order> {
        let url = self.order_url("transcribeme.path.order_promo", id)?;
        let body = json!({ "code": code }).to_string();
        let answer = self.post(call, "apply_promo", url, body, Repeat::Safe).await?;
        self.after_change(call, id, &answer).await
    }

    async fn buy(&self, call: &Call, id: &str) -> Result<()> {
        let billing_type: i64 = match call.options.text("order.billing_type").trim() {
            "" => 0,
            given => given.parse().map_err(|_| {
                Error::new(ErrorKind::Option, format!("order.billing_type is a whole number, not {given:?}"))
            })?,
        };
        let url = self.order_url("transcribeme.path.order_place", id)?;
        let body = json!([{ "billingType": billing_type }]).to_string();
        match self.post(call, "place_order", url, body, Repeat::Unsent).await {
            Ok(_) => Ok(()),
            // Refused for now, so surely not done.
            Err(error) if matches!(error.http_status(), Some(429)) => Err(error),
            Err(error) => Err(error.with_retriable(false)),
        }
    }

    /// From what the service says of the order, else of its recordings, whose status is documented.
    async fn look_whether_placed(&self, call: &Call, before: &Order) -> Result<Option<bool>> {
        let now = self.read_order(call, &before.id).await?;
        let told = told_placed(before, &now);
        if told == Some(true) {
            return Ok(told);
        }
        let ids = if now.recording_ids.is_empty() { &before.recording_ids } else { &now.recording_ids };
        for id in ids {
            let raw = self.view.raw_status(&call.options, id, Repeat::Safe).await?;
            if matches!(status_of(&raw), RecordingStatus::Processing | RecordingStatus::Ready) {
                return Ok(Some(true));
            }
        }
        Ok(told)
    }

    async fn find_order(&self, call: &Call, recording_id: &str) -> Result<OrderOf> {
        Ok(match self.view.find(&call.options, recording_id).await? {
            Some(Listed { order: InOrder::Is(id), .. }) => OrderOf::Order(id),
            Some(Listed { order: InOrder::IsNot, .. }) => OrderOf::None,
            Some(Listed { order: InOrder::NotSaid, .. }) | None => OrderOf::Unknown,
        })
    }

    async fn remove_order(&self, call: &Call, id: &str) -> Result<()> {
        let url = self.order_url("transcribeme.path.order", id)?;
        let make = || Ok(Request::new(Method::DELETE, url.clone()).repeat(Repeat::Safe));
        let response = self.platform.send(&call.options, make).await?;
        let done_before = response.was_repeated() && response.status() == 404;
        match done("delete_order", response).await {
            Err(_) if done_before => Ok(()),
            outcome => outcome.map(drop),
        }
    }
}

/// Whether an order was placed between two looks at it; `None`: they do not tell. That it was is only said where it is
/// paid: another status may be that of a payment that failed. That it was not is only said where the service tells both its
/// status and whether it is paid, and neither has changed.
fn told_placed(before: &Order, now: &Order) -> Option<bool> {
    if now.paid_at_ms.is_some() {
        return Some(true);
    }
    match (before.raw_status.as_str(), now.raw_status.as_str()) {
        ("", _) | (_, "") => None,
        (before, now) if before != now => None,
        _ => Members::of(&now.raw)?.told("paid").map(|_| false),
    }
}

fn has_price(members: &Members<'_>) -> bool {
    ["grandTotal", "total"].iter().any(|name| members.get(name).is_some())
}

/// What an order costs: what the service says in all, else the total less what is refunded.
fn price_of(members: &Members<'_>, currency: &str) -> Result<Option<Price>> {
    let money = |name: &str| members.text(name).map(|text| order::amount(text.trim())).transpose();
    let amount = match (money("grandTotal")?, money("total")?, money("refund")?) {
        (Some(all), ..) => all,
        (None, Some(total), Some(refund)) => order::less(&total, &refund)?,
        (None, Some(total), None) => total,
        (None, None, _) => return Ok(None),
    };
    Ok(Some(Price { amount, currency: currency.to_owned() }))
}

/// An order of the service's own JSON; of an id alone, too (spec: U23).
pub(super) fn order_in(json: &str, id: &str) -> Result<Order> {
    let mut order = Order { id: id.to_owned(), raw: json.to_owned(), ..Order::default() };
    let Some(members) = Members::of(json) else { return Ok(order) };
    if let Some(id) = members.first(&["id", "orderId"]) {
        order.id = id;
    }
    let currency = members.text("currency").unwrap_or_default();
    order.raw_status = members.text("status").unwrap_or_default();
    order.price = price_of(&members, &currency)?;
    order.paid_at_ms = members.instant_ms("paid");
    // A number where only the count of them is told (spec: U24).
    for item in members.get("recordings").and_then(elements).unwrap_or_default() {
        if let Some(id) = scalar(item) {
            order.recording_ids.push(id);
        } else if let Some(item) = Members::of(item)
            && let Some(id) = item.first(&["id", "recordingId"])
        {
            let price = price_of(&item, &currency)?;
            order.recording_ids.push(id.clone());
            order.recording_prices.push(RecordingPrice { id, price });
        }
    }
    Ok(order)
}

impl Orders for TranscribeMe {
    fn create<'a>(&'a self, call: &'a Call, recording_ids: &'a [String]) -> ServiceFuture<'a, Order> {
        Box::pin(self.make_order(call, recording_ids))
    }

    fn order<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(self.read_order(call, id))
    }

    fn order_of<'a>(&'a self, call: &'a Call, recording_id: &'a str) -> ServiceFuture<'a, OrderOf> {
        Box::pin(self.find_order(call, recording_id))
    }

    fn edit<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(self.edit_order(call, id))
    }

    fn apply_promo<'a>(&'a self, call: &'a Call, id: &'a str, code: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(self.promote(call, id, code))
    }

    fn place<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(self.buy(call, id))
    }

    fn was_placed<'a>(&'a self, call: &'a Call, before: &'a Order) -> ServiceFuture<'a, Option<bool>> {
        Box::pin(self.look_whether_placed(call, before))
    }

    fn remember_placed(&self, recording_ids: &[String]) {
        recording_ids.iter().for_each(|id| self.view.waiting.set(id, Who::Service));
    }

    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(self.remove_order(call, id))
    }

    fn dictionary<'a>(
        &'a self,
        call: &'a Call,
        name: &'a str,
        of: Option<&'a str>,
    ) -> ServiceFuture<'a, Dictionary> {
        Box::pin(async move { Ok((*self.look_up(call, name, of).await?).clone()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_is_the_grand_total_else_what_a_refund_leaves() {
        let price = |json: &str| order_in(json, "o").unwrap().price.map(|price| price.to_string());
        assert_eq!(
            price(r#"{"total":12.50,"refund":2.5,"grandTotal":9.99,"currency":"USD"}"#).unwrap(),
            "9.99 USD"
        );
        assert_eq!(price(r#"{"Total":12.50,"Refund":2.5,"Currency":"USD"}"#).unwrap(), "10.00 USD");
        assert_eq!(price(r#"{"total":"7.10"}"#).unwrap(), "7.10");
        assert_eq!(price(r#"{"total":1.25e1,"refund":null}"#).unwrap(), "12.5");
        assert_eq!(price(r#"{"id":"o"}"#), None);
        assert!(order_in(r#"{"total":"a lot"}"#, "o").is_err());
    }

    #[test]
    fn the_recordings_of_an_order_come_in_three_forms() {
        let ids = |json: &str| order_in(json, "o").unwrap().recording_ids;
        assert_eq!(ids(r#"{"recordings":["a","b"]}"#), ["a", "b"]);
        assert_eq!(ids(r#"{"recordings":[{"Id":"a","total":1},{"id":7}]}"#), ["a", "7"]);
        assert!(ids(r#"{"recordings":2}"#).is_empty() && ids(r#""o-1""#).is_empty());
    }

    #[test]
    fn that_an_order_is_not_placed_is_said_on_good_grounds_only() {
        let order = |json: &str| order_in(json, "o").unwrap();
        let before = order(r#"{"status":0,"paid":0}"#);
        assert_eq!(told_placed(&before, &order(r#"{"status":0,"paid":null}"#)), Some(false));
        assert_eq!(told_placed(&before, &order(r#"{"status":0}"#)), None);
        assert_eq!(told_placed(&before, &order(r#"{"paid":0}"#)), None);
        assert_eq!(told_placed(&before, &order(r#"{"status":2,"paid":0}"#)), None);
        assert_eq!(told_placed(&before, &order(r#"{"status":0,"paid":1589900000}"#)), Some(true));
        assert_eq!(told_placed(&order("{}"), &order(r#"{"status":2}"#)), None);
        assert_eq!(told_placed(&order("{}"), &order("{}")), None);
    }
}
