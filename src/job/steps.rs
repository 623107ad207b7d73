//! What comes next: the whole of the machine's course, in one function without effects.

use super::record::Step;

/// What a service can do, as far as the course depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Abilities {
    /// A transcription has to be ordered and paid.
    pub(super) orders: bool,
    /// An upload of unknown outcome may be begun anew.
    pub(super) may_upload_again: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Upload,
    /// Find out whether the upload was done.
    SettleUpload,
    CreateOrder,
    /// Find out whether an order was made.
    SettleOrder,
    /// Tell the order what is wanted.
    Configure,
    /// Compare the price with what was agreed to, and buy.
    Buy,
    /// Find out whether the order was bought.
    SettlePurchase,
    Wait,
    /// The transcript can be fetched.
    Fetch,
    /// Tell the failure.
    Fail,
}

pub(super) fn next(step: Step, abilities: Abilities) -> Action {
    match step {
        Step::Begun | Step::UploadingParts => Action::Upload,
        Step::Uploading if abilities.may_upload_again => Action::Upload,
        Step::Uploading => Action::SettleUpload,
        Step::Uploaded if abilities.orders => Action::CreateOrder,
        Step::Uploaded | Step::Placed => Action::Wait,
        Step::Ordering => Action::SettleOrder,
        Step::Ordered => Action::Configure,
        Step::Configured => Action::Buy,
        Step::Placing => Action::SettlePurchase,
        Step::Ready => Action::Fetch,
        Step::Failed => Action::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> impl Iterator<Item = (Step, Abilities)> {
        let abilities = [(false, false), (false, true), (true, false), (true, true)];
        let abilities = abilities.map(|(orders, may_upload_again)| Abilities { orders, may_upload_again });
        abilities.into_iter().flat_map(|abilities| Step::ALL.iter().map(move |step| (*step, abilities)))
    }

    #[test]
    fn what_was_cut_off_is_settled_before_it_is_done_again() {
        for (step, abilities) in every().filter(|(step, _)| step.is_intent()) {
            let action = next(step, abilities);
            let settles =
                matches!(action, Action::SettleUpload | Action::SettleOrder | Action::SettlePurchase);
            assert_eq!(settles, step != Step::Uploading || !abilities.may_upload_again, "{step:?}");
        }
    }

    #[test]
    fn money_is_spent_only_right_after_the_order_says_what_is_wanted() {
        for (step, abilities) in every() {
            assert_eq!(next(step, abilities) == Action::Buy, step == Step::Configured);
        }
    }

    #[test]
    fn a_step_has_one_word() {
        for step in Step::ALL {
            assert_eq!(Step::from_name(step.name()), Some(*step));
        }
    }
}
