//! The memory of parts that are held while they are sent, used again for the parts that come after. Without that, what an
//! allocator keeps of parts that were sent is several times what is needed at once: they are read on many threads.

use std::sync::Arc;

use bytes::Bytes;

use crate::runtime::sync::Mutex;

/// As many buffers as parts were held at once. Clones are the same buffers.
#[derive(Clone, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// An empty one, with the room that it had, if it was used before.
    pub(super) fn take(&self) -> Vec<u8> {
        self.0.lock().pop().unwrap_or_default()
    }

    /// Takes back the buffer of a part that was sent, if nobody else still has it.
    pub(super) fn give(&self, part: Bytes) {
        if part.is_unique() {
            let mut buffer = Vec::from(part);
            buffer.clear();
            self.0.lock().push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_once_nobody_has_its_part() {
        let buffers = Buffers::default();
        let mut first = buffers.take();
        first.extend_from_slice(&[1; 1000]);
        let memory = first.as_ptr();
        let part = Bytes::from(first);
        let reader = part.clone();
        buffers.give(part);
        assert_eq!(buffers.take().capacity(), 0, "it is still read");
        buffers.give(reader);
        let again = buffers.take();
        assert_eq!((again.as_ptr(), again.len()), (memory, 0));
        assert!(again.capacity() >= 1000);
    }
}
