//! The part of a job that makes an order and buys it. Each of both is done once: what is not known of an earlier try is
//! asked of the service first, and an answer that it was not done counts only once no request of that try can still be
//! on its way.

use std::time::Duration;

use tokio::time::Instant;

use super::record::Step;
use super::run::{Halt, Run, failed};
use super::settle::{Settled, id_missing};
use crate::error::{Error, ErrorKind};
use crate::instant::now_ms;
use crate::order::{Order, agreed};
use crate::recording::RecordingStatus;
use crate::service::orders::OrderOf;

/// Between two questions whether a request that was on its way has arrived.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Between two looks at a recording that the service has not taken in.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Run {
    pub(super) async fn create_order(&mut self) -> Result<(), Halt> {
        self.until_taken_in().await?;
        let recordings = [self.ledger.now().recording_id];
        // The turn comes first: what is noted as about to be done is done at once then.
        let turn = self.context.turn().await?;
        self.ledger.intend(Step::Ordering, self.arrival_ms()).await?;
        let created = self.context.orders()?.create(&self.context.call, &recordings).await;
        drop(turn);
        self.note_order(Step::Ordered, created.map_err(Halt::of_request)?).await
    }

    /// Until the service has taken the recording in: of one that it has not measured yet, who knows what a price means.
    async fn until_taken_in(&self) -> Result<(), Halt> {
        let (context, id) = (&self.context, self.ledger.now().recording_id);
        let limit = u64::try_from(context.call.options.integer("wait_timeout_ms")).ok();
        let deadline = limit.and_then(|limit| Instant::now().checked_add(Duration::from_millis(limit)));
        let mut pause = LOOK_AGAIN;
        loop {
            let recording = context.in_turn(context.service.recording(&context.call, &id)).await?;
            match recording.status {
                RecordingStatus::Failed => return Err(self.fail(failed(&recording)).await),
                RecordingStatus::Uploading => {}
                _ => return Ok(()),
            }
            if deadline.is_some_and(|deadline| Instant::now() + pause >= deadline) {
                let what = format!("the service has not taken recording {id} in yet");
                return Err(Error::new(ErrorKind::Timeout, what)
                    .with_hint("go on with the job later")
                    .into());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    pub(super) async fn settle_order(&mut self) -> Result<(), Halt> {
        match self.settled.take() {
            Some(Settled::Made(id)) => return self.found_order(&id).await,
            Some(Settled::NotDone) => return Ok(self.ledger.reach(Step::Uploaded).await?),
            Some(Settled::Done) => return Err(id_missing("order").into()),
            None => {}
        }
        let recording = self.ledger.now().recording_id;
        let looking_since = Instant::now();
        loop {
            let may_arrive = self.may_still_arrive(looking_since);
            match self
                .context
                .in_turn(self.context.orders()?.order_of(&self.context.call, &recording))
                .await?
            {
                OrderOf::Order(id) => return self.found_order(&id).await,
                OrderOf::None if !may_arrive => return Ok(self.ledger.reach(Step::Uploaded).await?),
                OrderOf::None => tokio::time::sleep(LOOK_AGAIN).await,
                OrderOf::Unknown => {
                    let asked = "it is not known whether the order was made: its answer was lost";
                    let look = format!(
                        "look in the service's pages for an order of recording {recording}; if there is one, resume the job with \
                         settle=<its id>, else with settle=not_done"
                    );
                    return Err(self.unknown("order", asked, &look).into());
                }
            }
        }
    }

    async fn found_order(&self, id: &str) -> Result<(), Halt> {
        let order = self.context.in_turn(self.context.orders()?.order(&self.context.call, id)).await?;
        let recording = self.ledger.now().recording_id;
        if !order.recording_ids.is_empty() && !order.recording_ids.contains(&recording) {
            let what = format!("order {id} is of other recordings than {recording}");
            return Err(Error::new(ErrorKind::Argument, what).into());
        }
        self.note_order(Step::Ordered, order).await
    }

    /// Says what is wanted, and applies the promotional code. Both only set what is so: done twice they do no harm.
    pub(super) async fn configure(&mut self) -> Result<(), Halt> {
        let (orders, call) = (self.context.orders()?, &self.context.call);
        let id = self.ledger.now().order_id().to_owned();
        let mut order = self.context.in_turn(orders.edit(call, &id)).await?;
        let code = call.options.text("order.promo_code");
        if !code.is_empty() {
            order = self.context.in_turn(orders.apply_promo(call, &id, &code)).await?;
        }
        self.note_order(Step::Configured, order).await
    }

    /// Reads the price as it is now, and buys if that is agreed to.
    pub(super) async fn buy(&mut self) -> Result<(), Halt> {
        let (orders, call) = (self.context.orders()?, &self.context.call);
        let id = self.ledger.now().order_id().to_owned();
        let turn = self.context.turn().await?;
        let order = orders.order(call, &id).await?;
        if order.paid_at_ms.is_some() {
            return self.note_order(Step::Placed, order).await;
        }
        self.note_order(Step::Configured, order.clone()).await?;
        agreed(&order, &call.options)?;
        self.ledger.intend(Step::Placing, self.arrival_ms()).await?;
        let placed = orders.place(call, &id).await;
        drop(turn);
        placed.map_err(Halt::of_request)?;
        Ok(self.note(Step::Placed, |_| {}).await?)
    }

    pub(super) async fn settle_purchase(&mut self) -> Result<(), Halt> {
        match self.settled.take() {
            Some(Settled::NotDone) => return Ok(self.ledger.reach(Step::Configured).await?),
            Some(Settled::Done | Settled::Made(_)) => return Ok(self.note(Step::Placed, |_| {}).await?),
            None => {}
        }
        let before = self.order()?;
        let looking_since = Instant::now();
        loop {
            let may_arrive = self.may_still_arrive(looking_since);
            match self.context.in_turn(self.context.orders()?.was_placed(&self.context.call, &before)).await?
            {
                Some(true) => return Ok(self.note(Step::Placed, |_| {}).await?),
                Some(false) if !may_arrive => return Ok(self.ledger.reach(Step::Configured).await?),
                Some(false) => tokio::time::sleep(LOOK_AGAIN).await,
                None => {
                    let asked = "it is not known whether the order was bought: the answer was lost";
                    let look = format!(
                        "look in the service's pages whether order {} is placed; if it is, resume the job with settle=done, \
                         else with settle=not_done",
                        before.id
                    );
                    return Err(self.unknown("place", asked, &look).into());
                }
            }
        }
    }

    /// Whether a request of the try that was cut off may still be on its way to the service, or in its hands. Where the
    /// clock was set back meanwhile, it is waited for longer, but no longer than it takes in all.
    fn may_still_arrive(&self, looking_since: Instant) -> bool {
        let record = self.ledger.now();
        let arrival_ms = record.arrives_by_ms.saturating_sub(record.intended_at_ms).unsigned_abs();
        now_ms() < record.arrives_by_ms && looking_since.elapsed() < Duration::from_millis(arrival_ms)
    }

    async fn note_order(&self, step: Step, order: Order) -> Result<(), Halt> {
        Ok(self.note(step, move |record| record.order = Some(order.clone())).await?)
    }

    fn order(&self) -> Result<Order, Error> {
        let missing =
            || Error::new(ErrorKind::StoreCorrupt, "the journal of jobs has lost the order of a job");
        self.ledger.now().order.ok_or_else(missing)
    }
}
