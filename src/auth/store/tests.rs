//! The token file: what it is, and what it must not be.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{FileStore, MemoryStore, TokenStore};
use crate::auth::{IdentityKey, Tokens};
use crate::error::ErrorKind;

fn key(identity: &str) -> IdentityKey {
    IdentityKey {
        service: "s".into(),
        auth_origin: "https://auth.example".into(),
        client_id: "c".into(),
        identity: identity.into(),
    }
}

fn tokens(text: &str) -> Tokens {
    Tokens { refresh: Some(format!("refresh-{text}").into()), ..Tokens::foreign(SecretString::from(text)) }
}

fn kept(store: &dyn TokenStore, identity: &str) -> Option<String> {
    store.load(&key(identity)).unwrap().map(|tokens| tokens.access.expose_secret().to_owned())
}

fn names(folder: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names = names.collect::<Vec<_>>();
    names.sort();
    names
}

fn file() -> (tempfile::TempDir, PathBuf, FileStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store = FileStore::new(path.clone());
    (folder, path, store)
}

#[test]
fn each_identity_has_its_own() {
    let (_folder, path, file) = file();
    let memory = MemoryStore::new();
    for store in [&file as &dyn TokenStore, &memory] {
        assert_eq!(kept(store, "ann"), None);
        store.save(&key("ann"), Some(&tokens("hers"))).unwrap();
        store.save(&key("bob"), Some(&tokens("his"))).unwrap();
        store.save(&key("ann"), Some(&tokens("hers anew"))).unwrap();
        assert_eq!(
            (kept(store, "ann").as_deref(), kept(store, "bob").as_deref()),
            (Some("hers anew"), Some("his"))
        );
        let elsewhere = IdentityKey { auth_origin: "http://127.0.0.1:8".into(), ..key("ann") };
        assert!(store.load(&elsewhere).unwrap().is_none());
        store.save(&key("ann"), None).unwrap();
        store.save(&key("ann"), None).unwrap();
        assert_eq!((kept(store, "ann"), kept(store, "bob").as_deref()), (None, Some("his")));
    }
    assert_eq!(kept(&FileStore::new(path), "bob").as_deref(), Some("his"));
}

#[test]
fn one_at_a_time_owns_an_identity() {
    let (_folder, path, file) = file();
    let memory = MemoryStore::new();
    let again = FileStore::new(path);
    for (store, other) in [(&file as &dyn TokenStore, &again as &dyn TokenStore), (&memory, &memory)] {
        let owned = store.try_own(&key("ann")).unwrap().unwrap();
        assert!(other.try_own(&key("ann")).unwrap().is_none());
        let others = other.try_own(&key("bob")).unwrap().unwrap();
        other.save(&key("ann"), Some(&tokens("x"))).unwrap();
        drop(owned);
        assert!(other.try_own(&key("ann")).unwrap().is_some());
        drop(others);
    }
}

#[test]
fn many_writers_lose_nothing() {
    let (folder, path, _) = file();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let store = FileStore::new(path.clone());
            scope.spawn(move || {
                for number in 0..5 {
                    store.save(&key(&format!("{writer}-{number}")), Some(&tokens("t"))).unwrap();
                }
            });
        }
    });
    let store = FileStore::new(path);
    assert!((0..8).all(|writer| (0..5).all(|number| kept(&store, &format!("{writer}-{number}")).is_some())));
    assert_eq!(names(folder.path()), ["tokens.json", "tokens.json.lock"]);
}

#[test]
fn a_file_that_is_no_store_is_named_and_stays() {
    let (_folder, path, store) = file();
    for (text, kind) in [
        ("{\"tiro_tokens\": 1, \"entries\": [", ErrorKind::StoreCorrupt),
        ("my diary", ErrorKind::StoreCorrupt),
        ("{\"tiro_tokens\": 9, \"entries\": []}", ErrorKind::StoreNewer),
    ] {
        write_private(&path, text);
        for outcome in [store.load(&key("ann")).map(drop), store.save(&key("ann"), Some(&tokens("x")))] {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert!(error.message().contains("tokens.json") && !error.hint().is_empty(), "{error:?}");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_folder_is_made_and_a_file_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/er/tokens.json");
    let store = FileStore::new(path.clone());
    assert_eq!(kept(&store, "ann"), None);
    store.save(&key("ann"), Some(&tokens("x"))).unwrap();
    assert_eq!(kept(&store, "ann").as_deref(), Some("x"));
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(65 << 20).unwrap();
    assert_eq!(store.load(&key("ann")).unwrap_err().kind(), ErrorKind::StoreCorrupt);
}

fn write_private(path: &Path, text: &str) {
    let _ = std::fs::remove_file(path);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path).unwrap(), text.as_bytes()).unwrap();
}

#[cfg(unix)]
mod on_unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_may_read_it() {
        let (folder, path, store) = file();
        store.save(&key("ann"), Some(&tokens("x"))).unwrap();
        assert_eq!((mode(&path), mode(&folder.path().join("tokens.json.lock"))), (0o600, 0o600));
        for open in [0o644, 0o620, 0o601, 0o666] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(open)).unwrap();
            let error = store.load(&key("ann")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Permission);
            assert!(error.hint().contains("chmod 600"));
            assert_eq!(store.save(&key("ann"), None).unwrap_err().kind(), ErrorKind::Permission);
        }
    }

    #[test]
    fn no_link_is_followed() {
        let (folder, path, store) = file();
        let target = folder.path().join("elsewhere");
        for there in [true, false] {
            if there {
                write_private(&target, "");
            }
            symlink(&target, &path).unwrap();
            assert_eq!(store.load(&key("ann")).unwrap_err().kind(), ErrorKind::Permission);
            assert_eq!(
                store.save(&key("ann"), Some(&tokens("x"))).unwrap_err().kind(),
                ErrorKind::Permission
            );
            assert!(path.is_symlink());
            std::fs::remove_file(&path).unwrap();
            let _ = std::fs::remove_file(&target);
        }
    }

    #[test]
    fn a_lock_file_that_is_a_link_is_refused() {
        let (folder, _path, store) = file();
        symlink(folder.path().join("elsewhere"), folder.path().join("tokens.json.lock")).unwrap();
        assert!(store.try_own(&key("ann")).is_err() && store.save(&key("ann"), Some(&tokens("x"))).is_err());
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[test]
    fn what_is_no_file_is_refused_and_blocks_nobody() {
        let (_folder, path, store) = file();
        std::fs::create_dir(&path).unwrap();
        assert_eq!(store.load(&key("ann")).unwrap_err().kind(), ErrorKind::NotAFile);
        std::fs::remove_dir(&path).unwrap();
        let fifo = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        // SAFETY: a NUL-terminated path that lives through the call.
        assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
        assert_eq!(store.load(&key("ann")).unwrap_err().kind(), ErrorKind::NotAFile);
    }

    #[test]
    fn a_file_of_somebody_else_is_refused() {
        let (_folder, path, store) = file();
        write_private(&path, "");
        // Only root can give a file away.
        if std::os::unix::fs::chown(&path, Some(12_345), None).is_err() {
            return;
        }
        let error = store.load(&key("ann")).unwrap_err();
        assert!(error.message().contains("another user"), "{error}");
    }

    #[test]
    fn a_lock_ends_with_the_last_who_uses_it_and_not_before() {
        let (_folder, path, store) = file();
        let owned = store.try_own(&key("ann")).unwrap().unwrap();
        for _ in 0..3 {
            let other = FileStore::new(path.clone());
            assert!(other.try_own(&key("ann")).unwrap().is_none());
            drop(other);
        }
        drop(store);
        let other = FileStore::new(path);
        assert!(other.try_own(&key("ann")).unwrap().is_none());
        drop(owned);
        assert!(other.try_own(&key("ann")).unwrap().is_some());
        let _ = Arc::new(other);
    }
}
