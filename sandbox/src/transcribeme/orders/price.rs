//! What an order costs, and how it is shown.

use serde_json::{Value, json};

use super::settings;
use crate::app::App;
use crate::state::{Media, MediaOrder, Ordered, Result};
use crate::transcribeme::Money;
use crate::transcribeme::recordings::seconds;

/// Half of the price.
const HALF: &str = "SANDBOX-HALF";
/// All of it, and the card is not charged.
const FREE: &str = "SANDBOX-FREE";

pub(super) fn is_promo(code: &str) -> bool {
    [HALF, FREE].contains(&code)
}

/// An order with what comes of the prices in force.
pub(crate) struct Priced {
    pub(crate) order: MediaOrder,
    pub(super) lines: Vec<Line>,
    sub_total: Money,
    discount: Money,
    adjustment: Money,
    pub(crate) total: Money,
}

pub(super) struct Line {
    pub(super) ordered: Ordered,
    pub(super) media: Option<Media>,
    pub(super) rate: Money,
    duration_ms: i64,
    total: Money,
}

impl Priced {
    pub(crate) fn new(app: &App, order: MediaOrder) -> Result<Self> {
        let email = app.database.account(&order.account)?.map(|account| account.email).unwrap_or_default();
        let lines = app.database.ordered(&order.id)?;
        let lines =
            lines.into_iter().map(|ordered| line(app, ordered, &email)).collect::<Result<Vec<_>>>()?;
        let sub_total = Money(lines.iter().map(|line| line.total.0).sum());
        let discount = match order.promo_code.as_deref() {
            Some(HALF) => sub_total.percent(50),
            Some(FREE) => sub_total,
            _ => Money(0),
        };
        let of_prices = Money(sub_total.0 - discount.0);
        let total = order.total.map_or(of_prices, Money);
        let adjustment = Money(total.0 - of_prices.0);
        Ok(Self { order, lines, sub_total, discount, adjustment, total })
    }

    pub(crate) fn grand_total(&self) -> Money {
        Money(self.total.0 - self.order.refund)
    }

    pub(crate) fn json(&self, app: &App) -> Value {
        let Self { order, lines, .. } = self;
        let behaviour = app.behaviour().transcribeme;
        let duration_ms = lines.iter().map(|line| line.duration_ms).sum();
        let promo = order.promo_code.as_deref();
        let promo = promo.map(|code| json!({ "id": code, "code": code, "isBillable": code != FREE }));
        let mut shown = json!({
            "id": order.id,
            "duration": seconds(duration_ms),
            "freeDuration": 0,
            "created": order.created_at_ms / 1000,
            "total": self.total.json(),
            "subTotal": self.sub_total.json(),
            "discount": self.discount.json(),
            "adjustment": self.adjustment.json(),
            "refund": Money(order.refund).json(),
            "currency": order.currency,
            "billingType": serde_json::from_str::<Value>(&order.billing_types).unwrap_or_default(),
            "recordings": lines.iter().map(Line::json).collect::<Vec<_>>(),
            "promoCode": promo,
            "subscription": null,
            "creditCard": app.database.billing(&order.account).map(|(_, card)| card).unwrap_or_default(),
        });
        if behaviour.grand_total {
            shown["grandTotal"] = self.grand_total().json();
        }
        if behaviour.orders_in_list {
            shown["status"] = i64::from(order.placed > 0).into();
            shown["paid"] = order.paid_at_ms.map(|ms| ms / 1000).into();
        }
        shown
    }
}

fn line(app: &App, ordered: Ordered, email: &str) -> Result<Line> {
    let media = app.database.media(&ordered.recording)?;
    let of_media = |media: &Media| {
        let expected = || app.engines.expected_ms(&media.name, email, media.size.unwrap_or(0));
        media.track_ms.unwrap_or_else(expected)
    };
    let duration_ms = media.as_ref().map_or(0, of_media);
    let prices = app.behaviour().transcribeme.prices;
    let kind = settings::kind(&ordered.settings);
    let in_force = kind.and_then(|kind| prices.get(&kind)?.parse().ok()).unwrap_or_default();
    let rate = ordered.rate.map_or(in_force, Money);
    Ok(Line { ordered, media, rate, duration_ms, total: rate.for_ms(duration_ms) })
}

impl Line {
    fn json(&self) -> Value {
        json!({
            "id": self.ordered.recording,
            "name": self.media.as_ref().map(|media| &media.name),
            "total": self.total.json(),
            "adjustment": Money(0).json(),
            "refund": Money(0).json(),
            "rate": self.rate.json(),
            "duration": seconds(self.duration_ms),
            "settings": serde_json::from_str::<Value>(&self.ordered.settings).unwrap_or_default(),
            "docs": [],
            "source": "api",
        })
    }
}
