//! GoSpeech's hub of events (spec: 10), a SignalR hub: how it is reached, spoken to and listened to. What its events mean
//! for whoever waits is the business of `crate::following`.

mod codec;
mod connection;
mod conversation;
mod negotiation;
mod reach;

pub(super) use reach::push;
