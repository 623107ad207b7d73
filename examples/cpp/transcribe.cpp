/*
 * Transcribes a recording, with a line of progress, and prints who says what, and when.
 *
 *     c++ -std=c++17 transcribe.cpp $(pkg-config --cflags --libs tiro) -o transcribe
 *     ./transcribe talk.wav
 */
#include <tiro.hpp>

#include <cstdio>
#include <iostream>

int main(int argc, char **argv) {
    const char *recording = argc > 1 ? argv[1] : "talk.wav";
    const auto show = [](const tiro::progress_state &progress) {
        if (progress.phase == tiro::phase::processing && progress.fraction())
            std::fprintf(stderr, "\r%3.0f %%", *progress.fraction() * 100);
    };
    try {
        const tiro::client client{tiro::options()}; // nothing set: the local service
        // Without the progress: client.transcribe(recording).get().
        const tiro::transcript transcript = client.transcribe(recording).get(show);
        std::fputc('\n', stderr);
        for (const tiro::segment &segment : transcript.segments()) {
            std::printf("%8.2f  ", std::chrono::duration<double>(segment.start).count());
            std::cout << segment.speaker << (segment.speaker.empty() ? "" : ": ") << segment.text() << std::endl;
        }
    } catch (const tiro::error &error) {
        std::cerr << '\n' << error.what() << '\n' << error.hint() << '\n';
        return 1;
    }
}
