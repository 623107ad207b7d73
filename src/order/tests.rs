use super::*;

fn order(price: Option<&str>) -> Order {
    let price = price.map(|price| price.parse().unwrap());
    Order { id: "o-1".into(), price, ..Order::default() }
}

fn asked(price: Option<&str>, options: &[(&str, &str)]) -> Result<()> {
    let call = options.iter().fold(Options::new(), |call, (key, value)| call.with(key, value).unwrap());
    agreed(&order(price), &call)
}

#[test]
fn a_price_is_read_either_way_round_and_kept_as_written() {
    for (text, shown) in [
        ("5.00 USD", "5.00 USD"),
        ("USD 5", "5 USD"),
        (" 0.07  eur ", "0.07 eur"),
        ("-3.5", "-3.5"),
        (".5 USD", ".5 USD"),
        ("79228162514264337593543950335 USD", "79228162514264337593543950335 USD"),
    ] {
        assert_eq!(text.parse::<Price>().unwrap().to_string(), shown);
    }
    let long = format!("{} USD", "9".repeat(100_000));
    for bad in ["", "USD", "5 USD now", "5,00 USD", "1_000 USD", "NaN", "inf USD", "5 $", "0x5 USD", &long] {
        assert_eq!(bad.parse::<Price>().unwrap_err().kind(), ErrorKind::Argument, "{bad:.20}");
    }
}

#[test]
fn prices_compare_exactly_and_only_within_a_currency() {
    let compare = |a: &str, b: &str| a.parse::<Price>().unwrap().compare(&b.parse().unwrap()).unwrap();
    assert_eq!(compare("5 USD", "5.000 usd"), Some(Ordering::Equal));
    assert_eq!(compare("0.1 USD", "0.10000000000000000001 USD"), Some(Ordering::Less));
    assert_eq!(compare("10 USD", "9.99 USD"), Some(Ordering::Greater));
    assert_eq!(compare("1e1 USD", "10 USD"), Some(Ordering::Equal));
    assert_eq!(compare("5 USD", "5 EUR"), None);
    assert_eq!(compare("5 USD", "5"), None);
    let price = |text: &str| text.parse::<Price>().unwrap();
    assert!(
        price("5 USD") == price("5.00 usd")
            && price("5 USD") != price("5 EUR")
            && price("5") != price("5 USD")
    );
    assert!(price("5 USD") < price("5.01 USD") && price("5 USD").partial_cmp(&price("6 EUR")).is_none());
}

#[test]
fn amounts_lose_no_cent() {
    assert_eq!(less("0.30", "0.10").unwrap(), "0.20");
    assert_eq!(less("5", "0.0").unwrap(), "5");
    assert_eq!(amount("12.50").unwrap(), "12.50");
    assert_eq!(amount("1.25E2").unwrap(), "125");
    assert_eq!(amount("true").unwrap_err().kind(), ErrorKind::Protocol);
    let most = "79228162514264337593543950335";
    assert_eq!(less(&format!("-{most}"), most).unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn nothing_is_agreed_without_a_word_of_the_caller() {
    let error = asked(Some("7.50 USD"), &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConfirmRequired);
    assert_eq!(error.detail(), r#"{"amount":"7.50","currency":"USD","order_id":"o-1"}"#);
    // Not even what costs nothing, and least of all what has no price.
    assert_eq!(asked(Some("0 USD"), &[]).unwrap_err().kind(), ErrorKind::ConfirmRequired);
    let error = asked(None, &[("max_price", "100 USD")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConfirmRequired);
    assert_eq!(error.detail(), r#"{"amount":null,"currency":null,"order_id":"o-1"}"#);
}

#[test]
fn at_most_the_highest_price_and_exactly_the_confirmed_one() {
    assert!(asked(Some("7.50 USD"), &[("max_price", "7.5 USD")]).is_ok());
    let dear = asked(Some("7.51 USD"), &[("max_price", "7.5 USD")]).unwrap_err();
    assert_eq!(dear.kind(), ErrorKind::ConfirmRequired);
    let foreign = asked(Some("7.50 USD"), &[("max_price", "100 EUR")]).unwrap_err();
    assert_eq!(foreign.kind(), ErrorKind::ConfirmRequired);

    assert!(asked(Some("7.50 USD"), &[("confirmed_price", "7.5 USD")]).is_ok());
    // Whoever confirms a price sees further than a limit that was set before.
    assert!(asked(Some("7.50 USD"), &[("confirmed_price", "7.50 USD"), ("max_price", "1 USD")]).is_ok());
    for now in ["7.49 USD", "7.51 USD", "7.50 EUR"] {
        let error =
            asked(Some(now), &[("confirmed_price", "7.50 USD"), ("max_price", "100 USD")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::QuoteChanged);
        assert!(error.detail().contains(&format!(r#""confirmed":"7.50 USD","now":"{now}""#)));
    }
    assert_eq!(asked(Some("1 USD"), &[("max_price", "lots")]).unwrap_err().kind(), ErrorKind::Option);
}
