use super::*;

fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect::<Vec<_>>().into_iter()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn the_table_is_sorted_and_its_defaults_are_values() {
    assert!(OPTION_TABLE.windows(2).all(|pair| pair[0].key < pair[1].key));
    for entry in OPTION_TABLE {
        if !entry.default.is_empty() {
            parse(entry.key, OsStr::new(entry.default)).unwrap();
        }
        if let OptionType::Integer(..) = entry.kind {
            Options::new().integer(entry.key);
        }
        assert!(entry.doc.ends_with('.'), "{}", entry.key);
    }
}

#[test]
fn a_dot_may_be_spelled_as_an_underscore_and_means_one_key() {
    let spelled = |entry: &OptionEntry| entry.key.replace('.', "_");
    let all: std::collections::BTreeSet<_> = OPTION_TABLE.iter().map(spelled).collect();
    assert_eq!(all.len(), OPTION_TABLE.len());
    let mut options = Options::new();
    options.load_variables(variables(&[("TIRO_GOSPEECH_PATH_UPLOAD", "/v2/records")])).unwrap();
    assert_eq!(options.get("gospeech.path.upload").unwrap(), "/v2/records");
    options.set("gospeech_path_upload", "/v3/records").unwrap();
    assert_eq!(options.get("gospeech.path.upload").unwrap(), "/v3/records");
}

#[test]
fn explicit_wins_over_environment_over_file_over_default() {
    let mut options = Options::new();
    assert_eq!(options.get("threads").unwrap(), "0");
    options.set("threads", "4").unwrap();
    options.load_variables(variables(&[("TIRO_THREADS", "3"), ("TIRO_LANGUAGE", "de")])).unwrap();
    let file = file("[default]\nthreads = 2\nlanguage = \"fr\"\nmodel = \"base\"\n");
    options.load_file(file.path(), None).unwrap();
    let get = |options: &Options, key: &str| options.get(key).unwrap().into_string().unwrap();
    assert_eq!(
        [get(&options, "threads"), get(&options, "language"), get(&options, "model")],
        ["4", "de", "base"]
    );
    options.unset("threads").unwrap();
    assert_eq!(get(&options, "threads"), "3");
}

#[test]
fn a_call_wins_over_its_client_and_takes_only_its_own_keys() {
    let client = Options::new().with("threads", "4").unwrap().with("language", "de").unwrap();
    let call = Options::new().with("threads", "1").unwrap();
    call.check_scope(Scope::Call).unwrap();
    let merged = client.for_call(Some(&call));
    assert_eq!((merged.integer("threads"), merged.text("language").as_str()), (1, "de"));
    let wrong = Options::new().with("service", "local").unwrap();
    assert_eq!(wrong.check_scope(Scope::Call).unwrap_err().kind(), ErrorKind::Option);
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let error = Options::new().set("langauge", "en").unwrap_err();
    assert_eq!((error.kind(), error.hint()), (ErrorKind::Option, "did you mean \"language\"?"));
    assert!(Options::new().set("qqqqqqqqqqqqqqqq", "x").unwrap_err().hint().contains("docs/options.md"));
}

#[test]
fn a_bad_value_says_what_the_key_takes_and_changes_nothing() {
    let mut options = Options::new();
    for (key, value) in [("threads", "many"), ("threads", "-1"), ("service", "locale"), ("model", "")] {
        assert_eq!(options.set(key, value).unwrap_err().kind(), ErrorKind::Option, "{key}={value}");
    }
    assert!(options.explicit.is_empty());
}

#[test]
fn a_secret_is_never_shown() {
    let options = Options::new().with("access_token", "s3cr3t-value").unwrap();
    assert!(!format!("{options:?}").contains("s3cr3t"));
    assert_eq!(options.get("access_token").unwrap_err().kind(), ErrorKind::Option);
    let file = file("[default]\naccess_token = \"s3cr3t-value\noops");
    let error = Options::new().load_file(file.path(), None).unwrap_err();
    assert!(!format!("{error:?}{error}").contains("s3cr3t"), "{error:?}");
}

#[test]
fn profiles_are_checked_like_any_other_options() {
    let profiles = file("[work]\nthreads = 2\n[typo]\nthreds = 2\n[bad]\nthreads = 1.5\n");
    let mut options = Options::new();
    options.load_file(profiles.path(), Some("work")).unwrap();
    assert_eq!(options.integer("threads"), 2);
    let hint = |profile: Option<&str>| {
        Options::new().load_file(profiles.path(), profile).unwrap_err().hint().to_owned()
    };
    assert_eq!(hint(Some("typo")), "did you mean \"threads\"?");
    assert_eq!(hint(None), "it has: bad, typo, work");
    let hint_of = |text| Options::new().load_file(file(text).path(), None).unwrap_err().hint().to_owned();
    assert!(hint_of("threads = 2\n").contains("[default]") && hint_of("threads = 2\n").contains("threads"));
    assert!(hint_of("").contains("it has none"));
    assert_eq!(hint_of("threads = 2\n[work]\n"), "it has: work");
    assert!(Options::new().load_file(profiles.path(), Some("bad")).is_err());
}

#[test]
fn secrets_are_compared_whole() {
    let secret = |text: &str| SecretString::from(text.to_owned());
    assert!(same_secret(Some(&secret("abc")), &secret("abc")));
    assert!(!same_secret(Some(&secret("abd")), &secret("abc")));
    assert!(!same_secret(Some(&secret("ab")), &secret("abc")));
    assert!(!same_secret(None, &secret("abc")));
}

#[test]
fn a_yes_in_a_file_is_the_word_for_it() {
    let file = file(
        "[default]\nforce_new = true\n\"gospeech.push\" = false\n[bad]\nlanguage = true\nservice = true\n",
    );
    let mut options = Options::new();
    options.load_file(file.path(), None).unwrap();
    assert_eq!((options.text("force_new"), options.text("gospeech.push")), ("yes".into(), "off".into()));
    assert!(options.load_file(file.path(), Some("bad")).is_err());
}

#[test]
fn exports_take_what_a_profile_says_of_them() {
    let file = file("[default]\nservice = \"scripted\"\nsubtitle_lines = 1\n");
    let mut options = Options::new().with("threads", "2").unwrap();
    options.load_file(file.path(), None).unwrap();
    let exports = options.of_exports();
    exports.check_scope(Scope::Export).unwrap();
    assert_eq!((exports.integer("subtitle_lines"), exports.is_set("service")), (1, false));
    let call = Options::new().with("subtitle_lines", "1").unwrap().check_scope(Scope::Call).unwrap_err();
    assert!(call.hint().contains("export"), "{call:?}");
}
