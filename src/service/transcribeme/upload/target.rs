//! Where the parts of an upload go: a URL that the service gives out, with the ids of the upload and of the recording in it
//! (spec: E6, U13 to U15).

use percent_encoding::percent_decode_str;

use super::super::platform::Platform;
use super::super::reading::{Members, not_understood, scalar, utf8};
use super::checkpoint::PartsSent;
use crate::error::Result;
use crate::http::{Request, Url};
use crate::options::Options;

const UPLOAD_ID: &str = "uploadId";
const RECORDING_ID: &str = "recordingId";
const CHUNK_NUMBER: &str = "chunkNumber";

/// What the service said where an upload begins.
pub(super) struct Begun {
    /// As it was told.
    pub(super) url: String,
    pub(super) upload_id: Option<String>,
    pub(super) recording_id: String,
}

impl Platform {
    /// Has the service make a recording, whose bytes are to come.
    pub(super) async fn begin_upload(&self, call: &Options, name: &str, in_parts: bool) -> Result<Begun> {
        let query = [("fileName", name), ("isAsync", if in_parts { "true" } else { "false" })];
        let url = self.url_with("transcribeme.path.upload_url", &query)?;
        let body = self.ask(call, "upload_url", || Ok(Request::get(url.clone()))).await?;
        begun(self, utf8(&body, "the place of the upload")?)
    }
}

fn begun(platform: &Platform, body: &str) -> Result<Begun> {
    let members = Members::of(body);
    let beside = |name: &str| members.as_ref().and_then(|members| members.text(name));
    let url = beside("url")
        .or_else(|| scalar(body))
        .ok_or_else(|| not_understood("the answer names no place for the upload"))?;
    let (place, _) = platform.told_place(&url)?;
    let id = |name: &str| parameter(&place, name).or_else(|| beside(name)).filter(|id| !id.is_empty());
    let recording_id =
        id(RECORDING_ID).ok_or_else(|| not_understood("the place of the upload names no recording"))?;
    Ok(Begun { upload_id: id(UPLOAD_ID), recording_id, url })
}

/// A parameter of a URL's query, by its name in any case.
fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
}

/// Where the parts of one upload go.
pub(super) struct Target {
    url: Url,
    /// Whether the place is the service's own, and so gets the credentials.
    pub(super) trusted: bool,
}

impl Target {
    pub(super) fn of(platform: &Platform, sent: &PartsSent) -> Result<Self> {
        let (mut url, trusted) = platform.told_place(&sent.url)?;
        set_parameters(&mut url, &[(UPLOAD_ID, &sent.upload_id), (RECORDING_ID, &sent.recording_id)]);
        Ok(Self { url, trusted })
    }

    pub(super) fn part(&self, number: u32) -> Url {
        let mut url = self.url.clone();
        set_parameters(&mut url, &[(CHUNK_NUMBER, &number.to_string())]);
        url
    }
}

/// Sets parameters of a query. What else is there stays letter by letter, as it may be signed.
fn set_parameters(url: &mut Url, parameters: &[(&str, &str)]) {
    let query = url.query().unwrap_or_default().to_owned();
    let is_set = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
        let name = percent_decode_str(&name).decode_utf8_lossy();
        parameters.iter().any(|(parameter, _)| name.eq_ignore_ascii_case(parameter))
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_set(pair)).collect();
    url.set_query(Some(&kept.join("&")).filter(|query| !query.is_empty()).map(String::as_str));
    url.query_pairs_mut().extend_pairs(parameters);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(pairs: &[(&str, &str)]) -> std::sync::Arc<Platform> {
        let options = Options::new().with("client_id", "key").unwrap().with("access_token", "t").unwrap();
        let options = pairs.iter().fold(options, |options, (key, value)| options.with(key, value).unwrap());
        Platform::open(&options, None).unwrap()
    }

    #[test]
    fn parameters_are_set_and_what_is_signed_stays() {
        for (query, result) in [
            ("", "chunkNumber=7"),
            ("?sig=a%2Fb+c%20d&chunkNumber=0&CHUNKnumber=1", "sig=a%2Fb+c%20d&chunkNumber=7"),
            ("?chunk%4Eumber=3&x", "x&chunkNumber=7"),
            ("?a=1&&b", "a=1&b&chunkNumber=7"),
        ] {
            let mut url = Url::parse(&format!("https://h/p{query}")).unwrap();
            set_parameters(&mut url, &[("chunkNumber", "7")]);
            assert_eq!(url.query(), Some(result), "{query}");
        }
    }

    #[test]
    fn ids_stand_in_the_url_or_beside_it() {
        let platform = platform(&[]);
        let body = r#"{"Url":"https://rest-api.transcribeme.com/x?RecordingId=r%201&uploadId=u"}"#;
        let begun_of = |body: &str| begun(&platform, body);
        let found = begun_of(body).unwrap();
        assert_eq!((found.recording_id.as_str(), found.upload_id.as_deref()), ("r 1", Some("u")));
        let found = begun_of(r#"{"url":"uploads/async","uploadId":7,"recordingId":"r"}"#).unwrap();
        assert_eq!((found.recording_id.as_str(), found.upload_id.as_deref()), ("r", Some("7")));
        assert_eq!(begun_of(r#""https://s.example/x?recordingId=r""#).unwrap().upload_id, None);
        for bad in [
            "",
            "{}",
            r#"{"url":"https://s.example/x"}"#,
            r#"{"url":"http://s.example/?recordingId=r"}"#,
            r#"{"url":"file:///etc/passwd?recordingId=r"}"#,
            r#"{"url":"https://me:pw@s.example/?recordingId=r"}"#,
        ] {
            assert!(begun_of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn credentials_go_to_the_vendor_and_whom_the_caller_trusts() {
        let own = platform(&[]);
        let test = platform(&[
            ("api_base_url", "http://127.0.0.1:8080/api/v1"),
            ("transcribeme.trusted_origins", "https://s.example, https://t.example:444"),
        ]);
        for (platform, url, trusted) in [
            (&own, "https://rest-api.transcribeme.com/other", true),
            (&own, "uploads/async", true),
            (&own, "/elsewhere", true),
            (&own, "https://storage.transcribeme.com/x", true),
            (&own, "https://storage.transcribeme.com:8443/x", false),
            (&own, "https://transcribeme.com.evil.example/x", false),
            (&own, "https://eviltranscribeme.com/x", false),
            (&own, "https://x.blob.core.windows.net/x", false),
            (&test, "http://127.0.0.1:8080/x", true),
            (&test, "http://127.0.0.1:8081/x", false),
            (&test, "https://storage.transcribeme.com/x", false),
            (&test, "https://s.example/x", true),
            (&test, "https://t.example/x", false),
            (&test, "https://t.example:444/x", true),
        ] {
            assert_eq!(platform.told_place(url).unwrap().1, trusted, "{url}");
        }
        assert_eq!(
            String::from(own.told_place("uploads/async").unwrap().0),
            "https://rest-api.transcribeme.com/api/v1/uploads/async"
        );
    }
}
