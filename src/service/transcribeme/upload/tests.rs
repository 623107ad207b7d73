//! An upload that is taken up again, against the sandbox: what is sent a second time, and what is not.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tiro_sandbox::{EngineChoice, Sandbox, Settings};

use super::checkpoint::Checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::recording::Recording;
use crate::runtime::Operation;
use crate::runtime::sync::Mutex;
use crate::service::transcribeme::TranscribeMe;
use crate::service::{Call, ResumableUpload, ServiceFuture, UploadLog};
use crate::source::Source;

const PART: usize = 65_536;

/// Keeps what it is told, as often as it is let.
struct Log {
    kept: Mutex<Option<SecretString>>,
    left: Mutex<usize>,
    /// How many parts had arrived at each time.
    arrived: Mutex<Vec<u32>>,
}

impl Log {
    fn new(times: usize, kept: Option<SecretString>) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::new(kept), left: Mutex::new(times), arrived: Mutex::default() })
    }
}

impl UploadLog for Log {
    fn kept(&self) -> Option<SecretString> {
        self.kept.lock().clone()
    }

    fn keep<'a>(&'a self, recording_id: &'a str, checkpoint: SecretString) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            assert!(!recording_id.is_empty());
            let mut left = self.left.lock();
            if *left == 0 {
                return Err(Error::new(ErrorKind::DiskFull, "no room"));
            }
            *left -= 1;
            let Ok(Checkpoint::Parts(sent)) = serde_json::from_str(checkpoint.expose_secret()) else {
                panic!("a checkpoint of parts");
            };
            self.arrived.lock().push(sent.done.iter().map(|(first, end)| end - first).sum());
            *self.kept.lock() = Some(checkpoint);
            Ok(())
        })
    }
}

fn sandbox() -> Sandbox {
    Sandbox::start(Settings { engine: EngineChoice::Scripted, ..Settings::default() }).unwrap()
}

fn options(sandbox: &Sandbox) -> Options {
    let url = &sandbox.ready().transcribeme_url;
    let part = PART.to_string();
    [
        ("auth_base_url", url.as_str()),
        ("api_base_url", url),
        ("client_id", "demo"),
        ("client_secret", "demo-secret"),
        ("application_token", "demo-application-token"),
        ("transcribeme.part_bytes", &part),
    ]
    .iter()
    .fold(Options::new(), |options, (key, value)| options.with(key, value).unwrap())
}

fn upload(sandbox: &Sandbox, bytes: usize, log: &Arc<Log>) -> Result<Recording> {
    let (options, log) = (options(sandbox), log.clone());
    let (tell, told) = mpsc::channel();
    let operation = Operation::<()>::start(move |reporter| async move {
        let service = TranscribeMe::open(&options, None)?;
        let call = Call { options: Arc::new(options), reporter };
        let content: Vec<u8> = (0..bytes).map(|index| (index * 31 % 251) as u8).collect();
        let source = Source::from_bytes(Arc::new(content), "talk.wav").claim()?;
        let outcome = ResumableUpload::upload(&service, &call, source, &*log).await;
        let _ = tell.send(outcome);
        Ok(())
    });
    operation.unwrap().wait(Some(Duration::from_secs(60))).expect("it ended").unwrap();
    told.recv().unwrap()
}

#[test]
fn what_has_arrived_is_not_sent_again_and_each_step_is_kept() {
    let sandbox = sandbox();
    let whole = Log::new(usize::MAX, None);
    upload(&sandbox, 3 * PART + 1, &whole).unwrap();
    // Before the first byte, after each part, before the parts are joined.
    assert_eq!(*whole.arrived.lock(), [0, 1, 2, 3, 4, 4]);
    for times in 0..6 {
        let first = Log::new(times, None);
        let error = upload(&sandbox, 3 * PART + 1, &first).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DiskFull);
        let kept = first.kept();
        let before = first.arrived.lock().last().copied();
        let second = Log::new(usize::MAX, kept.clone());
        let recording = upload(&sandbox, 3 * PART + 1, &second).unwrap();
        assert_eq!(recording.raw_status, "1");
        if let Some(kept) = kept {
            assert!(kept.expose_secret().contains(&recording.id), "the same recording");
            let after = second.arrived.lock().first().copied();
            assert_eq!(after, Some((before.unwrap() + 1).min(4)), "from the first that is missing");
        }
        // Joined once: whoever takes it up again finds that out.
        let third = Log::new(usize::MAX, second.kept());
        assert_eq!(upload(&sandbox, 3 * PART + 1, &third).unwrap().id, recording.id);
        assert!(third.arrived.lock().is_empty());
    }
}

#[test]
fn another_source_and_another_form_are_refused() {
    let sandbox = sandbox();
    let first = Log::new(2, None);
    upload(&sandbox, 3 * PART, &first).unwrap_err();
    let second = Log::new(usize::MAX, first.kept());
    let error = upload(&sandbox, 3 * PART + 1, &second).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceChanged);
    assert!(!error.recording_id().is_empty() && second.arrived.lock().is_empty());
    let foreign = Log::new(usize::MAX, Some("{\"kind\":\"newer\"}".into()));
    assert_eq!(upload(&sandbox, 3 * PART, &foreign).unwrap_err().kind(), ErrorKind::NeedsAction);
}
