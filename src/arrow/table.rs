//! A table as a struct array, a field a column.

use std::ffi::{CStr, c_void};
use std::ops::Range;
use std::ptr::null;

use super::abi::{ArrowArray, ArrowArrayStream, ArrowSchema, OneArray, Rows};
use super::{Bitmap, TextColumn};

/// Rows in columns. A clone has the same buffers and keeps them alive.
pub(crate) trait Table: Clone + Send + 'static {
    fn row_count(&self) -> usize;
    fn columns(&self) -> Vec<Column<'_>>;
}

/// A name and its values.
pub(crate) struct Column<'a>(pub(crate) &'static CStr, pub(crate) Values<'a>);

#[derive(Clone, Copy)]
pub(crate) enum Values<'a> {
    Text(&'a TextColumn),
    Flags(&'a Bitmap),
    Integers(&'a [i64]),
    Numbers(&'a [u32]),
    LongNumbers(&'a [u64]),
    /// Null where the bit is not set.
    MaybeIntegers(&'a [i64], &'a Bitmap),
    /// Null where the bit is not set.
    Reals(&'a [f32], &'a Bitmap),
    /// Numbers of names.
    Named(&'a [i32], &'a TextColumn),
}

/// All rows of a table.
pub(crate) fn export<T: Table>(table: &T) -> (ArrowSchema, ArrowArray) {
    let all = Part { table: table.clone(), rows: 0..table.row_count() };
    (all.schema(), all.array())
}

/// A stream that gives a range of the rows at once; what the range has beyond the last row is left out.
pub(crate) fn stream<T: Table>(table: &T, range: Range<usize>) -> ArrowArrayStream {
    let end = range.end.min(table.row_count());
    ArrowArrayStream::new(Part { table: table.clone(), rows: range.start.min(end)..end })
}

struct Part<T> {
    table: T,
    rows: Range<usize>,
}

impl<T: Table> OneArray for Part<T> {
    fn schema(&self) -> ArrowSchema {
        let children = self.table.columns().iter().map(Column::schema).collect();
        ArrowSchema::new(c"", c"+s", false, children, None)
    }

    fn array(&self) -> ArrowArray {
        let columns = self.table.columns();
        // The offset is the fields' and not the struct's, which not every reader takes.
        let children = columns.iter().map(|column| column.1.array(&self.table, &self.rows)).collect();
        let rows = Rows { offset: 0, len: self.rows.len(), nulls: 0 };
        ArrowArray::new(self.table.clone(), rows, vec![null()], children, None)
    }
}

impl Column<'_> {
    fn schema(&self) -> ArrowSchema {
        let nullable = matches!(self.1, Values::Reals(..) | Values::MaybeIntegers(..));
        let dictionary = match self.1 {
            Values::Named(_, names) => Some(Column(c"", Values::Text(names)).schema()),
            _ => None,
        };
        ArrowSchema::new(self.0, self.1.format(), nullable, Vec::new(), dictionary)
    }
}

impl Values<'_> {
    fn format(self) -> &'static CStr {
        match self {
            Values::Text(_) => c"U",
            Values::Flags(_) => c"b",
            Values::Integers(_) | Values::MaybeIntegers(..) => c"l",
            Values::Numbers(_) => c"I",
            Values::LongNumbers(_) => c"L",
            Values::Reals(..) => c"f",
            Values::Named(..) => c"i",
        }
    }

    /// An array of some of the values, which have to be of `keeper`.
    fn array<T: Table>(self, keeper: &T, rows: &Range<usize>) -> ArrowArray {
        let buffers = match self {
            Values::Text(texts) => vec![null(), address(&texts.offsets), address(texts.data.as_bytes())],
            Values::Flags(flags) => vec![null(), address(&flags.bytes)],
            Values::Integers(values) => vec![null(), address(values)],
            Values::Numbers(values) => vec![null(), address(values)],
            Values::LongNumbers(values) => vec![null(), address(values)],
            Values::MaybeIntegers(values, given) => vec![address(&given.bytes), address(values)],
            Values::Reals(values, given) => vec![address(&given.bytes), address(values)],
            Values::Named(numbers, _) => vec![null(), address(numbers)],
        };
        let nulls = match self {
            Values::MaybeIntegers(_, given) | Values::Reals(_, given) => given.unset(rows.clone()),
            _ => 0,
        };
        let dictionary = match self {
            Values::Named(_, names) => Some(Values::Text(names).array(keeper, &(0..names.len()))),
            _ => None,
        };
        let rows = Rows { offset: rows.start, len: rows.len(), nulls };
        ArrowArray::new(keeper.clone(), rows, buffers, Vec::new(), dictionary)
    }
}

fn address<T>(values: &[T]) -> *const c_void {
    values.as_ptr().cast()
}
