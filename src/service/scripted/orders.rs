//! Orders of the scripted service: what a script with `orders` says they cost.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;
use serde_json::json;

use super::Scripted;
use super::script::Verb;
use crate::error::{Error, ErrorKind, Result};
use crate::instant::now_ms;
use crate::order::{Dictionary, DictionaryEntry, Order, Price, RecordingPrice};
use crate::runtime::sync::Mutex;
use crate::service::orders::{OrderOf, Orders};
use crate::service::{Call, ServiceFuture, no_recording};

/// What a script says about orders.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OrdersScript {
    /// What an order costs each time it is read; the last one stays.
    pub(super) prices: Vec<String>,
    dictionaries: std::collections::BTreeMap<String, Vec<EntryScript>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EntryScript {
    id: String,
    name: String,
    description: String,
    is_default: Option<bool>,
}

/// The orders that there are.
#[derive(Default)]
pub(super) struct OrderBook {
    next_id: AtomicU64,
    orders: Mutex<Vec<Ordered>>,
}

struct Ordered {
    order: Order,
    /// How often its price was read.
    readings: usize,
}

impl OrdersScript {
    pub(super) fn check(&self) -> Result<()> {
        self.prices.iter().try_for_each(|price| price.parse::<Price>().map(drop))
    }

    fn price(&self, readings: usize) -> Option<Price> {
        let price = self.prices.get(readings).or(self.prices.last());
        price.and_then(|price| price.parse().ok())
    }
}

fn no_order(id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no order {id}"))
}

impl Scripted {
    fn orders_script(&self) -> Result<&OrdersScript> {
        let missing = || Error::new(ErrorKind::Unsupported, "the script has no orders");
        self.script.orders.as_ref().ok_or_else(missing)
    }

    async fn create_order(&self, recording_ids: &[String]) -> Result<Order> {
        self.answer(Verb::CreateOrder).await?;
        for id in recording_ids {
            self.now(id)?;
        }
        let number = self.book.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        let order = Order {
            id: format!("scripted-order-{number}"),
            raw_status: "new".into(),
            recording_ids: recording_ids.to_vec(),
            ..Order::default()
        };
        self.book.orders.lock().push(Ordered { order: order.clone(), readings: 0 });
        Ok(order)
    }

    /// The order as it is read now, at the price of this reading.
    fn read_order(&self, id: &str) -> Result<Order> {
        let script = self.orders_script()?;
        let mut orders = self.book.orders.lock();
        let ordered = orders.iter_mut().find(|ordered| ordered.order.id == id).ok_or_else(|| no_order(id))?;
        let price = script.price(ordered.readings);
        ordered.readings += 1;
        let mut order = ordered.order.clone();
        // What several recordings cost together tells nothing of each.
        let each = price.clone().filter(|_| order.recording_ids.len() == 1);
        let priced = |id: &String| RecordingPrice { id: id.clone(), price: each.clone() };
        order.recording_prices = order.recording_ids.iter().map(priced).collect();
        order.raw = json!({ "id": order.id, "status": order.raw_status, "price": price }).to_string();
        order.price = price;
        Ok(order)
    }

    fn place_order(&self, id: &str) -> Result<()> {
        let mut orders = self.book.orders.lock();
        let ordered = orders.iter_mut().find(|ordered| ordered.order.id == id).ok_or_else(|| no_order(id))?;
        refuse_placed(&ordered.order)?;
        ordered.order.paid_at_ms = Some(now_ms());
        ordered.order.raw_status = "placed".into();
        Ok(())
    }

    fn remove_order(&self, id: &str) -> Result<()> {
        let mut orders = self.book.orders.lock();
        let found = orders.iter().position(|ordered| ordered.order.id == id).ok_or_else(|| no_order(id))?;
        refuse_placed(&orders[found].order)?;
        orders.remove(found);
        Ok(())
    }

    fn scripted_dictionary(&self, name: &str) -> Result<Dictionary> {
        let found = self.orders_script()?.dictionaries.get(name);
        let missing = || Error::new(ErrorKind::Argument, format!("the script has no dictionary {name}"));
        let entries = found.ok_or_else(missing)?.iter().cloned().map(|entry| DictionaryEntry {
            id: entry.id,
            name: entry.name,
            description: entry.description,
            is_default: entry.is_default,
        });
        Ok(Dictionary { name: name.to_owned(), entries: entries.collect(), raw: String::new() })
    }
}

fn refuse_placed(order: &Order) -> Result<()> {
    match order.paid_at_ms {
        None => Ok(()),
        Some(_) => Err(Error::new(ErrorKind::Conflict, format!("order {} is placed", order.id))),
    }
}

impl Orders for Scripted {
    fn create<'a>(&'a self, _: &'a Call, recording_ids: &'a [String]) -> ServiceFuture<'a, Order> {
        Box::pin(self.create_order(recording_ids))
    }

    fn order<'a>(&'a self, _: &'a Call, id: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            self.answer(Verb::Order).await?;
            self.read_order(id)
        })
    }

    fn order_of<'a>(&'a self, _: &'a Call, recording_id: &'a str) -> ServiceFuture<'a, OrderOf> {
        Box::pin(async move {
            let orders = self.book.orders.lock();
            let has = |ordered: &&Ordered| ordered.order.recording_ids.iter().any(|id| id == recording_id);
            let found = orders.iter().find(has).map(|ordered| ordered.order.id.clone());
            match found {
                Some(id) => Ok(OrderOf::Order(id)),
                None if self.now(recording_id).is_ok() => Ok(OrderOf::None),
                None => Err(no_recording(recording_id)),
            }
        })
    }

    /// What would be bought is all the same here.
    fn edit<'a>(&'a self, _: &'a Call, id: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            self.answer(Verb::EditSettings).await?;
            self.read_order(id)
        })
    }

    fn apply_promo<'a>(&'a self, _: &'a Call, id: &'a str, _code: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            self.answer(Verb::ApplyPromo).await?;
            self.read_order(id)
        })
    }

    fn place<'a>(&'a self, _: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            self.answer(Verb::Place).await?;
            self.place_order(id)
        })
    }

    fn was_placed<'a>(&'a self, _: &'a Call, before: &'a Order) -> ServiceFuture<'a, Option<bool>> {
        Box::pin(async move {
            let orders = self.book.orders.lock();
            let found = orders.iter().find(|ordered| ordered.order.id == before.id);
            Ok(found.map(|ordered| ordered.order.paid_at_ms.is_some()))
        })
    }

    fn delete<'a>(&'a self, _: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            self.answer(Verb::DeleteOrder).await?;
            self.remove_order(id)
        })
    }

    fn dictionary<'a>(
        &'a self,
        _: &'a Call,
        name: &'a str,
        _of: Option<&'a str>,
    ) -> ServiceFuture<'a, Dictionary> {
        Box::pin(async move {
            self.answer(Verb::Dictionary).await?;
            self.scripted_dictionary(name)
        })
    }
}
