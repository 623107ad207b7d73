//! Which operations somebody is answerable for: a client for its own, the runtime for all. They are not kept by it.

use std::sync::{Arc, Weak};
use std::time::Instant;

use super::Task;
use super::sync::Mutex;

#[derive(Default)]
pub(crate) struct TaskList {
    tasks: Mutex<Vec<Weak<Task>>>,
}

impl TaskList {
    pub(crate) fn add(&self, task: &Arc<Task>) {
        let mut tasks = self.tasks.lock();
        // Those that are gone make room before the list grows.
        if tasks.len() == tasks.capacity() {
            tasks.retain(|task| task.strong_count() > 0);
        }
        tasks.push(Arc::downgrade(task));
    }

    /// Cancels all, then waits for each; says whether all have ended. They stay in the list: whoever waits in slices
    /// asks again, and of two who ask both wait.
    pub(crate) fn cancel_and_wait(&self, deadline: Option<Instant>) -> bool {
        let tasks: Vec<_> = self.tasks.lock().iter().filter_map(Weak::upgrade).collect();
        tasks.iter().for_each(|task| task.cancel());
        let mut all_ended = true;
        for task in tasks {
            all_ended &= task.wait(deadline);
        }
        all_ended
    }
}
