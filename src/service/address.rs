//! Where things are: base URLs, and paths from templates whose places are filled with ids.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, ErrorKind, Result};
use crate::http::Url;

/// What need not be escaped in one segment of a path or one value of a query.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL of a path below a base. The path must stay there: no other host, no step up.
pub(crate) fn below(base: &Url, path: &str) -> Result<Url> {
    let refused = |why: &str| Error::new(ErrorKind::Argument, format!("the path {why}"));
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(refused("does not begin with one slash"));
    }
    if path.contains(['\\', '#']) || path.chars().any(char::is_control) {
        return Err(refused("holds a character that no path has"));
    }
    // As a server may decode it: `%2e%2e` is a step up, too.
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    if decoded.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
        return Err(refused("holds a step up"));
    }
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(query);
    Ok(url)
}

/// Fills the places of a template, each with one id. An empty id never makes the address of a whole collection.
pub(crate) fn fill(template: &str, places: &[(&str, &str)]) -> Result<String> {
    let mut path = template.to_owned();
    for (place, id) in places {
        if id.is_empty() || *id == "." || *id == ".." {
            return Err(Error::new(ErrorKind::Argument, format!("{place} is empty or no id")));
        }
        path = path.replace(&format!("{{{place}}}"), &utf8_percent_encode(id, ESCAPED).to_string());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_its_base() {
        let base = Url::parse("https://h.example/base/").unwrap();
        let url = |path| below(&base, path).map(String::from);
        assert_eq!(url("/api/x?a=1&b=%2F").unwrap(), "https://h.example/base/api/x?a=1&b=%2F");
        for bad in [
            "api",
            "//evil.example/x",
            "/a/../b",
            "/a/%2e%2E/b",
            "/a/..",
            "/a\\..\\b",
            "/a#b",
            "/a\nb",
            "https://evil.example/",
            "",
        ] {
            assert_eq!(url(bad).unwrap_err().kind(), ErrorKind::Argument, "{bad:?}");
        }
    }

    #[test]
    fn an_id_fills_one_segment_and_is_never_empty() {
        let fill = |id| fill("/api/records/{recordId}/transcript", &[("recordId", id)]);
        assert_eq!(fill("a/b?c#d%é").unwrap(), "/api/records/a%2Fb%3Fc%23d%25%C3%A9/transcript");
        for bad in ["", ".", ".."] {
            assert_eq!(fill(bad).unwrap_err().kind(), ErrorKind::Argument);
        }
    }
}
