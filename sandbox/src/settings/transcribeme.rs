//! How TranscribeMe's half behaves: mostly forms of answers, where the vendor's pages and its own client disagree, or
//! neither says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What can be changed of TranscribeMe's half while the sandbox runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TranscribeMeBehaviour {
    /// Whether there is what only the vendor's own client knows of orders: the list of recordings with the `order` of
    /// each, `status` and `paid` of an order, and its removal. Without, the list and the removal are 404.
    pub orders_in_list: bool,
    /// HTTP status of a sign-in that is refused: 400 or 401.
    pub sign_in_error_status: u16,
    /// How `expires_in` is written.
    pub expires_in: ExpiresIn,
    /// Letter case of the members of errors.
    pub error_casing: Casing,
    /// What an error says.
    pub error_messages: ErrorMessages,
    /// Letter case of the members of answers.
    pub casing: Casing,
    /// Whether the parts of uploads go to the storage's origin, which takes no credentials.
    pub upload_url_origin: UploadOrigin,
    /// How the URL for the parts is written.
    pub upload_url: UploadUrl,
    /// Where `uploadId` and `recordingId` stand.
    pub upload_ids: UploadIds,
    /// How an upload in one request is answered.
    pub recording_answer: RecordingAnswer,
    /// How a status is answered.
    pub status_answer: StatusAnswer,
    /// How a new order is answered.
    pub order_answer: OrderAnswer,
    /// Whether an order says its `grandTotal`; the vendor's client computes it.
    pub grand_total: bool,
    /// Whether an edit of settings has to bring all nine.
    pub all_settings: bool,
    /// How a dictionary is answered.
    pub dictionary: DictionaryAnswer,
    /// Whether the ids of dictionaries are all texts.
    pub ids_as_text: bool,
    /// Which of the two paths for a remote upload is there.
    pub remote_path: RemotePath,
    /// HTTP status of a transcript that is not ready: 400, 404, 409, or 204, which has no body.
    pub not_ready_status: u16,
    /// Whether a download is answered with a job as JSON in place of the file.
    pub download_as_job: bool,
    /// Price of a minute by the number of the type, decimal text.
    pub prices: BTreeMap<u8, String>,
    /// Currency of new orders.
    pub currency: String,
    /// Whether placing is refused for want of money.
    pub wallet_empty: bool,
    /// How long each request waits before it is looked at.
    pub latency_ms: u64,
}

impl Default for TranscribeMeBehaviour {
    fn default() -> Self {
        let prices = [(0, "0.07"), (1, "0.79"), (2, "1.25"), (3, "2.00")];
        Self {
            orders_in_list: true,
            sign_in_error_status: 400,
            expires_in: ExpiresIn::Number,
            error_casing: Casing::Pascal,
            error_messages: ErrorMessages::Texts,
            casing: Casing::Camel,
            upload_url_origin: UploadOrigin::Api,
            upload_url: UploadUrl::Absolute,
            upload_ids: UploadIds::InUrl,
            recording_answer: RecordingAnswer::Object,
            status_answer: StatusAnswer::Number,
            order_answer: OrderAnswer::Order,
            grand_total: true,
            all_settings: true,
            dictionary: DictionaryAnswer::Bare,
            ids_as_text: false,
            remote_path: RemotePath::First,
            not_ready_status: 404,
            download_as_job: false,
            prices: prices.map(|(kind, price)| (kind, price.to_owned())).into(),
            currency: "USD".to_owned(),
            wallet_empty: false,
            latency_ms: 0,
        }
    }
}

impl TranscribeMeBehaviour {
    pub(super) fn check(&self) -> Result<(), String> {
        for price in self.prices.values() {
            price.parse::<crate::transcribeme::Money>()?;
        }
        match (self.sign_in_error_status, self.not_ready_status) {
            (400 | 401, 204 | 400 | 404 | 409) => Ok(()),
            _ => Err("sign_in_error_status is 400 or 401, not_ready_status 204, 400, 404 or 409".into()),
        }
    }
}

/// How `expires_in` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiresIn {
    /// A number, as documented.
    Number,
    /// The same as a text.
    Text,
    /// Not at all.
    Absent,
}

/// Letter case of the members of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Casing {
    /// `statusCode`.
    Camel,
    /// `StatusCode`.
    Pascal,
    /// `statuscode`.
    Lower,
    /// `STATUSCODE`.
    Upper,
}

/// What an error says. One with a type (`PROMO`, `WALLET`) is an object in any case but the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorMessages {
    /// `Messages` of texts, as documented.
    Texts,
    /// `Messages` of objects with `Message`, `Type` and `Data`, as in the vendor's own client.
    Objects,
    /// One `Message`.
    Single,
    /// A page of HTML.
    Html,
    /// Nothing.
    Empty,
}

/// Where parts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadOrigin {
    /// To the API, with the credentials.
    Api,
    /// To the storage, by a signature in the URL and without credentials.
    Storage,
}

/// How the URL for the parts is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadUrl {
    /// With scheme and authority.
    Absolute,
    /// As a path from the root; on the storage's origin it is absolute.
    Path,
    /// Relative to the base of the API; on the storage's origin it is absolute.
    Relative,
}

/// Where `uploadId` and `recordingId` stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadIds {
    /// In the URL's query.
    InUrl,
    /// Beside the URL, and not in it.
    Beside,
    /// In both places.
    Both,
}

/// How an upload in one request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingAnswer {
    /// An object with `recordingId`.
    Object,
    /// An object with `id`.
    Id,
    /// The id alone.
    Text,
    /// An array with the id.
    Array,
}

/// How a status is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusAnswer {
    /// A number.
    Number,
    /// The number as a text.
    Text,
    /// An object with `status`.
    Object,
}

/// How a new order is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderAnswer {
    /// The whole order.
    Order,
    /// Its id and the ids of its recordings, as the vendor's own client reads it.
    Created,
    /// Its id alone.
    Text,
}

/// How a dictionary is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DictionaryAnswer {
    /// An array.
    Bare,
    /// An object with `total` and `data`.
    Wrapped,
}

/// Which path for a remote upload is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemotePath {
    /// `recordings/remote`.
    First,
    /// `recordings/upload/remote`; the other is 404.
    Second,
}
