//! What kind of file a name promises, for services that want to be told. None of them names its formats.

/// By the end of the name.
pub(super) fn media_type_of(name: &str) -> &'static str {
    let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase()).unwrap_or_default();
    match suffix.as_str() {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "flac" => "audio/flac",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "aac" => "audio/aac",
        "aif" | "aiff" => "audio/aiff",
        _ => "application/octet-stream",
    }
}
