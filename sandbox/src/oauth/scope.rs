//! Scopes: which there are, and what is granted of those asked for.

use std::collections::BTreeSet;

use super::error::OAuthError;

const OF_A_USER: [&str; 4] = ["openid", "profile", "email", "offline_access"];
pub(super) const API: &str = "integrated-api";

/// The scopes granted, in the order of the alphabet, as the vendor answers them.
pub(super) fn granted(asked: &str, management: &str, has_user: bool) -> Result<String, OAuthError> {
    let asked: BTreeSet<_> = asked.split_ascii_whitespace().collect();
    let known = |scope: &str| scope == API || scope == management || (has_user && OF_A_USER.contains(&scope));
    if asked.is_empty() || !asked.iter().all(|scope| known(scope)) {
        return Err(OAuthError::new("invalid_scope", ""));
    }
    Ok(asked.into_iter().collect::<Vec<_>>().join(" "))
}

pub(crate) fn has(granted: &str, scope: &str) -> bool {
    granted.split(' ').any(|one| one == scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_granted_is_sorted_and_known() {
        let asked = "openid offline_access email profile integrated-api";
        let sorted = "email integrated-api offline_access openid profile";
        assert_eq!(granted(asked, "management-api", true).unwrap(), sorted);
        for (asked, has_user) in [("managed-api", true), ("", true), ("openid", false)] {
            assert_eq!(granted(asked, "management-api", has_user).unwrap_err().error, "invalid_scope");
        }
    }
}
