/// \file
/// Transcripts: words and segments, search, exports. Part of `tiro.hpp`.

#ifndef TIRO_TRANSCRIPT_HPP
#define TIRO_TRANSCRIPT_HPP

#include <tiro/options.hpp>

#include <cstddef>
#include <iterator>
#include <ostream>
#include <vector>

namespace tiro {
inline namespace TIRO_CPP_ABI {
namespace detail {

/// Walks through what gives its elements by number and by value.
template <class Range>
class iterator {
public:
    using value_type = decltype(std::declval<const Range &>()[0]);
    using reference = value_type;
    using pointer = void;
    using difference_type = std::ptrdiff_t;
    // An element is made when it is asked for: before C++20 that is no more than an input iterator.
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;

    iterator() = default;
    iterator(Range range, std::size_t index) : range_(range), index_(index) {}

    reference operator*() const { return range_[index_]; }
    reference operator[](difference_type by) const { return *(*this + by); }
    iterator &operator++() { return *this += 1; }
    iterator operator++(int) { return std::exchange(*this, *this + 1); }
    iterator &operator--() { return *this -= 1; }
    iterator operator--(int) { return std::exchange(*this, *this - 1); }
    iterator &operator+=(difference_type by) { return index_ += static_cast<std::size_t>(by), *this; }
    iterator &operator-=(difference_type by) { return index_ -= static_cast<std::size_t>(by), *this; }
    friend iterator operator+(iterator at, difference_type by) { return at += by; }
    friend iterator operator+(difference_type by, iterator at) { return at += by; }
    friend iterator operator-(iterator at, difference_type by) { return at -= by; }
    friend difference_type operator-(const iterator &a, const iterator &b) {
        return static_cast<difference_type>(a.index_) - static_cast<difference_type>(b.index_);
    }
    friend bool operator==(const iterator &a, const iterator &b) { return a.index_ == b.index_; }
    friend bool operator!=(const iterator &a, const iterator &b) { return a.index_ != b.index_; }
    friend bool operator<(const iterator &a, const iterator &b) { return a.index_ < b.index_; }
    friend bool operator>(const iterator &a, const iterator &b) { return a.index_ > b.index_; }
    friend bool operator<=(const iterator &a, const iterator &b) { return a.index_ <= b.index_; }
    friend bool operator>=(const iterator &a, const iterator &b) { return a.index_ >= b.index_; }

private:
    Range range_{};
    std::size_t index_ = 0;
};

} // namespace detail

/// A word. Its text is the transcript's: it lives as long as that.
struct word {
    std::string_view text; ///< With its punctuation.
    std::chrono::milliseconds start{}, end{};
    std::optional<float> confidence; ///< From 0 to 1, if the service says it.
    std::size_t segment = 0;         ///< The number of its segment, from 0.
    bool estimated = false;          ///< Whether the times are an estimate.
};

/// Words of a transcript, made when they are asked for. It lives as long as the transcript; a copy costs nothing.
class word_range {
public:
    using iterator = detail::iterator<word_range>;
    using const_iterator = iterator;

    word_range() = default;
    word_range(const tiro_word *first, std::size_t count, std::size_t stride)
        : first_(first), count_(count), stride_(stride) {}

    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// A word by its number, which has to be below `size`.
    [[nodiscard]] word operator[](std::size_t index) const {
        const tiro_word &from = *tiro_word_at(first_, stride_, index);
        word made;
        made.text = {from.text, static_cast<std::size_t>(from.text_len)};
        made.start = std::chrono::milliseconds(from.start_ms);
        made.end = std::chrono::milliseconds(from.end_ms);
        if (!std::isnan(from.confidence))
            made.confidence = from.confidence;
        made.segment = from.segment;
        made.estimated = from.estimated != 0;
        return made;
    }
    [[nodiscard]] iterator begin() const { return {*this, 0}; }
    [[nodiscard]] iterator end() const { return {*this, count_}; }

    /// Some of them; both numbers are cut to what there is.
    [[nodiscard]] word_range part(std::size_t first, std::size_t count) const {
        first = first < count_ ? first : count_;
        count = count < count_ - first ? count : count_ - first;
        return count == 0 ? word_range() : word_range(tiro_word_at(first_, stride_, first), count, stride_);
    }

private:
    const tiro_word *first_ = nullptr;
    std::size_t count_ = 0, stride_ = 0;
};

/// A run of words of one speaker. Its texts are the transcript's: they live as long as that.
struct segment {
    std::string_view speaker; ///< Empty: not known.
    std::chrono::milliseconds start{}, end{};
    std::size_t first_word = 0; ///< The number of its first word, from 0.
    word_range words;

    /// Its words with spaces between them.
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const word &each : words)
            all.append(all.empty() ? "" : " ").append(each.text);
        return all;
    }
};

/// The segments of a transcript, made when they are asked for. It lives as long as the transcript.
class segment_range {
public:
    using iterator = detail::iterator<segment_range>;
    using const_iterator = iterator;

    segment_range() = default;
    segment_range(const tiro_segment *first, std::size_t count, std::size_t stride, word_range words)
        : first_(first), count_(count), stride_(stride), words_(words) {}

    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// A segment by its number, which has to be below `size`.
    [[nodiscard]] segment operator[](std::size_t index) const {
        const tiro_segment &from = *tiro_segment_at(first_, stride_, index);
        segment made;
        made.speaker = {from.speaker, static_cast<std::size_t>(from.speaker_len)};
        made.start = std::chrono::milliseconds(from.start_ms);
        made.end = std::chrono::milliseconds(from.end_ms);
        made.first_word = static_cast<std::size_t>(from.first_word);
        made.words = words_.part(made.first_word, static_cast<std::size_t>(from.word_count));
        return made;
    }
    [[nodiscard]] iterator begin() const { return {*this, 0}; }
    [[nodiscard]] iterator end() const { return {*this, count_}; }

private:
    const tiro_segment *first_ = nullptr;
    std::size_t count_ = 0, stride_ = 0;
    word_range words_;
};

/// A place where a transcript says what was looked for.
struct match {
    std::size_t first_word = 0, word_count = 0;
    std::chrono::milliseconds start{}, end{};
};

/// A transcript. Immutable; any number of threads may read it. Views of its texts, and its ranges, live until it is freed
/// or moved to a transcript that is.
class transcript : public handle<tiro_transcript> {
public:
    using handle::handle;
    transcript() noexcept = default;

    /// The words with spaces between them, a line a paragraph.
    TIRO_TEXT(text, tiro_transcript_text)
    /// The language code; empty: not known.
    TIRO_TEXT(language, tiro_transcript_language)
    /// The id of its recording.
    TIRO_TEXT(recording_id, tiro_transcript_recording_id)
    /// The service's own document; empty: none.
    TIRO_TEXT(raw, tiro_transcript_raw)
    /// Length of the media, if it is known.
    [[nodiscard]] std::optional<std::chrono::milliseconds> duration() const noexcept {
        const std::int64_t ms = tiro_transcript_duration_ms(constant());
        return ms < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(ms));
    }

    /// The words. Not of a temporary, whose words would be gone in the next line: give the transcript a name.
    [[nodiscard]] word_range words() const & noexcept {
        std::size_t count = 0, stride = 0;
        const tiro_word *first = tiro_transcript_words(constant(), &count, &stride);
        return {first, count, stride};
    }
    word_range words() const && = delete;
    /// The segments. Not of a temporary, as `words`.
    [[nodiscard]] segment_range segments() const & noexcept {
        std::size_t count = 0, stride = 0;
        const tiro_segment *first = tiro_transcript_segments(constant(), &count, &stride);
        return {first, count, stride, words()};
    }
    segment_range segments() const && = delete;

    /// Where a word or a phrase is said, in order. Case, accents and punctuation do not count.
    [[nodiscard]] result<std::vector<match>> try_find(std::string_view phrase) const {
        const detail::text wanted(phrase);
        if (wanted.is_cut())
            return detail::cut_text();
        std::vector<tiro_match> found(16);
        std::size_t need = 0;
        for (;;) {
            const auto status = detail::called([&](tiro_error **err) {
                return tiro_transcript_find(constant(), wanted.c_str(), found.data(), found.size(), &need, err);
            });
            if (status)
                break;
            if (status.error().code() != TIRO_E_BUFFER || need <= found.size())
                return status.error();
            found.resize(need);
        }
        std::vector<match> matches(need);
        for (std::size_t i = 0; i < need; i++)
            matches[i] = {static_cast<std::size_t>(found[i].first_word), static_cast<std::size_t>(found[i].word_count),
                          std::chrono::milliseconds(found[i].start_ms), std::chrono::milliseconds(found[i].end_ms)};
        return matches;
    }

    /// The transcript in a format of docs/export.md, such as "srt", "vtt", "json", "docx". `call` takes options of the scope
    /// export.
    [[nodiscard]] result<std::string> try_to(std::string_view format, const options &call = {}) const {
        std::string all;
        const auto done = try_write(format, [&all](std::string_view piece) { all.append(piece); }, call);
        if (!done)
            return done.error();
        return all;
    }

    /// The same piece by piece to a function of one std::string_view, in this call, on this thread. It fails by returning
    /// false, if it returns a bool, or by throwing: `error::cause` is what it threw.
    template <class Sink>
    result<void> try_write(std::string_view format, Sink &&sink, const options &call = {}) const {
        struct writing {
            std::remove_reference_t<Sink> &sink;
            std::exception_ptr threw = nullptr;
        } state{sink};
        const detail::text name(format);
        if (name.is_cut())
            return detail::cut_text();
        if (call.failed())
            return *call.failed();
        const auto done = detail::done([&](tiro_error **err) {
            return tiro_transcript_export(
                constant(), name.c_str(), call.native_handle(),
                [](void *data, const void *bytes, std::size_t size) -> std::int32_t {
                    auto &mine = *static_cast<writing *>(data);
                    bool taken = false;
                    mine.threw = detail::caught([&] {
                        const std::string_view piece(static_cast<const char *>(bytes), size);
                        if constexpr (std::is_same_v<decltype(mine.sink(piece)), bool>)
                            taken = mine.sink(piece);
                        else
                            taken = (mine.sink(piece), true);
                    });
                    return taken ? 0 : -1;
                },
                &state, err);
        });
        if (!done && state.threw)
            return done.error().because(state.threw);
        return done;
    }

    /// The same into a file, which appears whole or not at all. An empty format: the suffix of the path says it.
    result<void> try_save(const std::filesystem::path &path, std::string_view format = {}, const options &call = {}) const {
        const detail::text file(detail::text::path(path)), name(detail::text::optional(format));
        if (file.is_cut() || name.is_cut())
            return detail::cut_text();
        if (call.failed())
            return *call.failed();
        return detail::done([&](tiro_error **err) {
            return tiro_transcript_save(constant(), file.c_str(), name.c_str(), call.native_handle(), err);
        });
    }

    /// The words by Arrow's C data interface, in the transcript's own buffers; end both with their release.
    result<void> try_words_arrow(ArrowSchema &schema, ArrowArray &array) const {
        return detail::done(
            [&](tiro_error **err) { return tiro_transcript_words_arrow(constant(), &schema, &array, err); });
    }
    /// The segments, likewise.
    result<void> try_segments_arrow(ArrowSchema &schema, ArrowArray &array) const {
        return detail::done(
            [&](tiro_error **err) { return tiro_transcript_segments_arrow(constant(), &schema, &array, err); });
    }

    /// Reads canonical JSON (docs/transcript.md).
    [[nodiscard]] static result<transcript> try_from_json(std::string_view document) {
        return read(tiro_transcript_from_json, document);
    }
    /// Reads a document of GoSpeech.
    [[nodiscard]] static result<transcript> try_from_gospeech(std::string_view document) {
        return read(tiro_transcript_from_gospeech, document);
    }
    /// Reads a document of TranscribeMe.
    [[nodiscard]] static result<transcript> try_from_transcribeme(std::string_view document) {
        return read(tiro_transcript_from_transcribeme, document);
    }
    /// Reads SubRip subtitles.
    [[nodiscard]] static result<transcript> try_from_srt(std::string_view document) {
        return read(tiro_transcript_from_srt, document);
    }
    /// Reads WebVTT subtitles.
    [[nodiscard]] static result<transcript> try_from_vtt(std::string_view document) {
        return read(tiro_transcript_from_vtt, document);
    }

#if TIRO_EXCEPTIONS
    // As their twins above; each throws error.
    [[nodiscard]] std::vector<match> find(std::string_view phrase) const { return try_find(phrase).value(); }
    [[nodiscard]] std::string to(std::string_view format, const options &call = {}) const {
        return try_to(format, call).value();
    }
    void save(const std::filesystem::path &path, std::string_view format = {}, const options &call = {}) const {
        try_save(path, format, call).value();
    }
    void words_arrow(ArrowSchema &schema, ArrowArray &array) const { try_words_arrow(schema, array).value(); }
    void segments_arrow(ArrowSchema &schema, ArrowArray &array) const { try_segments_arrow(schema, array).value(); }
    [[nodiscard]] static transcript from_json(std::string_view document) { return try_from_json(document).value(); }
    [[nodiscard]] static transcript from_gospeech(std::string_view document) { return try_from_gospeech(document).value(); }
    [[nodiscard]] static transcript from_transcribeme(std::string_view document) {
        return try_from_transcribeme(document).value();
    }
    [[nodiscard]] static transcript from_srt(std::string_view document) { return try_from_srt(document).value(); }
    [[nodiscard]] static transcript from_vtt(std::string_view document) { return try_from_vtt(document).value(); }

    /// As `try_write`, but what the function throws comes out of here as it is. \throws error
    template <class Sink, std::enable_if_t<!std::is_base_of_v<std::ostream, std::remove_reference_t<Sink>>, int> = 0>
    void write(std::string_view format, Sink &&sink, const options &call = {}) const {
        const auto done = try_write(format, sink, call);
        if (!done && done.error().cause())
            std::rethrow_exception(done.error().cause());
        done.value();
    }
    /// Into a stream. \throws error, TIRO_E_IO if the stream fails
    void write(std::string_view format, std::ostream &stream, const options &call = {}) const {
        write(format,
              [&stream](std::string_view piece) {
                  return !stream.write(piece.data(), static_cast<std::streamsize>(piece.size())).fail();
              },
              call);
    }
#endif

private:
    template <class Reader>
    static result<transcript> read(Reader reader, std::string_view document) {
        return detail::made<transcript>(reader, static_cast<const void *>(document.data()), document.size());
    }
};

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
