//! Orders: what is bought, and for how much. Money is decimal text, and `decimal.Decimal` where a program reckons.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyTuple;
use tiro::Output;

use crate::error::guarded;
use crate::remote::read;
use crate::{quoted, shown};

/// An amount of money and its currency, as `confirmed_price` and `max_price` take it. Two are equal that are the same amount of
/// the same currency, however written; within one currency they are ordered.
#[pyclass(frozen, module = "tiro")]
pub(crate) struct Price(tiro::Price);

#[pymethods]
impl Price {
    #[new]
    #[pyo3(signature = (text, /))]
    fn new(py: Python<'_>, text: &str) -> PyResult<Self> {
        guarded(py, || text.parse()).map(Self)
    }

    /// The number, as the service wrote it.
    #[getter]
    fn amount(&self) -> &str {
        &self.0.amount
    }

    /// Such as `USD`; `""`: the service did not say.
    #[getter]
    fn currency(&self) -> &str {
        &self.0.currency
    }

    /// The number as a `decimal.Decimal`.
    #[getter]
    fn decimal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("decimal")?.call_method1("Decimal", (&self.0.amount,))
    }

    fn __richcmp__<'py>(
        &self,
        py: Python<'py>,
        other: &Bound<'py, PyAny>,
        operator: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let answer = other.cast::<Self>().ok().and_then(|other| {
            let other = &other.get().0;
            match operator {
                CompareOp::Eq => Some(self.0 == *other),
                CompareOp::Ne => Some(self.0 != *other),
                // Of two currencies none is more.
                _ => self.0.partial_cmp(other).map(|order| operator.matches(order)),
            }
        });
        match answer {
            Some(answer) => answer.into_bound_py_any(py),
            None => py.NotImplemented().into_bound_py_any(py),
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (self.decimal(py)?, self.0.currency.to_ascii_uppercase()).into_bound_py_any(py)?.hash()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String, String))> {
        let price = &this.get().0;
        Ok((this.get_type().getattr("_restored")?, (price.amount.clone(), price.currency.clone())))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (amount, currency, /))]
    fn _restored(amount: String, currency: String) -> Self {
        Self(tiro::Price { amount, currency })
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Price({})", quoted(py, &self.0.to_string())?))
    }
}

pub(crate) fn price(price: Option<&tiro::Price>) -> Option<Price> {
    price.cloned().map(Price)
}

fn shown_price(price: Option<&tiro::Price>) -> String {
    shown(price.map(|price| format!("'{price}'")))
}

fn recording_prices<'py>(py: Python<'py>, prices: &[tiro::RecordingPrice]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, prices.iter().cloned().map(RecordingPrice))
}

/// What one recording of an order costs.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct RecordingPrice(tiro::RecordingPrice);

#[pymethods]
impl RecordingPrice {
    /// The recording's id.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// `None`: the service did not say.
    #[getter]
    fn price(&self) -> Option<Price> {
        price(self.0.price.as_ref())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let price = shown_price(self.0.price.as_ref());
        Ok(format!("RecordingPrice(id={}, price={price})", quoted(py, &self.0.id)?))
    }
}

/// An order as it was when the service was asked. Immutable.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Order(pub(crate) tiro::Order);

#[pymethods]
impl Order {
    /// The service's id.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The service's own number or word for its status, whose meanings it may not publish; `""`: it did not say.
    #[getter]
    fn raw_status(&self) -> &str {
        &self.0.raw_status
    }

    /// What it costs, all in all; `None`: the service did not say.
    #[getter]
    fn price(&self) -> Option<Price> {
        price(self.0.price.as_ref())
    }

    /// The recordings in it.
    #[getter]
    fn recording_ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.recording_ids)
    }

    /// What each recording costs, as far as the service said.
    #[getter]
    fn recording_prices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        recording_prices(py, &self.0.recording_prices)
    }

    /// When it was paid, in Unix milliseconds; `None`: it was not, or the service does not say.
    #[getter]
    fn paid_at_ms(&self) -> Option<i64> {
        self.0.paid_at_ms
    }

    /// The service's own description of it, as JSON.
    #[getter]
    fn raw(&self) -> &str {
        &self.0.raw
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (id, count) = (quoted(py, &self.0.id)?, self.0.recording_ids.len());
        let price = shown_price(self.0.price.as_ref());
        Ok(format!("<tiro.Order {id}: {count} recordings, price={price}>"))
    }
}

/// What an order would cost if it were placed now.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Quote(tiro::Quote);

#[pymethods]
impl Quote {
    /// The order's id.
    #[getter]
    fn order_id(&self) -> &str {
        &self.0.order_id
    }

    /// What has to be confirmed; `None`: the service does not say, and nothing can be agreed to.
    #[getter]
    fn price(&self) -> Option<Price> {
        price(self.0.price.as_ref())
    }

    /// What each recording costs.
    #[getter]
    fn recordings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        recording_prices(py, &self.0.recordings)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (id, price) = (quoted(py, &self.0.order_id)?, shown_price(self.0.price.as_ref()));
        Ok(format!("<tiro.Quote of {id}: {price}>"))
    }
}

/// One of a service's own lists of what can be ordered.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Dictionary(tiro::Dictionary);

#[pymethods]
impl Dictionary {
    /// By tiro's word for it, such as `types`.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What there is to choose from.
    #[getter]
    fn entries<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.entries.iter().cloned().map(DictionaryEntry))
    }

    /// The service's own answer, as JSON.
    #[getter]
    fn raw(&self) -> &str {
        &self.0.raw
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (name, count) = (quoted(py, &self.0.name)?, self.0.entries.len());
        Ok(format!("<tiro.Dictionary {name}: {count} entries>"))
    }
}

/// One entry of a dictionary.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct DictionaryEntry(tiro::DictionaryEntry);

#[pymethods]
impl DictionaryEntry {
    /// The service's id; a number as its digits.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The service's name for it, or `""`.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is, or `""`.
    #[getter]
    fn description(&self) -> &str {
        &self.0.description
    }

    /// Whether the service takes it where nothing is chosen; `None`: it does not say.
    #[getter]
    fn is_default(&self) -> Option<bool> {
        self.0.is_default
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (id, name) = (quoted(py, &self.0.id)?, quoted(py, &self.0.name)?);
        Ok(format!("DictionaryEntry(id={id}, name={name})"))
    }
}

/// The quote that an operation was for.
pub(crate) fn quote(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    Quote(read(py, output)?).into_py_any(py)
}

/// The list that an operation asked for.
pub(crate) fn dictionary(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    Dictionary(read(py, output)?).into_py_any(py)
}
