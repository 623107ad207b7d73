/// \file
/// tiro for C++17 and later: speech transcription services behind one library. Header only, on top of tiro.h; link with
/// `-ltiro`. docs/cpp.md is the introduction.
///
/// - **Ownership.** Every object owns one handle of the C ABI, moves, and frees it in its destructor, which never blocks.
///   `native_handle()` lends the handle to functions of tiro.h, `release()` gives it away. Views and ranges that an object
///   gives live as long as the object.
/// - **Errors.** What can fail throws `tiro::error`; its twin `try_...` gives a `tiro::result` instead. With
///   `-fno-exceptions` only the latter is there. A verb of a client does neither: its operation has the error.
/// - **Threads.** Clients, operations and queues may be used by any number of threads at once, but for what moves them or
///   takes a result. Options and sources are for one thread at a time; all else is immutable. Functions given to the library
///   run on its callback thread unless said otherwise, and what they throw never reaches C.
/// - **Fork.** In a forked child, what was the parent's answers TIRO_E_FORKED; new clients work.
///
/// Files that are compiled with and without exceptions can be linked together.

#ifndef TIRO_HPP
#define TIRO_HPP

#include <tiro/client.hpp>
#include <tiro/error.hpp>
#include <tiro/library.hpp>
#include <tiro/operation.hpp>
#include <tiro/options.hpp>
#include <tiro/queue.hpp>
#include <tiro/records.hpp>
#include <tiro/source.hpp>
#include <tiro/transcript.hpp>

#undef TIRO_TEXT

#endif
