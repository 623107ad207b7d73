//! Immutable sequences over what the core holds: items are made when they are asked for, slices are views.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PySlice, PySliceMethods};

/// Which items of its owner a sequence shows.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    start: usize,
    step: isize,
    pub(crate) len: usize,
}

impl Run {
    /// The items of a range.
    pub(crate) fn of(range: std::ops::Range<usize>) -> Self {
        Self { start: range.start, step: 1, len: range.len() }
    }

    /// The owner's number of the item at a place; the place is within the run.
    pub(crate) fn at(self, place: usize) -> usize {
        self.start.wrapping_add_signed(self.step.wrapping_mul(place as isize))
    }

    /// As [`Run::at`], for an index as Python counts.
    pub(crate) fn index(self, index: isize) -> PyResult<usize> {
        let place = if index < 0 { index.wrapping_add(self.len as isize) } else { index };
        match usize::try_from(place) {
            Ok(place) if place < self.len => Ok(self.at(place)),
            _ => Err(PyIndexError::new_err("index out of range")),
        }
    }

    pub(crate) fn slice(self, slice: &Bound<'_, PySlice>) -> PyResult<Self> {
        let indices = slice.indices(self.len as isize)?;
        let len = indices.slicelength;
        let start = if len == 0 { self.start } else { self.at(indices.start as usize) };
        Ok(Self { start, step: self.step.wrapping_mul(indices.step), len })
    }

    /// The owner's numbers, if they follow one another.
    pub(crate) fn range(self) -> Option<std::ops::Range<usize>> {
        (self.step == 1 || self.len < 2).then_some(self.start..self.start + self.len)
    }

    pub(crate) fn reversed(self) -> Self {
        let start = if self.len == 0 { self.start } else { self.at(self.len - 1) };
        Self { start, step: self.step.wrapping_neg(), len: self.len }
    }
}

/// What an index gives: an item or a slice.
#[derive(IntoPyObject)]
pub(crate) enum Indexed<I, S> {
    Item(I),
    Slice(S),
}

/// Declares a sequence class and its iterator. `$item` is made from the owner and a number.
macro_rules! sequence {
    (
        $(#[doc = $doc:literal])+
        $sequence:ident of $item:ident, iterator $iterator:ident, owner $owner:ty
        { $($extra:item)* }
    ) => {
        $(#[doc = $doc])+
        #[pyclass(frozen, sequence, module = "tiro")]
        pub(crate) struct $sequence {
            owner: $owner,
            run: $crate::sequence::Run,
        }

        impl $sequence {
            fn items(&self) -> impl Iterator<Item = $item> {
                (0..self.run.len).map(|place| $item::of(&self.owner, self.run.at(place)))
            }

            fn iterator(&self, run: $crate::sequence::Run) -> $iterator {
                $iterator { owner: self.owner.clone(), run, next: Default::default() }
            }
        }

        #[pymethods]
        impl $sequence {
            fn __len__(&self) -> usize {
                self.run.len
            }

            fn __getitem__(
                &self,
                index: &Bound<'_, PyAny>,
            ) -> PyResult<$crate::sequence::Indexed<$item, $sequence>> {
                if let Ok(slice) = index.cast::<pyo3::types::PySlice>() {
                    let run = self.run.slice(slice)?;
                    return Ok($crate::sequence::Indexed::Slice(Self { owner: self.owner.clone(), run }));
                }
                let number = self.run.index(index.extract()?)?;
                Ok($crate::sequence::Indexed::Item($item::of(&self.owner, number)))
            }

            fn __iter__(&self) -> $iterator {
                self.iterator(self.run)
            }

            fn __reversed__(&self) -> $iterator {
                self.iterator(self.run.reversed())
            }

            fn __contains__(&self, value: &Bound<'_, PyAny>) -> bool {
                value.cast::<$item>().is_ok_and(|value| self.items().any(|item| item == *value.get()))
            }

            /// How often the value is in it.
            #[pyo3(signature = (value, /))]
            fn count(&self, value: &Bound<'_, PyAny>) -> usize {
                value
                    .cast::<$item>()
                    .map_or(0, |value| self.items().filter(|item| item == value.get()).count())
            }

            /// The index of the value's first appearance in `start..stop`; `ValueError` if there is none.
            #[pyo3(signature = (value, start = 0, stop = None, /))]
            fn index(&self, value: &Bound<'_, PyAny>, start: isize, stop: Option<isize>) -> PyResult<usize> {
                let len = self.run.len as isize;
                let place = |index: isize| {
                    (if index < 0 { index.saturating_add(len) } else { index }).clamp(0, len) as usize
                };
                let (start, stop) = (place(start), place(stop.unwrap_or(len)));
                let found = value.cast::<$item>().ok().and_then(|value| {
                    let value = value.get();
                    (start..stop).find(|&place| $item::of(&self.owner, self.run.at(place)) == *value)
                });
                found.ok_or_else(|| pyo3::exceptions::PyValueError::new_err("the value is not in the sequence"))
            }

            fn __eq__(&self, other: &Self) -> bool {
                self.run.len == other.run.len && self.items().eq(other.items())
            }

            $($extra)*
        }

        /// Walks the sequence.
        #[pyclass(frozen, module = "tiro._tiro")]
        pub(crate) struct $iterator {
            owner: $owner,
            run: $crate::sequence::Run,
            next: std::sync::atomic::AtomicUsize,
        }

        #[pymethods]
        impl $iterator {
            fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
                this
            }

            fn __next__(&self) -> Option<$item> {
                let step = |place: usize| (place < self.run.len).then_some(place + 1);
                let relaxed = std::sync::atomic::Ordering::Relaxed;
                let place = self.next.fetch_update(relaxed, relaxed, step).ok()?;
                Some($item::of(&self.owner, self.run.at(place)))
            }

            fn __length_hint__(&self) -> usize {
                self.run.len - self.next.load(std::sync::atomic::Ordering::Relaxed)
            }
        }
    };
}
pub(crate) use sequence;
