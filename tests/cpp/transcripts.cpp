// Transcripts as ranges of words and segments; search, exports to text, files, functions and streams; readers; recordings.
#include "check.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace std::chrono_literals;

static const char *const talk = R"({"transcript": {"language": "en", "words": [
    {"text": "Good", "start_ms": 0, "end_ms": 300, "confidence": 0.5, "speaker": "Ann"},
    {"text": "morning.", "start_ms": 310, "end_ms": 700, "speaker": "Ann"},
    {"text": "Caf\u00e9?", "start_ms": 900, "end_ms": 1200, "confidence": 1, "speaker": "Ben"}]}})";

static tiro::transcript spoken() { return scripted(talk).transcribe(some_bytes()).get(); }

static void words() {
    const tiro::transcript transcript = spoken();
    CHECK(transcript.language() == "en" && !transcript.recording_id().empty());
    const tiro::word_range words = transcript.words();
    CHECK(words.size() == 3 && words[0].text == "Good" && words[0].end == 300ms && words[0].confidence == 0.5f);
    CHECK(!words[1].confidence && words[2].text == "Caf\u00e9?" && words[2].segment == 1 && !words[2].estimated);
    std::string all;
    for (const auto &word : transcript.words())
        all.append(word.text).append("|");
    CHECK(all == "Good|morning.|Caf\u00e9?|");
    CHECK(std::count_if(words.begin(), words.end(), [](const tiro::word &word) { return word.start >= 310ms; }) == 2);
    auto at = words.begin();
    CHECK((*++at).text == "morning." && at[1].start == 900ms && words.end() - at == 2 && (*(at + 1)).segment == 1);
    CHECK((*at--).text == "morning." && at == words.begin() && at < words.end() && 2 + at == words.end() - 1);
    CHECK(words.part(1, 100).size() == 2 && words.part(1, 1)[0].text == "morning." && words.part(9, 1).empty());
    const std::vector<tiro::word> copied(words.begin(), words.end());
    CHECK(copied.size() == 3);
#ifdef __cpp_lib_ranges
    static_assert(std::random_access_iterator<tiro::word_range::iterator>);
#endif
}

static void segments() {
    const tiro::transcript transcript = spoken();
    const auto segments = transcript.segments();
    CHECK(segments.size() == 2 && segments[0].speaker == "Ann" && segments[0].text() == "Good morning.");
    CHECK(segments[1].start == 900ms && segments[1].first_word == 2 && segments[1].words.size() == 1);
    std::string speakers;
    for (const tiro::segment &segment : segments)
        speakers.append(segment.speaker);
    CHECK(speakers == "AnnBen");
}

// Whether a T has words that a program can get at.
template <class T, class = void>
constexpr bool has_words = false;
template <class T>
constexpr bool has_words<T, std::void_t<decltype(std::declval<T>().words())>> = true;
static_assert(has_words<tiro::transcript &> && !has_words<tiro::transcript>);

// Texts of a temporary are copies: no view of what is gone. A transcript that moves keeps its words where they are.
static void texts_of_temporaries() {
    auto text = spoken().text();
    static_assert(std::is_same_v<decltype(text), std::string>);
    CHECK(text.find("Good morning.") == 0);
    tiro::transcript first = spoken();
    static_assert(std::is_same_v<decltype(first.text()), std::string_view>);
    const tiro::word_range words = first.words();
    const tiro::transcript second = std::move(first);
    CHECK(words[0].text == "Good" && second.words()[0].text.data() == words[0].text.data());
}

static void search() {
    const tiro::transcript transcript = spoken();
    const auto found = transcript.find("MORNING");
    CHECK(found.size() == 1 && found[0].first_word == 1 && found[0].word_count == 1 && found[0].start == 310ms);
    CHECK(transcript.find("cafe").size() == 1 && transcript.find("evening").empty());
    CHECK(transcript.find("good morning")[0].word_count == 2);
    CHECK_THROWS(transcript.find(std::string_view("a\0b", 3)), TIRO_E_UTF8);
    std::string many;
    for (int i = 0; i < 100; i++)
        many += "1\n00:00:00,000 --> 00:00:01,000\nyes\n\n";
    CHECK(tiro::transcript::from_srt(many).find("yes").size() == 100); // more than there is room for at first
}

static void exports() {
    const tiro::transcript transcript = spoken();
    const std::string srt = transcript.to("srt");
    CHECK(srt.find("00:00:00,000 --> ") != std::string::npos && srt.find("morning.") != std::string::npos);
    CHECK(transcript.to("txt", {{"export_timestamps", "segments"}}) != transcript.to("txt"));
    transcript.save("talk.vtt");
    std::stringstream saved;
    saved << std::ifstream("talk.vtt").rdbuf();
    CHECK(saved.str() == transcript.to("vtt"));
    transcript.save("talk.other", "json");
    std::ostringstream stream;
    transcript.write("json", stream);
    CHECK(stream.str() == transcript.to("json"));
    CHECK_THROWS(transcript.save("talk.nothing"), TIRO_E_ARGUMENT);
    CHECK_THROWS(transcript.save("/no/such/folder/talk.srt"), TIRO_E_FILE_NOT_FOUND);
    CHECK_THROWS(transcript.to("no format"), TIRO_E_ARGUMENT);
    CHECK_THROWS(transcript.to("srt", {{"no_such_key", 1}}), TIRO_E_OPTION);
}

static void sinks_that_fail() {
    const tiro::transcript transcript = spoken();
    CHECK_THROWS(transcript.write("srt", [](std::string_view) { return false; }), TIRO_E_IO);
    try {
        transcript.write("srt", [](std::string_view) { throw std::logic_error("mine"); });
        check_failed(__FILE__, __LINE__, "nothing was thrown");
    } catch (const std::logic_error &error) {
        CHECK(std::string(error.what()) == "mine");
    }
    const auto told = transcript.try_write("srt", [](std::string_view) { throw 17; });
    CHECK(!told && told.error().code() == TIRO_E_IO && told.error().cause());
    std::ostringstream broken;
    broken.setstate(std::ios::badbit);
    CHECK_THROWS(transcript.write("srt", broken), TIRO_E_IO);
    std::size_t size = 0;
    transcript.write("srt", [&](std::string_view piece) { size += piece.size(); });
    CHECK(size == transcript.to("srt").size());
}

static void readers() {
    const std::string json = spoken().to("json");
    CHECK(tiro::transcript::from_json(json).to("json") == json);
    const auto cue = tiro::transcript::from_vtt("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there.\n");
    CHECK(cue.words().size() == 2 && cue.words()[0].estimated && cue.words()[0].start == 1s);
    CHECK_THROWS(tiro::transcript::from_json("{"), TIRO_E_DOCUMENT);
    CHECK_THROWS(tiro::transcript::from_srt("no cues at all"), TIRO_E_DOCUMENT);
    CHECK_THROWS(tiro::transcript::from_gospeech("no"), TIRO_E_DOCUMENT);
    CHECK_THROWS(tiro::transcript::from_transcribeme("no"), TIRO_E_DOCUMENT);
    CHECK(!tiro::transcript::try_from_json("[]"));
}

static void arrow() {
    ArrowSchema schema;
    ArrowArray array;
    {
        const tiro::transcript transcript = spoken();
        transcript.words_arrow(schema, array);
    }
    CHECK(array.length == 3); // it outlives the transcript
    schema.release(&schema), array.release(&array);
    const tiro::transcript transcript = spoken();
    transcript.segments_arrow(schema, array);
    CHECK(array.length == 2);
    schema.release(&schema), array.release(&array);
}

static void recordings() {
    const tiro::client client = scripted();
    std::string last;
    for (int i = 0; i < 3; i++)
        last = client.upload(some_bytes()).get().id();
    const tiro::page page = client.recordings().get();
    CHECK(page.size() == 3 && page.total().value_or(3) == 3);
    std::size_t count = 0;
    for (const tiro::recording &recording : page)
        count += recording.name() == "a.wav" && recording.size() == 5;
    CHECK(count == 3 && !page[3]);
    const tiro::recording recording = client.wait(last).get();
    CHECK(recording.status() == tiro::recording_status::ready && recording.id() == last && !recording.raw_status().empty());
    CHECK(recording.created_at() && *recording.created_at() < std::chrono::system_clock::now() + 24h);
    CHECK(client.transcript(last).get().recording_id() == last);
    const tiro::document document = client.export_as(last, "srt").get();
    CHECK(document.text() == document.bytes() && document.text().find("Hello") != std::string_view::npos);
    CHECK(!document.content_type().empty() && document.http_status() == 0);
    client.export_to(last, "vtt", "out.vtt").get();
    CHECK(std::filesystem::file_size("out.vtt") > 10);
    client.delete_recording(last).get();
    CHECK_THROWS(client.recording(last).get(), TIRO_E_NOT_FOUND);
    client.purge().get();
    CHECK(client.recordings().get().empty());
}

int main() {
    RUN(words);
    RUN(segments);
    RUN(texts_of_temporaries);
    RUN(search);
    RUN(exports);
    RUN(sinks_that_fail);
    RUN(readers);
    RUN(arrow);
    RUN(recordings);
}
