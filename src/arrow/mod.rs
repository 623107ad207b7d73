//! Arrow: columns that are laid out as it asks, and tables of them by its C data interface, in the very buffers, which what
//! is given out keeps alive. The structs and their lifetime are in `abi.rs`, whose layout is Arrow's. Which columns a table
//! has is said where its rows are (`transcript/arrow.rs`, `recording/arrow.rs`). Nothing of Arrow's is read here.

mod abi;
mod column;
mod table;

pub use abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
pub(crate) use column::{Bitmap, TextColumn};
pub(crate) use table::{Column, Table, Values, export, stream};
