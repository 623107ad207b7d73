//! The end of a login on this machine: a listener at exactly the registered address, until the browser brings the redirect
//! of this login. Browsers connect ahead and ask for icons, and other programs may knock; none of them ends it, and
//! nothing that is sent comes back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::login::{Login, redirect_uri_of};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Url;
use crate::options::same_secret;

/// Longest head of a request that is read.
const MOST_HEAD: usize = 16 << 10;
const MOST_HEADERS: usize = 100;
/// Connections at a time. One more takes the place of the oldest.
const MOST_CONNECTIONS: usize = 64;
/// How long a browser may take over the last answer.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// Who listens for the redirect of a login, from when it is made: a browser that is sent to the login page a moment later
/// may be back at once.
pub(crate) struct RedirectListener {
    place: Place,
    listeners: Vec<std::net::TcpListener>,
    state: SecretString,
}

impl RedirectListener {
    /// At the login's redirect_uri, which has to be plain http on this machine, with a port.
    pub(crate) fn bind(login: &Login) -> Result<Self> {
        let place = Place::of(&redirect_uri_of(login)?)?;
        let listeners = place.bind()?;
        Ok(Self { place, listeners, state: SecretString::from(login.state()) })
    }

    /// Waits for the redirect.
    pub(crate) async fn redirect(self, patience: Duration) -> Result<String> {
        let Self { place, listeners, state } = self;
        let listeners = listeners.into_iter().map(TcpListener::from_std).collect::<std::io::Result<Vec<_>>>();
        let listeners = listeners.map_err(|error| place.unbound(&error))?;
        match tokio::time::timeout(patience, listen(&place, &listeners, &state)).await {
            Ok(redirect) => Ok(redirect),
            Err(_) => {
                Err(Error::new(ErrorKind::LoginRequired, "no browser came back from the login page in time")
                    .with_hint("login_timeout_ms says how long is waited"))
            }
        }
    }
}

/// The registered address.
struct Place {
    url: Url,
    port: u16,
    addresses: Vec<IpAddr>,
    /// As a browser names it.
    host: String,
}

impl Place {
    fn of(redirect_uri: &str) -> Result<Self> {
        let refused = |what: &str| {
            Error::new(ErrorKind::Option, format!("redirect_uri {what}"))
                .with_hint("complete_login takes the redirect from wherever it arrives")
        };
        let url = Url::parse(redirect_uri).map_err(|_| refused("is no absolute URL"))?;
        if url.scheme() != "http" {
            return Err(refused("is not plain http to this machine, so nobody can listen there"));
        }
        let port = url.port().ok_or_else(|| refused("names no port to listen at"))?;
        if port == 0 {
            return Err(refused("names port 0, which no browser can be sent to"));
        }
        let host = url.host_str().unwrap_or_default();
        let addresses = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if address.is_loopback() => vec![address],
            Err(_) if host == "localhost" => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            _ => return Err(refused("is not on this machine, so nobody can listen there")),
        };
        let host = format!("{host}:{port}");
        Ok(Self { url, port, addresses, host })
    }

    fn bind(&self) -> Result<Vec<std::net::TcpListener>> {
        let (mut listeners, mut failed) = (Vec::new(), None);
        for address in &self.addresses {
            let bound = std::net::TcpListener::bind(SocketAddr::new(*address, self.port));
            match bound.and_then(|listener| listener.set_nonblocking(true).map(|()| listener)) {
                Ok(listener) => listeners.push(listener),
                // Where there is no IPv6, localhost is the other address alone. A port that another program has is not
                // to be shared with it.
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                    return Err(self.unbound(&error));
                }
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) if listeners.is_empty() => Err(self.unbound(&error)),
            _ => Ok(listeners),
        }
    }

    fn unbound(&self, error: &std::io::Error) -> Error {
        Error::io(format_args!("listening at {} for the login", self.host), error)
    }
}

/// What a connection brought.
enum Brought {
    Redirect(TcpStream, String),
    Nothing,
}

async fn listen(place: &Place, listeners: &[TcpListener], state: &SecretString) -> String {
    let mut connections = FuturesUnordered::new();
    let mut oldest = std::collections::VecDeque::new();
    loop {
        tokio::select! {
            stream = accept(listeners) => {
                let (give_up, given_up) = tokio::sync::oneshot::channel::<()>();
                if oldest.len() >= MOST_CONNECTIONS {
                    oldest.pop_front();
                }
                oldest.push_back(give_up);
                connections.push(async move {
                    tokio::select! {
                        biased;
                        _ = given_up => Brought::Nothing,
                        brought = serve(stream, place, state) => brought,
                    }
                });
            }
            Some(brought) = connections.next() => {
                oldest.retain(|give_up| !give_up.is_closed());
                if let Brought::Redirect(mut stream, redirect) = brought {
                    let _ = tokio::time::timeout(LAST_ANSWER, answer(&mut stream, 200, DONE)).await;
                    return redirect;
                }
            }
        }
    }
}

async fn accept(listeners: &[TcpListener]) -> TcpStream {
    let mut accepting: FuturesUnordered<_> = listeners.iter().map(TcpListener::accept).collect();
    loop {
        match accepting.next().await {
            Some(Ok((stream, _))) => return stream,
            // No descriptor is left, say: others may close theirs.
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        if accepting.is_empty() {
            accepting.extend(listeners.iter().map(TcpListener::accept));
        }
    }
}

/// Reads one request. Any but the redirect is answered here.
async fn serve(mut stream: TcpStream, place: &Place, state: &SecretString) -> Brought {
    let mut head = Vec::new();
    let verdict = loop {
        if let Some(verdict) = judge(&head, place, state) {
            break verdict;
        }
        let mut piece = [0; 2048];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return Brought::Nothing,
            Ok(length) => head.extend_from_slice(&piece[..length]),
        }
        if head.len() > MOST_HEAD {
            break Verdict::Refused(431);
        }
    };
    match verdict {
        Verdict::Redirect(redirect) => Brought::Redirect(stream, redirect),
        Verdict::Refused(status) => {
            answer(&mut stream, status, REFUSED).await;
            Brought::Nothing
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Redirect(String),
    Refused(u16),
}

/// What a request is; `None`: its head is not whole yet.
fn judge(head: &[u8], place: &Place, state: &SecretString) -> Option<Verdict> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => return None,
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Some(Verdict::Refused(431)),
        Err(_) => return Some(Verdict::Refused(400)),
    }
    let refused = |status| Some(Verdict::Refused(status));
    let values = |name: &str| -> Vec<&[u8]> {
        request
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .map(|h| h.value)
            .collect()
    };
    // Another Host is a page of another site, whose name was made to lead here.
    match values("host")[..] {
        [host] if host.eq_ignore_ascii_case(place.host.as_bytes()) => {}
        _ => return refused(421),
    }
    if request.method != Some("GET") {
        return refused(405);
    }
    if !values("transfer-encoding").is_empty()
        || values("content-length").iter().any(|length| *length != b"0")
    {
        return refused(413);
    }
    let target = request.path.unwrap_or_default();
    let Some(url) =
        place.url.join(target).ok().filter(|_| target.starts_with('/') && !target.starts_with("//"))
    else {
        return refused(400);
    };
    if url.path() != place.url.path() {
        return refused(404);
    }
    let mut states = url.query_pairs().filter(|(name, _)| name == "state");
    let given = states.next().map(|(_, value)| SecretString::from(value.into_owned()));
    if states.next().is_some() || !same_secret(given.as_ref(), state) {
        return refused(400);
    }
    Some(Verdict::Redirect(url.into()))
}

const DONE: &str = "You are logged in. You may close this page and go back to the program.";
const REFUSED: &str = "This is not the address that the login page leads to.";

async fn answer(stream: &mut TcpStream, status: u16, text: &str) {
    let reason = match status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        _ => "Bad Request",
    };
    let page = format!("<!doctype html><meta charset=utf-8><title>Login</title><p>{text}</p>\n");
    let answer = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // Whether the browser hears it changes nothing.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
