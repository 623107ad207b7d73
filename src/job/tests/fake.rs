//! A service with orders that does as a test tells it: it may be cut off before or after what a call does, and it may be
//! one that can tell what became of an order or one that cannot.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use secrecy::{ExposeSecret, SecretString};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::order::{Dictionary, Order, Price};
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::runtime::blocking;
use crate::runtime::sync::Mutex;
use crate::service::orders::{OrderOf, Orders};
use crate::service::{Call, PageRequest, ResumableUpload, Service, ServiceFuture, UploadLog, no_recording};
use crate::source::Claim;
use crate::transcript::Transcript;

/// What the vendor has, whoever asks.
#[derive(Default)]
pub(super) struct World {
    recordings: Mutex<Vec<Kept>>,
    orders: Mutex<Vec<Bought>>,
    pub(super) price: Mutex<String>,
    pub(super) promo_codes: Mutex<Vec<String>>,
    /// Whether the vendor can say which order a recording is in, and whether an order is placed.
    pub(super) tells: AtomicBool,
    /// What is taken in turns out to be none that can be transcribed: once it is worked on, or at once.
    pub(super) fails: AtomicBool,
    pub(super) fails_at_once: AtomicBool,
    /// How many looks at a recording it takes until the vendor has taken it in.
    pub(super) slow_looks: AtomicUsize,
    /// Calls that were counted, and the one at which the line is cut.
    calls: AtomicUsize,
    cut_at: AtomicUsize,
    cut: tokio::sync::Notify,
}

struct Kept {
    id: String,
    committed: bool,
}

struct Bought {
    order: Order,
    placed: usize,
}

impl World {
    pub(super) fn new(tells: bool) -> Arc<Self> {
        let world = Self { cut_at: AtomicUsize::new(usize::MAX), ..Self::default() };
        *world.price.lock() = "5.00".into();
        world.tells.store(tells, Ordering::SeqCst);
        Arc::new(world)
    }

    /// A client of it, as a process that starts.
    pub(super) fn client(self: &Arc<Self>, options: &Options, kind: FakeKind) -> Client {
        Client::with_service(options, Arc::new(Fake { world: self.clone(), kind })).unwrap()
    }

    /// Cuts the line at a point, counted from now; each call that changes something has one before it and one after.
    pub(super) fn cut_at(&self, point: usize) {
        self.calls.store(0, Ordering::SeqCst);
        self.cut_at.store(point, Ordering::SeqCst);
    }

    pub(super) fn never_cut(&self) {
        self.cut_at(usize::MAX);
    }

    pub(super) async fn was_cut(&self) {
        self.cut.notified().await;
    }

    /// How many points were passed.
    pub(super) fn points(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn point(&self) {
        if self.calls.fetch_add(1, Ordering::SeqCst) == self.cut_at.load(Ordering::SeqCst) {
            self.cut.notify_one();
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn counts(&self) -> Counts {
        let orders = self.orders.lock();
        Counts {
            recordings: self.recordings.lock().iter().filter(|kept| kept.committed).count(),
            orders: orders.len(),
            placed: orders.iter().map(|bought| bought.placed).sum(),
        }
    }

    /// Takes an order as bought.
    pub(super) fn place(&self, order_id: &str) {
        self.orders
            .lock()
            .iter_mut()
            .filter(|bought| bought.order.id == order_id)
            .for_each(|bought| bought.placed += 1);
    }

    pub(super) fn order_ids(&self) -> Vec<String> {
        self.orders.lock().iter().map(|bought| bought.order.id.clone()).collect()
    }

    pub(super) fn recording_ids(&self) -> Vec<String> {
        self.recordings.lock().iter().filter(|kept| kept.committed).map(|kept| kept.id.clone()).collect()
    }

    fn begin(&self, committed: bool) -> String {
        let mut recordings = self.recordings.lock();
        let id = format!("recording-{}", recordings.len() + 1);
        recordings.push(Kept { id: id.clone(), committed });
        id
    }

    fn priced(&self, order: &Order) -> Order {
        let price = Price { amount: self.price.lock().clone(), currency: "USD".into() };
        Order { price: Some(price), ..order.clone() }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) recordings: usize,
    pub(super) orders: usize,
    pub(super) placed: usize,
}

/// What the service can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FakeKind {
    /// Uploads in one request, and no orders.
    Plain,
    /// Uploads in parts, and orders.
    Charging,
}

fn recording(id: &str, failed: bool) -> Recording {
    let status = if failed { RecordingStatus::Failed } else { RecordingStatus::Ready };
    Recording::new(RecordingDetails { id: id.into(), status, ..Default::default() })
}

struct Fake {
    world: Arc<World>,
    kind: FakeKind,
}

impl Fake {
    fn recording_now(&self, id: &str) -> Result<Recording> {
        if !self.world.recordings.lock().iter().any(|kept| kept.id == id) {
            return Err(no_recording(id));
        }
        Ok(recording(id, self.world.fails.load(Ordering::SeqCst)))
    }

    fn taken_in(&self, id: &str) -> Recording {
        let one_less = |left: usize| left.checked_sub(1);
        if self.world.slow_looks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            let status = RecordingStatus::Uploading;
            return Recording::new(RecordingDetails { id: id.into(), status, ..Default::default() });
        }
        recording(id, self.world.fails_at_once.load(Ordering::SeqCst))
    }
}

impl Service for Fake {
    fn upload<'a>(&'a self, _call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            blocking(move || source.open()).await??;
            self.world.point().await;
            let id = self.world.begin(true);
            self.world.point().await;
            Ok(recording(&id, false))
        })
    }

    fn recording<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            self.recording_now(id)?;
            Ok(self.taken_in(id))
        })
    }

    fn recordings<'a>(&'a self, _call: &'a Call, _page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(async move { Ok(RecordingPage::default()) })
    }

    fn follow<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            self.world.point().await;
            self.recording_now(id)
        })
    }

    fn transcript<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(async move {
            self.world.point().await;
            Ok(Transcript::builder().recording_id(id).build())
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move { Err(no_recording(id)) })
    }

    fn orders(&self) -> Option<&dyn Orders> {
        (self.kind == FakeKind::Charging).then_some(self)
    }

    fn resumable_upload(&self) -> Option<&dyn ResumableUpload> {
        (self.kind == FakeKind::Charging).then_some(self)
    }

    fn identity(&self) -> String {
        "me".into()
    }
}

impl ResumableUpload for Fake {
    fn upload<'a>(
        &'a self,
        _call: &'a Call,
        source: Claim,
        log: &'a dyn UploadLog,
    ) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            blocking(move || source.open()).await??;
            let kept = log.kept().map(|kept| kept.expose_secret().to_owned());
            let id = match kept {
                Some(id) => id,
                None => {
                    let id = self.world.begin(false);
                    log.keep(&id, SecretString::from(id.clone())).await?;
                    id
                }
            };
            self.world.point().await;
            if let Some(kept) = self.world.recordings.lock().iter_mut().find(|kept| kept.id == id) {
                kept.committed = true;
            }
            self.world.point().await;
            Ok(recording(&id, false))
        })
    }
}

impl Orders for Fake {
    fn create<'a>(&'a self, _call: &'a Call, recording_ids: &'a [String]) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            self.world.point().await;
            let order = {
                let mut orders = self.world.orders.lock();
                let id = format!("order-{}", orders.len() + 1);
                let order = Order { id, recording_ids: recording_ids.to_vec(), ..Order::default() };
                orders.push(Bought { order: order.clone(), placed: 0 });
                order
            };
            self.world.point().await;
            Ok(order)
        })
    }

    fn order<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            let orders = self.world.orders.lock();
            let bought = orders.iter().find(|bought| bought.order.id == id);
            let bought = bought.ok_or_else(|| Error::new(ErrorKind::NotFound, "there is no such order"))?;
            Ok(self.world.priced(&bought.order))
        })
    }

    fn order_of<'a>(&'a self, _call: &'a Call, recording_id: &'a str) -> ServiceFuture<'a, OrderOf> {
        Box::pin(async move {
            if !self.world.tells.load(Ordering::SeqCst) {
                return Ok(OrderOf::Unknown);
            }
            let orders = self.world.orders.lock();
            let of =
                orders.iter().find(|bought| bought.order.recording_ids.iter().any(|id| id == recording_id));
            Ok(of.map_or(OrderOf::None, |bought| OrderOf::Order(bought.order.id.clone())))
        })
    }

    fn edit<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            self.world.point().await;
            self.order(call, id).await
        })
    }

    fn apply_promo<'a>(&'a self, call: &'a Call, id: &'a str, code: &'a str) -> ServiceFuture<'a, Order> {
        Box::pin(async move {
            self.world.promo_codes.lock().push(code.into());
            self.order(call, id).await
        })
    }

    fn place<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            self.world.point().await;
            self.world.place(id);
            self.world.point().await;
            Ok(())
        })
    }

    fn was_placed<'a>(&'a self, _call: &'a Call, before: &'a Order) -> ServiceFuture<'a, Option<bool>> {
        Box::pin(async move {
            let orders = self.world.orders.lock();
            let placed = orders.iter().any(|bought| bought.order.id == before.id && bought.placed > 0);
            Ok(self.world.tells.load(Ordering::SeqCst).then_some(placed))
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, _id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move { Ok(()) })
    }

    fn dictionary<'a>(
        &'a self,
        _call: &'a Call,
        _name: &'a str,
        _of: Option<&'a str>,
    ) -> ServiceFuture<'a, Dictionary> {
        Box::pin(async move { Ok(Dictionary::default()) })
    }
}
