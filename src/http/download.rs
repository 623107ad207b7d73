//! A file that is fetched as it is: the weights of a model.

use std::path::Path;

use reqwest::Url;

use super::request::Request;
use super::response::Sink;
use super::send::Http;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::runtime::blocking;

/// Fetches a URL into a new file. The caller removes the file if this fails.
pub(crate) async fn download(
    url: &Url,
    to: &Path,
    options: &Options,
    largest: u64,
    tell: impl Fn(u64, u64) + Send,
) -> Result<()> {
    let http = Http::new(options)?;
    let response = http.send(Request::get(url.clone()).accept("*/*"), options).await?;
    if !response.is_success() {
        return Err(response.refusal());
    }
    let path = to.to_owned();
    let file = blocking(move || std::fs::File::create_new(path))
        .await?
        .map_err(|error| Error::io("the downloaded file", &error))?;
    let tell = move |done, total: Option<u64>| tell(done, total.unwrap_or(0));
    response.into_sink(Sink::File(file), largest, tell).await.map(drop)
}
