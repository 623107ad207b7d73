//! A journal that ends with the client.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::record::{Record, Step, Whose};
use super::{Hold, Journal, no_job};
use crate::error::Result;
use crate::runtime::sync::Mutex;

/// Jobs that stopped are kept so that they can be gone on with; of more than this the oldest are forgotten, but for those
/// that money hangs on.
const MOST_JOBS: usize = 1000;

#[derive(Default)]
pub(in super::super) struct Memory {
    jobs: Mutex<Jobs>,
    held: Arc<Mutex<HashSet<u32>>>,
}

#[derive(Default)]
struct Jobs {
    last_number: u32,
    by_number: BTreeMap<u32, Record>,
}

struct Held {
    number: u32,
    held: Arc<Mutex<HashSet<u32>>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.lock().remove(&self.number);
    }
}

impl Journal for Memory {
    fn is_durable(&self) -> bool {
        false
    }

    fn add(&self, new: Record, prefer_known: bool) -> Result<Record> {
        let mut jobs = self.jobs.lock();
        let same = |known: &&Record| known.whose == new.whose && known.key == new.key;
        if prefer_known && let Some(known) = jobs.by_number.values().rev().find(same) {
            return Ok(known.clone());
        }
        if jobs.by_number.len() >= MOST_JOBS {
            let held = self.held.lock();
            let costs_nothing = |record: &Record| record.order.is_none() && record.step != Step::Ordering;
            let forgettable = |(number, record): (&u32, &Record)| {
                (!held.contains(number) && costs_nothing(record)).then_some(*number)
            };
            let oldest = jobs.by_number.iter().find_map(forgettable);
            drop(held);
            oldest.and_then(|number| jobs.by_number.remove(&number));
        }
        jobs.last_number += 1;
        let record = Record { number: jobs.last_number, ..new };
        jobs.by_number.insert(record.number, record.clone());
        Ok(record)
    }

    fn find(&self, whose: &Whose, id: &str) -> Result<Option<Record>> {
        let jobs = self.jobs.lock();
        Ok(jobs.by_number.values().find(|record| record.id == id && record.whose == *whose).cloned())
    }

    fn list(&self, whose: &Whose) -> Result<Vec<Record>> {
        let jobs = self.jobs.lock();
        Ok(jobs.by_number.values().rev().filter(|record| record.whose == *whose).cloned().collect())
    }

    fn save(&self, record: &Record) -> Result<()> {
        match self.jobs.lock().by_number.get_mut(&record.number) {
            Some(known) => *known = record.clone(),
            None => return Err(no_job(&record.id)),
        }
        Ok(())
    }

    fn remove(&self, record: &Record) -> Result<()> {
        self.jobs.lock().by_number.remove(&record.number);
        Ok(())
    }

    fn try_hold(&self, record: &Record) -> Result<Option<Hold>> {
        let is_free = self.held.lock().insert(record.number);
        Ok(is_free.then(|| Hold::of(Held { number: record.number, held: self.held.clone() })))
    }

    fn is_held(&self, record: &Record) -> Result<bool> {
        Ok(self.held.lock().contains(&record.number))
    }
}
