//! A person at the login page, as plain HTTP: follows redirects, keeps cookies, fills in forms. A real browser does the
//! same in `tests/full`.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

/// Logs in at the sandbox's page and agrees; comes back with the address that the browser is sent to at last.
pub fn log_in(url: &str, email: &str, password: &str) -> String {
    let mut person = Person::default();
    let page = person.open("GET", url, "");
    let page = person.submit(&page, &[("email", email), ("password", password)]);
    match page.redirect {
        Some(redirect) => redirect,
        None => person.submit(&page, &[("decision", "allow")]).redirect.expect("the consent leads back"),
    }
}

/// Opens the address that the login led to, as the browser does.
pub fn follow(url: &str) -> u16 {
    Person::default().request("GET", url, "").status
}

#[derive(Default)]
struct Person {
    cookies: BTreeMap<String, String>,
}

struct Page {
    url: String,
    status: u16,
    body: String,
    /// Where it leads, if that is another server's.
    redirect: Option<String>,
}

impl Person {
    /// Opens an address and follows redirects, as long as they stay at this server.
    fn open(&mut self, method: &str, url: &str, form: &str) -> Page {
        let mut page = self.request(method, url, form);
        for _ in 0..10 {
            let Some(location) = page.redirect.take() else { return page };
            let next = absolute(&page.url, &location);
            if origin(&next) != origin(&page.url) {
                page.redirect = Some(next);
                return page;
            }
            page = self.request("GET", &next, "");
        }
        panic!("redirects without end at {url}")
    }

    /// Fills in the first form of a page, its hidden fields as they are.
    fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let form = page
            .body
            .split("<form")
            .nth(1)
            .unwrap_or_else(|| panic!("{} has no form: {}", page.url, page.body));
        let form = form.split("</form").next().unwrap();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for input in form.split("<input").skip(1).map(|input| input.split('>').next().unwrap()) {
            if attribute(input, "type") == "hidden" {
                pairs.push((attribute(input, "name"), attribute(input, "value")));
            }
        }
        pairs.extend(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        let body: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        self.open("POST", &absolute(&page.url, &attribute(form, "action")), &body.join("&"))
    }

    fn request(&mut self, method: &str, url: &str, form: &str) -> Page {
        let rest = url.strip_prefix("http://").unwrap();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut stream = TcpStream::connect(authority).unwrap();
        let origin = format!("http://{authority}");
        write!(
            stream,
            "{method} /{path} HTTP/1.1\r\nHost: {authority}\r\nOrigin: {origin}\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            cookies.join("; "),
            form.len()
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let mut page =
            Page { url: url.into(), status: head[9..12].parse().unwrap(), body: body.into(), redirect: None };
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            match name.to_lowercase().as_str() {
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    self.cookies.insert(name.into(), value.into());
                }
                "location" => page.redirect = Some(value.into()),
                _ => {}
            }
        }
        page
    }
}

fn origin(url: &str) -> &str {
    let end = url[8..].find('/').map_or(url.len(), |at| at + 8);
    &url[..end]
}

fn absolute(base: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{}{location}", origin(base)) } else { location.to_owned() }
}

fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value
        .unwrap_or_default()
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
