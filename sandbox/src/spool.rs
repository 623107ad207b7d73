//! Where uploads are until they are recognised: files that come piece by piece, digested on their way.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What came.
pub(crate) struct Digested {
    pub(crate) size: i64,
    pub(crate) sha256: String,
}

/// Why it did not: the sender, or the sandbox's own disk.
pub(crate) enum Failure<E> {
    Body(E),
    File(io::Error),
}

impl<E> From<io::Error> for Failure<E> {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// A file that is being written.
struct Writing {
    file: File,
    digest: Sha256,
    size: i64,
}

impl Writing {
    async fn begin(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path).await?, digest: Sha256::new(), size: 0 })
    }

    async fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        self.digest.update(piece);
        self.size += piece.len() as i64;
        self.file.write_all(piece).await
    }

    async fn end(mut self) -> io::Result<Digested> {
        self.file.flush().await?;
        let sha256 = self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Digested { size: self.size, sha256 })
    }
}

/// Writes a file as it comes.
pub(crate) async fn write<E>(
    path: &Path,
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Digested, Failure<E>> {
    let mut writing = Writing::begin(path).await?;
    while let Some(piece) = pieces.next().await {
        writing.add(&piece.map_err(Failure::Body)?).await?;
    }
    Ok(writing.end().await?)
}

/// Joins files, which stay.
pub(crate) async fn join(path: &Path, parts: impl Iterator<Item = PathBuf>) -> io::Result<Digested> {
    let mut writing = Writing::begin(path).await?;
    let mut buffer = vec![0; 1 << 18];
    for part in parts {
        let mut part = File::open(part).await?;
        loop {
            let count = part.read(&mut buffer).await?;
            if count == 0 {
                break;
            }
            writing.add(&buffer[..count]).await?;
        }
    }
    writing.end().await
}
