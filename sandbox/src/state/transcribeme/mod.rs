//! TranscribeMe's half of what is remembered: recordings with their parts, orders, application and external tokens,
//! billing. Accounts, API clients and access tokens are those of the other half.

mod account;
mod orders;
mod parts;
mod recordings;

pub(crate) use orders::{MediaOrder, Ordered};
pub(crate) use parts::Part;
pub(crate) use recordings::{Assembled, Media, MediaFilter, MediaUpload, NewMedia};

pub(super) const TABLES: &str = "
CREATE TABLE transcribeme_recordings (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    upload TEXT NOT NULL,
    upload_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    commits INTEGER NOT NULL DEFAULT 0,
    size INTEGER,
    sha256 TEXT,
    track_ms INTEGER,
    transcript TEXT
) STRICT;
CREATE INDEX transcribeme_recordings_by_account ON transcribeme_recordings (account, number);
CREATE TABLE transcribeme_parts (
    recording TEXT NOT NULL REFERENCES transcribeme_recordings (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (recording, number)
) STRICT;
CREATE TABLE transcribeme_orders (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    currency TEXT NOT NULL,
    promo_code TEXT,
    total INTEGER,
    refund INTEGER NOT NULL DEFAULT 0,
    placed INTEGER NOT NULL DEFAULT 0,
    paid_at_ms INTEGER,
    billing_types TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE transcribeme_ordered (
    order_id TEXT NOT NULL REFERENCES transcribeme_orders (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    recording TEXT NOT NULL REFERENCES transcribeme_recordings (id) ON DELETE CASCADE,
    settings TEXT NOT NULL,
    rate INTEGER,
    PRIMARY KEY (order_id, position)
) STRICT;
CREATE INDEX transcribeme_ordered_by_recording ON transcribeme_ordered (recording);
CREATE TABLE transcribeme_application_tokens (
    client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE,
    PRIMARY KEY (client, account)
) STRICT;
CREATE TABLE transcribeme_external_tokens (
    digest BLOB PRIMARY KEY,
    provider TEXT NOT NULL COLLATE NOCASE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
) STRICT;
CREATE TABLE transcribeme_billing (
    account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL DEFAULT 'null',
    card TEXT NOT NULL DEFAULT 'null'
) STRICT;
";
