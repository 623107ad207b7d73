//! A page of recordings as a table of Arrow. Recordings are single objects, so that its columns are made for it.

use std::ops::Range;
use std::sync::Arc;

use super::{Recording, RecordingPage, RecordingStatus};
use crate::arrow::{
    self, ArrowArray, ArrowArrayStream, ArrowSchema, Bitmap, Column, Table, TextColumn, Values,
};

impl RecordingPage {
    /// The recordings as one struct array. Its fields: `id`, `name` (large UTF-8), `status` (a dictionary of int32 and large
    /// UTF-8, the words of [`RecordingStatus`]), `raw_status`, `failure` (large UTF-8), `created_at_ms` (int64, Unix
    /// milliseconds, null where it is not known), `duration_ms` (int64, null where it is not known), `size` (uint64).
    pub fn export_arrow(&self) -> (ArrowSchema, ArrowArray) {
        arrow::export(&RecordingTable::of(&self.recordings))
    }

    /// A stream that gives [`RecordingPage::export_arrow`] once, or the recordings of a range.
    pub fn arrow_stream(&self, range: Range<usize>) -> ArrowArrayStream {
        arrow::stream(&RecordingTable::of(&self.recordings), range)
    }
}

#[derive(Clone)]
struct RecordingTable(Arc<Columns>);

#[derive(Default)]
struct Columns {
    id: TextColumn,
    name: TextColumn,
    status: Vec<i32>,
    /// Every word that there is, known to this page or not.
    statuses: TextColumn,
    raw_status: TextColumn,
    failure: TextColumn,
    created_at_ms: Vec<i64>,
    created_at_given: Bitmap,
    duration_ms: Vec<i64>,
    duration_given: Bitmap,
    size: Vec<u64>,
}

impl RecordingTable {
    fn of(recordings: &[Recording]) -> Self {
        let mut columns = Columns::default();
        for status in RecordingStatus::ALL {
            columns.statuses.push(status.name());
        }
        for recording in recordings {
            columns.id.push(&recording.id);
            columns.name.push(&recording.name);
            let number = RecordingStatus::ALL.iter().position(|status| *status == recording.status);
            columns.status.push(number.unwrap_or_default() as i32);
            columns.raw_status.push(&recording.raw_status);
            columns.failure.push(&recording.failure);
            columns.created_at_ms.push(recording.created_at_ms);
            columns.created_at_given.push(recording.created_at_ms != 0);
            columns.duration_ms.push(recording.duration_ms.unwrap_or_default());
            columns.duration_given.push(recording.duration_ms.is_some());
            columns.size.push(recording.size);
        }
        Self(Arc::new(columns))
    }
}

impl Table for RecordingTable {
    fn row_count(&self) -> usize {
        self.0.size.len()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let columns = &*self.0;
        vec![
            Column(c"id", Values::Text(&columns.id)),
            Column(c"name", Values::Text(&columns.name)),
            Column(c"status", Values::Named(&columns.status, &columns.statuses)),
            Column(c"raw_status", Values::Text(&columns.raw_status)),
            Column(c"failure", Values::Text(&columns.failure)),
            Column(
                c"created_at_ms",
                Values::MaybeIntegers(&columns.created_at_ms, &columns.created_at_given),
            ),
            Column(c"duration_ms", Values::MaybeIntegers(&columns.duration_ms, &columns.duration_given)),
            Column(c"size", Values::LongNumbers(&columns.size)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::RecordingDetails;

    #[test]
    fn what_is_not_known_is_null() {
        let recording = |details| Recording::new(details);
        let known = RecordingDetails {
            id: "1".into(),
            status: RecordingStatus::Ready,
            created_at_ms: 5,
            duration_ms: Some(0),
            ..RecordingDetails::default()
        };
        let page = RecordingPage {
            recordings: [known, RecordingDetails::default()].map(recording).into(),
            total: None,
        };
        let table = RecordingTable::of(&page.recordings);
        assert_eq!(table.row_count(), 2);
        let (schema, array) = page.export_arrow();
        assert_eq!((array.length, array.n_children, schema.n_children), (2, 8, 8));
        // SAFETY: an array that is not released has as many children as it says.
        let nulls = (0..8).map(|index| unsafe { (**array.children.add(index)).null_count });
        assert_eq!(nulls.collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1, 1, 0]);
        let number = |status: RecordingStatus| table.0.statuses.get(status as usize).to_owned();
        assert!(RecordingStatus::ALL.iter().all(|status| number(*status) == status.name()));
    }
}
