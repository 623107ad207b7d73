//! `multipart/form-data` around a streamed file, as the HTML standard writes it: names in raw UTF-8, with the three
//! characters escaped that would end them.

use bytes::Bytes;

use super::upload::Upload;
use crate::error::Result;
use crate::random;

/// What stands around the file.
pub(super) struct Frame {
    pub(super) content_type: String,
    pub(super) before: Bytes,
    pub(super) after: Bytes,
}

pub(super) fn frame(fields: &[(String, String)], part: &str, upload: &Upload) -> Result<Frame> {
    Ok(framed(&boundary()?, fields, part, upload.name(), upload.content_type()))
}

fn framed(
    boundary: &str,
    fields: &[(String, String)],
    part: &str,
    file_name: &str,
    file_type: &str,
) -> Frame {
    let mut before = String::new();
    for (name, value) in fields {
        let name = escaped(name);
        before +=
            &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let (part, file_name) = (escaped(part), escaped(file_name));
    before += &format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{file_name}\"\r\n\
         Content-Type: {file_type}\r\n\r\n"
    );
    Frame {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        before: before.into(),
        after: format!("\r\n--{boundary}--\r\n").into(),
    }
}

fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Nobody who writes a recording can know it, so no recording holds it.
fn boundary() -> Result<String> {
    Ok(format!("tiro-{}", random::text::<16>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_arrive_unharmed_and_end_nothing() {
        let fields = [("language".to_owned(), "de".to_owned()), ("a\"b".to_owned(), "x\r\ny".to_owned())];
        let frame = framed("B", &fields, "file", "Gespräch \"1\"\r\n; evil=1 录音.mp3", "audio/mpeg");
        assert_eq!(
            std::str::from_utf8(&frame.before).unwrap(),
            "--B\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nde\r\n\
             --B\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\nx\r\ny\r\n\
             --B\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"Gespräch %221%22%0D%0A; evil=1 录音.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n"
        );
        assert_eq!(&frame.after[..], b"\r\n--B--\r\n");
        assert_eq!(frame.content_type, "multipart/form-data; boundary=B");
    }

    #[test]
    fn boundaries_differ() {
        assert_ne!(boundary().unwrap(), boundary().unwrap());
    }
}
