//! A file that a service answers with, on its way to where the caller wants it.

use std::path::PathBuf;

use crate::document::Document;
use crate::error::Result;
use crate::http::{Response, Sink};
use crate::runtime::blocking;
use crate::transcript::Replacement;

/// The largest file that is taken into memory, in bytes.
const LARGEST_IN_MEMORY: u64 = 512 << 20;

/// Streams a file into its place, where it appears whole or not at all, or into memory.
pub(super) async fn save(response: Response, to: Option<PathBuf>) -> Result<Document> {
    let content_type = response.header("content-type").unwrap_or_default().to_owned();
    let name = suggested_name(response.header("content-disposition").unwrap_or_default());
    let status = response.status();
    let nobody = |_: u64, _: Option<u64>| ();
    let bytes = match to {
        None => match response.into_sink(Sink::Memory(Vec::new()), LARGEST_IN_MEMORY, nobody).await? {
            (Sink::Memory(bytes), _) => bytes,
            (Sink::File(_), _) => Vec::new(),
        },
        Some(path) => {
            let (replacement, file) = blocking(move || {
                let replacement = Replacement::begin(&path)?;
                replacement.writer().map(|file| (replacement, file))
            })
            .await??;
            drop(response.into_sink(Sink::File(file), u64::MAX, nobody).await?);
            blocking(move || replacement.finish()).await??;
            Vec::new()
        }
    };
    Ok(Document::new(content_type, bytes).with_name(name).with_http_status(status))
}

/// The file name of a `Content-Disposition`, which nobody has checked: no folder, no control character.
fn suggested_name(disposition: &str) -> String {
    let parameter = |name: &str| {
        let parts = disposition.split(';').map(str::trim);
        parts
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    let encoded = || {
        let value = parameter("filename*")?.strip_prefix("UTF-8''")?;
        Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let plain = || parameter("filename").map(|value| value.trim_matches('"').to_owned());
    let name = encoded().or_else(plain).unwrap_or_default();
    let name: String =
        name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    if name == "." || name == ".." { String::new() } else { name }
}

#[cfg(test)]
mod tests {
    use super::suggested_name;

    #[test]
    fn a_suggested_name_never_names_a_place() {
        for (disposition, name) in [
            ("attachment; filename=\"talk.docx\"", "talk.docx"),
            ("attachment; filename=\"../../etc/passwd\"", "passwd"),
            ("attachment; filename=C:\\x\\talk.txt", "talk.txt"),
            ("attachment; filename=a.txt; filename*=UTF-8''%D1%80%D0%B5%D1%87%D1%8C.txt", "речь.txt"),
            ("attachment; filename*=UTF-8''..%2Fx", "x"),
            ("attachment; filename=\"..\"", ""),
            ("inline", ""),
        ] {
            assert_eq!(suggested_name(disposition), name, "{disposition}");
        }
    }
}
