//! The verbs of services that charge: what is ordered, for how much, and that it is bought. On another service each is
//! [`ErrorKind::Unsupported`]. `Client::transcribe` does all of this by itself.

use super::{CallContext, Client, checked_id};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::order::{self, Dictionary, Order, Quote};
use crate::runtime::Operation;
use crate::service::orders::Orders;

/// More recordings than anybody orders at once.
const MOST_RECORDINGS: usize = 10_000;

impl Client {
    /// Makes an order of recordings that are uploaded. Costs nothing yet.
    pub fn create_order(&self, recording_ids: &[&str], call: Option<&Options>) -> Result<Operation<Order>> {
        self.orders()?;
        if recording_ids.is_empty() || recording_ids.len() > MOST_RECORDINGS {
            return Err(Error::new(ErrorKind::Argument, "an order is of 1 to 10000 recordings"));
        }
        let ids = recording_ids.iter().map(|id| checked_id(id)).collect::<Result<Vec<_>>>()?;
        self.start(call, move |context| async move {
            context.in_turn(context.orders()?.create(&context.call, &ids)).await
        })
    }

    /// An order as it is now.
    pub fn order(&self, id: &str, call: Option<&Options>) -> Result<Operation<Order>> {
        self.orders()?;
        let id = checked_id(id)?;
        self.start(call, move |context| async move { context.order(&id).await })
    }

    /// What an order would cost if it were placed now.
    pub fn quote(&self, id: &str, call: Option<&Options>) -> Result<Operation<Quote>> {
        self.orders()?;
        let id = checked_id(id)?;
        self.start(call, move |context| async move { Ok(Quote::from(&context.order(&id).await?)) })
    }

    /// Sets what is bought for every recording of an order, as the options `order.*` and `language` of this call say.
    /// What they do not say stays as it is.
    pub fn edit_settings(&self, id: &str, call: Option<&Options>) -> Result<Operation<Order>> {
        self.orders()?;
        let id = checked_id(id)?;
        self.start(call, move |context| async move {
            context.in_turn(context.orders()?.edit(&context.call, &id)).await
        })
    }

    /// Applies a promotional code. Only before the order is placed.
    pub fn apply_promo(&self, id: &str, code: &str, call: Option<&Options>) -> Result<Operation<Order>> {
        self.orders()?;
        let id = checked_id(id)?;
        let code = code.trim().to_owned();
        if code.is_empty() || code.len() > 256 {
            return Err(Error::new(ErrorKind::Argument, "a promotional code is neither empty nor overlong"));
        }
        self.start(call, move |context| async move {
            context.in_turn(context.orders()?.apply_promo(&context.call, &id, &code)).await
        })
    }

    /// Buys an order: spends money. Only at a price that somebody agreed to (`confirmed_price`, `max_price`), which is
    /// compared with what the order costs at this moment; else [`ErrorKind::ConfirmRequired`] or
    /// [`ErrorKind::QuoteChanged`], and nothing is bought. The request is never sent twice: where its answer is lost, the
    /// order is asked for, and where that does not tell, [`ErrorKind::NeedsAction`] says what to look at.
    pub fn place(&self, id: &str, call: Option<&Options>) -> Result<Operation<Order>> {
        self.orders()?;
        let id = checked_id(id)?;
        self.start(call, move |context| async move { context.place(&id).await })
    }

    /// Removes an order that is not placed.
    pub fn delete_order(&self, id: &str, call: Option<&Options>) -> Result<Operation<()>> {
        self.orders()?;
        let id = checked_id(id)?;
        self.start(call, move |context| async move {
            context.in_turn(context.orders()?.delete(&context.call, &id)).await
        })
    }

    /// One of the service's lists of what can be ordered: `types`, `speakers`, `outputs`, `turnarounds`, `languages`,
    /// `accents` (of a language's id), `domains`, `recording_statuses`, `currencies`. Asked for once in a client's life.
    pub fn dictionary(
        &self,
        name: &str,
        of: Option<&str>,
        call: Option<&Options>,
    ) -> Result<Operation<Dictionary>> {
        self.orders()?;
        let name = name.to_owned();
        let of = of.map(checked_id).transpose()?;
        self.start(call, move |context| async move {
            context.in_turn(context.orders()?.dictionary(&context.call, &name, of.as_deref())).await
        })
    }

    fn orders(&self) -> Result<&dyn Orders> {
        self.check_process()?;
        self.shared.service.orders().ok_or_else(no_orders)
    }
}

impl CallContext {
    pub(crate) fn orders(&self) -> Result<&dyn Orders> {
        self.service.orders().ok_or_else(no_orders)
    }

    async fn order(&self, id: &str) -> Result<Order> {
        self.in_turn(self.orders()?.order(&self.call, id)).await
    }

    async fn place(&self, id: &str) -> Result<Order> {
        let before = self.order(id).await?;
        order::agreed(&before, &self.call.options)?;
        let orders = self.orders()?;
        let placed = self.in_turn(orders.place(&self.call, id)).await;
        if let Err(error) = placed {
            return self.settle(&before, error).await;
        }
        orders.remember_placed(&before.recording_ids);
        Ok(self.as_placed(before).await)
    }

    /// What came of a purchase that did not end well.
    async fn settle(&self, before: &Order, error: Error) -> Result<Order> {
        let orders = self.orders()?;
        let looked = self.in_turn(orders.was_placed(&self.call, before)).await;
        if let Ok(Some(true)) = looked {
            orders.remember_placed(&before.recording_ids);
            return Ok(self.as_placed(before.clone()).await);
        }
        // A refusal is an answer: nothing was bought.
        if error.http_status().is_some_and(|status| (400..500).contains(&status) && status != 408) {
            return Err(error);
        }
        if let Ok(Some(false)) = looked {
            // The request may still be on its way to be done: so nobody is told that trying again is safe.
            let hint =
                "as far as the service tells, it is not placed; look once more before it is placed again";
            return Err(error.with_retriable(false).with_hint(hint));
        }
        let what = format!("whether order {} is placed is not known: {error}", before.id);
        Err(Error::new(ErrorKind::NeedsAction, what)
            .with_hint("look at the order in the service's own pages before it is placed again"))
    }

    /// The order after the purchase; as it was before, where the service does not tell: the purchase stands.
    async fn as_placed(&self, before: Order) -> Order {
        match self.order(&before.id).await {
            Ok(order) => order,
            Err(error) => {
                crate::log::warn!("order", "the order is placed, but cannot be read: {error}");
                before
            }
        }
    }
}

fn no_orders() -> Error {
    Error::new(ErrorKind::Unsupported, "this service has no orders")
        .with_hint("nothing has to be ordered there")
}
