//! Which proxy the requests of a client go through: none, the one of the options, or what the environment says.

use reqwest::{NoProxy, Url};
use secrecy::ExposeSecret;

use super::url::names_loopback;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;

type Build = fn(Url) -> reqwest::Result<reqwest::Proxy>;

/// The proxies of a client.
#[derive(Clone, Default)]
pub(super) struct Proxies {
    list: Vec<reqwest::Proxy>,
    /// An environment is meant for the outside world; a proxy that the options name is meant for everything.
    spare_loopback: bool,
}

impl Proxies {
    pub(super) fn of_options(options: &Options) -> Result<Self> {
        Self::with_environment(options, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    pub(super) fn with_environment(
        options: &Options,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let own = options.text("proxy");
        if own != "environment" {
            let server = (!own.is_empty()).then(|| checked("proxy", &own)).transpose()?;
            let exempt = options.text("no_proxy");
            let list = server.map(|server| proxy(options, "proxy", reqwest::Proxy::all(server), &exempt));
            return Ok(Self { list: Vec::from_iter(list.transpose()?), spare_loopback: false });
        }
        let either = |name: &str| variable(name).or_else(|| variable(&name.to_ascii_uppercase()));
        // In a CGI program, HTTP_PROXY is what a client sent as the header `Proxy`.
        let of_http = match variable("REQUEST_METHOD") {
            Some(_) => variable("http_proxy"),
            None => either("http_proxy"),
        };
        let exempt = [Some(options.text("no_proxy")), either("no_proxy")].into_iter().flatten();
        let exempt = exempt.collect::<Vec<_>>().join(",");
        let mut list = Vec::new();
        // The first that serves a scheme is taken.
        let of_environment: [(&str, Option<String>, Build); 3] = [
            ("HTTPS_PROXY", either("https_proxy"), reqwest::Proxy::https::<Url>),
            ("HTTP_PROXY", of_http, reqwest::Proxy::http::<Url>),
            ("ALL_PROXY", either("all_proxy"), reqwest::Proxy::all::<Url>),
        ];
        for (name, server, build) in of_environment {
            let Some(server) = server else { continue };
            let key = format!("{name} in the environment");
            list.push(proxy(options, &key, build(checked(&key, &server)?), &exempt)?);
        }
        Ok(Self { list, spare_loopback: true })
    }

    /// Whether a URL is reached without any proxy, whoever else is exempt.
    pub(super) fn spare(&self, url: &Url) -> bool {
        self.list.is_empty() || (self.spare_loopback && names_loopback(url))
    }

    pub(super) fn list(&self) -> impl Iterator<Item = reqwest::Proxy> {
        self.list.iter().cloned()
    }
}

/// A proxy's URL. Environments often have `host:port` alone.
fn checked(key: &str, text: &str) -> Result<Url> {
    let refused = |what: &str| Error::new(ErrorKind::Option, format!("{key} {what}"));
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&with_scheme).map_err(|error| refused(&format!("is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused("is no HTTP proxy; tiro speaks no other kind"));
    }
    match url.has_host() {
        true => Ok(url),
        false => Err(refused("names no host")),
    }
}

/// A login given by options wins over one in the URL.
fn proxy(
    options: &Options,
    key: &str,
    built: reqwest::Result<reqwest::Proxy>,
    exempt: &str,
) -> Result<reqwest::Proxy> {
    // The error itself may show the URL, and with it a login.
    let built = built.map_err(|_| Error::new(ErrorKind::Option, format!("{key} is no proxy's URL")))?;
    let built = built.no_proxy(NoProxy::from_string(&plain_names(exempt)));
    let username = options.text("proxy_username");
    if username.is_empty() {
        return Ok(built);
    }
    let password = options.secret("proxy_password");
    Ok(built
        .basic_auth(&username, password.as_ref().map(|secret| secret.expose_secret()).unwrap_or_default()))
}

/// As the proxy's own list has them: `*.example.org` is written where `.example.org` is meant, and `*` where addresses
/// are, too.
fn plain_names(exempt: &str) -> String {
    let entries = exempt.split([',', ' ', ';']).map(str::trim).filter(|entry| !entry.is_empty());
    let plain = |entry| match entry {
        "*" => "*,0.0.0.0/0,::/0",
        name => str::strip_prefix(name, "*.").unwrap_or(name),
    };
    entries.map(plain).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_option_there_is_no_proxy() {
        let proxies =
            Proxies::with_environment(&Options::new(), |_| Some("http://proxy.example:1".into())).unwrap();
        assert!(proxies.spare(&Url::parse("https://api.example/").unwrap()));
    }

    #[test]
    fn an_environment_spares_this_machine_and_an_option_does_not() {
        let outside = Url::parse("https://api.example/").unwrap();
        let inside = Url::parse("https://[::1]:7/").unwrap();
        let environment = Options::new().with("proxy", "environment").unwrap();
        let variable = |name: &str| (name == "https_proxy").then(|| "proxy.example:3128".to_owned());
        let proxies = Proxies::with_environment(&environment, variable).unwrap();
        assert!(proxies.spare(&inside) && !proxies.spare(&outside));
        let option = Options::new().with("proxy", "http://127.0.0.1:3128").unwrap();
        let proxies = Proxies::with_environment(&option, |_| None).unwrap();
        assert!(!proxies.spare(&inside) && !proxies.spare(&outside));
    }

    #[test]
    fn a_cgi_program_does_not_take_a_header_for_its_proxy() {
        let options = Options::new().with("proxy", "environment").unwrap();
        let variable = |name: &str| match name {
            "HTTP_PROXY" => Some("http://evil.example".to_owned()),
            "REQUEST_METHOD" => Some("GET".to_owned()),
            _ => None,
        };
        let proxies = Proxies::with_environment(&options, variable).unwrap();
        assert_eq!(proxies.list().count(), 0);
    }

    #[test]
    fn what_is_no_http_proxy_is_refused_without_its_login() {
        for bad in ["socks5://me:hidden-word@proxy.example", "http://", "http://me:hidden-word@:80:80"] {
            let options = Options::new().with("proxy", bad).unwrap();
            let error = Proxies::with_environment(&options, |_| None).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Option, "{bad}");
            assert!(!format!("{error:?}").contains("hidden-word"));
        }
    }
}
