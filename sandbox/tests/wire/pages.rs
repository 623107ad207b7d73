//! The pages, as a browser without scripts would use them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{DEVELOPER, Fixture, text};

const CALLBACK: &str = "http://127.0.0.1:8765/callback";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-0123456";

/// Keeps one cookie, as this server sets one.
struct Browser<'a> {
    fixture: &'a Fixture,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(fixture: &'a Fixture) -> Self {
        Self { fixture, cookie: String::new() }
    }

    async fn get(&mut self, path: &str) -> Response {
        let answer =
            self.fixture.http.get(self.fixture.url(path)).header("cookie", &self.cookie).send().await;
        self.keep(answer.unwrap())
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Response {
        let post = self.fixture.http.post(self.fixture.url(path)).header("cookie", &self.cookie).form(form);
        self.keep(post.send().await.unwrap())
    }

    fn keep(&mut self, answer: Response) -> Response {
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }

    /// Follows to the login page; the request that waits and the token of the form.
    async fn begin_login(&mut self, authorize: &str) -> (String, String) {
        let login = place(&self.get(authorize).await);
        assert!(login.starts_with("/account/login?request="), "{login}");
        let page = self.get(&login).await.text().await.unwrap();
        (hidden(&page, "request"), hidden(&page, "csrf"))
    }
}

fn place(answer: &Response) -> String {
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The value of a form's hidden field.
fn hidden(page: &str, name: &str) -> String {
    let from =
        page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    page[from..].split('"').nth(3).unwrap().to_owned()
}

fn authorize(changes: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "demo-public"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid offline_access integrated-api"),
        ("state", "st&te"),
        ("nonce", "n1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/connect/authorize?{query}")
}

fn answer(location: &str, name: &str) -> Option<String> {
    let url = Url::parse(location).unwrap();
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

async fn code(browser: &mut Browser<'_>) -> String {
    let (request, csrf) = browser.begin_login(&authorize(&[])).await;
    let login = [
        ("csrf", &*csrf),
        ("request", &*request),
        ("email", "anna@example.com"),
        ("password", "anna-password"),
    ];
    let consent = place(&browser.post("/account/login", &login).await);
    let page = browser.get(&consent).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' http://127.0.0.1:8765;"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(page.contains("anna@example.com") && page.contains("Demo App without a secret"));
    let (request, csrf) = (hidden(&page, "request"), hidden(&page, "csrf"));
    let allow = [("csrf", &*csrf), ("request", &*request), ("decision", "allow")];
    let back = place(&browser.post("/account/consent", &allow).await);
    assert!(back.starts_with(&format!("{CALLBACK}?")), "{back}");
    assert_eq!(answer(&back, "state").as_deref(), Some("st&te"));
    answer(&back, "code").unwrap()
}

fn exchange<'a>(code: &'a str, verifier: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", "demo-public"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", verifier),
    ]
}

#[tokio::test]
async fn a_person_logs_in_and_a_client_gets_their_token() {
    let fixture = Fixture::start();
    let mut browser = Browser::new(&fixture);
    let code = code(&mut browser).await;
    let (status, tokens) = fixture.token_answer(&exchange(&code, VERIFIER)).await;
    assert_eq!(status, 200, "{tokens}");
    let claims =
        text(&tokens["id_token"]).split('.').nth(1).map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    assert_eq!((&claims["nonce"], &claims["aud"]), (&json!("n1"), &json!("demo-public")));
    let access = text(&tokens["access_token"]);
    assert_eq!(fixture.get("/api/records/worklist", &access).await.status(), 200);
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "demo-public"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(fixture.token_answer(&refresh).await.0, 200);

    let again = place(&browser.get(&authorize(&[("prompt", "none")])).await);
    assert!(answer(&again, "code").is_some(), "logged in, and agreed before");
    assert_eq!(fixture.token_answer(&exchange(&code, VERIFIER)).await.1["error"], "invalid_grant");
    assert_eq!(fixture.get("/api/records/worklist", &access).await.status(), 401, "a code that came twice");
}

#[tokio::test]
async fn a_code_is_of_use_with_its_verifier_only() {
    let fixture = Fixture::start();
    let mut browser = Browser::new(&fixture);
    let code = code(&mut browser).await;
    let other = "another-verifier-of-forty-three-characters-0";
    assert_eq!(fixture.token_answer(&exchange(&code, other)).await.1["error"], "invalid_grant");
    assert_eq!(fixture.token_answer(&exchange(&code, VERIFIER)).await.1["error"], "invalid_grant", "once");
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let fixture = Fixture::start();
    let mut browser = Browser::new(&fixture);
    for uri in
        ["https://evil.test/", "http://127.0.0.1:8765/callback/../x", "http://127.0.0.1:1/callback", ""]
    {
        let refused = browser.get(&authorize(&[("redirect_uri", uri)])).await;
        assert_eq!(refused.status(), 400, "{uri}");
        assert!(!refused.headers().contains_key("location"));
    }
    assert_eq!(browser.get(&authorize(&[("client_id", "nobody")])).await.status(), 400);
    for (change, error) in [
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "everything"), "invalid_scope"),
        (("prompt", "none"), "login_required"),
    ] {
        let back = place(&browser.get(&authorize(&[change])).await);
        assert_eq!(answer(&back, "error").as_deref(), Some(error));
    }
}

#[tokio::test]
async fn a_forged_form_is_refused() {
    let fixture = Fixture::start();
    let mut browser = Browser::new(&fixture);
    let (request, csrf) = browser.begin_login(&authorize(&[])).await;
    let with =
        |csrf: &'static str| [("csrf", csrf), ("email", "anna@example.com"), ("password", "anna-password")];
    assert_eq!(browser.post("/account/login", &with("forged")).await.status(), 403);
    assert_eq!(browser.post("/account/login", &with("")).await.status(), 403);
    let elsewhere = fixture.http.post(fixture.url("/account/login")).header("cookie", &browser.cookie);
    let form = [("csrf", &*csrf), ("email", "anna@example.com"), ("password", "anna-password")];
    let elsewhere = elsewhere.header("origin", "https://evil.test").form(&form).send().await.unwrap();
    assert_eq!(elsewhere.status(), 403);
    let mut other = Browser::new(&fixture);
    other.get("/account/login").await;
    assert_eq!(other.post("/account/login", &form).await.status(), 403, "another session's token");
    let wrong =
        [("csrf", &*csrf), ("request", &*request), ("email", "anna@example.com"), ("password", "wrong")];
    assert_eq!(browser.post("/account/login", &wrong).await.status(), 401);
    for page in ["/account/consent", "/account/logout", "/app/records/x"] {
        assert_eq!(browser.post(page, &[("request", &*request), ("decision", "allow")]).await.status(), 403);
    }
}

#[tokio::test]
async fn a_managed_user_gets_in_by_a_code_that_works_once() {
    let fixture = Fixture::start();
    let bob = json!({ "email": "bob@example.com", "kind": "managed", "owner": DEVELOPER });
    fixture.tell(Method::POST, "/accounts", &bob).await;
    let token = fixture.token("bob@example.com").await;
    let name = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>.wav";
    let id = fixture.upload(&token, name, b"x").await;
    fixture.wait_for(&token, &id, "readyForCorrection").await;
    let hostile = json!({ "segments": [{ "speaker": "<i>Eve</i>", "words": [{ "insert": "</article><script>x()</script>" }] }] });
    let put = fixture.control(Method::PUT, &format!("/recordings/{id}/transcript")).body(hostile.to_string());
    assert_eq!(put.send().await.unwrap().status(), 200);

    let mut browser = Browser::new(&fixture);
    let path = format!("/app/records/{id}");
    assert!(place(&browser.get(&path).await).starts_with("/account/login?next="));
    let answer =
        fixture.http.post(fixture.url("/sandbox/link-code")).bearer_auth(&token).send().await.unwrap();
    let code = text(&answer.json::<Value>().await.unwrap()["code"]);
    let link = format!("{path}?code={code}");
    assert_eq!(place(&browser.get(&link).await), path);
    let page = browser.get(&path).await;
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    let page = page.text().await.unwrap();
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("&lt;i&gt;Eve&lt;/i&gt;")
    );
    for markup in ["<script", "<img", "<i>Eve"] {
        assert!(!page.contains(markup), "{markup}");
    }
    let list = browser.get("/app/worklist").await.text().await.unwrap();
    assert!(list.contains(&path) && !list.contains("<script"));
    assert_eq!(Browser::new(&fixture).get(&link).await.status(), 400, "once");

    let csrf = hidden(&page, "csrf");
    let rename = [("csrf", &*csrf), ("action", "rename"), ("title", "Call")];
    assert_eq!(place(&browser.post(&path, &rename).await), path);
    assert_eq!(fixture.get_json(&format!("/api/records/{id}"), &token).await["title"], "Call");
    for (action, status) in [("edit", "correctingBy"), ("done", "ready")] {
        browser.post(&path, &[("csrf", &*csrf), ("action", action)]).await;
        fixture.wait_for(&token, &id, status).await;
    }
}

#[tokio::test]
async fn one_persons_page_is_not_anothers() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let id = fixture.upload(&token, "secret.wav", b"x").await;
    let mut browser = Browser::new(&fixture);
    let page = browser.get(&format!("/account/login?next=/app/records/{id}")).await.text().await.unwrap();
    let (csrf, next) = (hidden(&page, "csrf"), hidden(&page, "next"));
    let login =
        [("csrf", &*csrf), ("next", &*next), ("email", "anna@example.com"), ("password", "anna-password")];
    let path = place(&browser.post("/account/login", &login).await);
    assert_eq!(path, format!("/app/records/{id}"));
    let refused = browser.get(&path).await;
    assert_eq!(refused.status(), 404);
    assert!(!refused.text().await.unwrap().contains("secret.wav"));
}

#[tokio::test]
async fn a_login_leads_to_a_page_of_this_server_only() {
    let fixture = Fixture::start();
    for next in
        ["https://evil.test/", "//evil.test", "/app/..//evil.test", "/app/\\evil.test", "javascript:x"]
    {
        let mut browser = Browser::new(&fixture);
        let page = browser.get("/account/login").await.text().await.unwrap();
        let csrf = hidden(&page, "csrf");
        let login =
            [("csrf", &*csrf), ("next", next), ("email", "anna@example.com"), ("password", "anna-password")];
        assert_eq!(place(&browser.post("/account/login", &login).await), "/app/worklist", "{next}");
    }
}

#[tokio::test]
async fn a_session_ends_where_the_client_shows_whose_it_is() {
    let fixture = Fixture::start();
    let mut browser = Browser::new(&fixture);
    let code = code(&mut browser).await;
    let tokens = fixture.token_answer(&exchange(&code, VERIFIER)).await.1;
    let asked = browser.get("/connect/endsession").await;
    assert!(asked.text().await.unwrap().contains("Log out?"), "without a hint a person is asked");
    let hint = text(&tokens["id_token"]);
    let end = format!(
        "/connect/endsession?id_token_hint={hint}&state=s&post_logout_redirect_uri=http://127.0.0.1:8765/goodbye"
    );
    assert_eq!(place(&browser.get(&end).await), "http://127.0.0.1:8765/goodbye?state=s");
    assert!(place(&browser.get("/app/worklist").await).starts_with("/account/login"));
    let evil =
        format!("/connect/endsession?id_token_hint={hint}&post_logout_redirect_uri=https://evil.test/");
    assert_eq!(browser.get(&evil).await.status(), 200);
}
